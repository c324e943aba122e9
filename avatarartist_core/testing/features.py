"""The contract of a ``FeatureNetwork``."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch
from torch import Tensor

from avatarartist_core.nn.pictures import to_image
from avatarartist_core.samples import sample_picture
from avatarartist_core.testing.component import ComponentContract


class FeatureContract(ComponentContract):
    """Set ``entry``.

    Attributes:
        sides: of pictures it must take.
    """

    sides: ClassVar[tuple[int, ...]] = (64, 192)

    def test_levels_go_from_fine_to_coarse(self) -> None:
        for side in self.sides:
            levels = self.component().levels(self._pictures(side))
            assert levels, "there are no levels"
            sizes = [tuple(level.shape[2:]) for level in levels]
            assert sizes == sorted(sizes, reverse=True)
            assert all(len(level) == 2 and torch.isfinite(level).all() for level in levels)

    def test_a_picture_has_one_vector_whatever_stands_beside_it(self) -> None:
        for side in self.sides:
            network, pictures = self.component(), self._pictures(side)
            together = network.vectors(pictures)
            assert together.ndim == 2
            alone = torch.cat([network.vectors(each[None]) for each in pictures])
            torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-4)

    def test_the_same_picture_has_the_same_features(self) -> None:
        pictures = self._pictures(self.sides[0])
        first, second = (self.component().vectors(pictures) for _ in range(2))
        assert torch.equal(first, second)

    def test_different_pictures_have_different_features(self) -> None:
        first, second = self.component().vectors(self._pictures(self.sides[0]))
        assert (first - second).abs().max() > 1e-4

    @pytest.mark.parametrize("asked", ["levels", "vectors"])
    def test_gradients_reach_the_picture(self, asked: str) -> None:
        pictures = self._pictures(self.sides[0]).requires_grad_()
        found: list[Tensor] | Tensor = getattr(self.component(), asked)(pictures)
        every = list(found) if isinstance(found, list) else [found]
        total = torch.stack([each.square().sum() for each in every]).sum()
        (gradient,) = torch.autograd.grad(total, pictures)
        assert torch.isfinite(gradient).all()
        assert (gradient.flatten(1).abs().sum(1) > 0).all()

    def test_the_network_itself_is_frozen(self) -> None:
        assert not self.component().vectors(self._pictures(self.sides[0])).requires_grad

    def _pictures(self, side: int) -> Tensor:
        """(2, 3, side, side): a portrait and its mirror image, half as bright."""
        image = to_image(sample_picture(), side).to(self.device)
        return torch.cat([image, image.flip(3) / 2 - 0.5])
