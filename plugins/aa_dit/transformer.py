"""The image-conditioned diffusion transformer over triplane latents (paper section 3.2).

Letters: N batch, C latent channels, P planes, R side of a plane of the latent, T latent tokens,
M image tokens, H heads, D features of a token.
"""

from collections.abc import Iterable
from typing import NamedTuple, cast

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from aa_dit.blocks import Block, OutputLayer, TimeEmbedding
from aa_dit.config import DiTShape
from aa_dit.initial import initialise, narrow
from aa_dit.positions import position_table
from aa_dit.resampler import Resampler


class Condition(NamedTuple):
    """What the blocks read from an image, made once and used at every sampler step.

    Attributes:
        clip: for each block (N, M, 2, H, D / H) keys and values of the CLIP tokens.
        dino: for each block (N, M', 2, H, D / H) keys and values of the DINO tokens.
    """

    clip: tuple[Tensor, ...]
    dino: tuple[Tensor, ...]


class DiT(ModelMixin, ConfigMixin):
    """Predicts the noise in a latent, and how sure it is, from an image of the person.

    The arguments are those of ``DiTShape``, which says what each is: ``DiT(**shape.model_dump())``.
    """

    _supports_gradient_checkpointing = True
    _no_split_modules: tuple[str, ...] = ("Block",)

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        latent_channels: int = 8,
        planes: int = 4,
        latent_side: int = 32,
        width: int = 1152,
        depth: int = 28,
        heads: int = 16,
        patch: int = 2,
        mlp_ratio: int = 4,
        clip_channels: int = 1280,
        dino_channels: int = 768,
        clip_tokens: int = 16,
        dino_tokens: int = 256,
        resampler_depth: int = 4,
        resampler_heads: int = 12,
        resampler_head_width: int = 64,
        position: str = "planes",
    ) -> None:
        super().__init__()
        self.shape = shape = DiTShape(**{name: self.config[name] for name in DiTShape.model_fields})
        self.gradient_checkpointing = False

        self.patches = nn.Conv2d(shape.latent_channels, width, patch, stride=patch)
        self.register_buffer("positions", position_table(shape), persistent=False)
        self.plane_identity = (
            nn.Parameter(torch.empty(shape.planes, 1, width))
            if shape.position == "planes"
            else None
        )
        self.time = TimeEmbedding(width)
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))
        self.clip_resampler = _resampler(shape, shape.clip_channels, shape.clip_tokens)
        self.dino_resampler = _resampler(shape, shape.dino_channels, shape.dino_tokens)
        self.blocks = nn.ModuleList(
            Block(width, shape.heads, shape.mlp_ratio) for _ in range(shape.depth)
        )
        self.output = OutputLayer(width, patch * patch * 2 * shape.latent_channels)
        self._initialise()

    def forward(
        self, x: Tensor, timestep: Tensor, clip_features: Tensor, dino_features: Tensor
    ) -> Tensor:
        """Predict noise and variance.

        Args:
            x: (N, C, P * R, R) noisy latent, planes from top to bottom.
            timestep: (N,) in [0, 999], fractions too.
            clip_features: (N, any, clip_channels)
            dino_features: (N, any, dino_channels)

        Returns:
            (N, 2C, P * R, R): the noise, then where its log variance lies between the smallest
            (-1) and largest (1) that the step allows.
        """
        clip, dino = self.resample(clip_features, dino_features)
        tokens, time, modulation = self._enter(x, timestep)
        for block in cast(Iterable[Block], self.blocks):
            if torch.is_grad_enabled() and self.gradient_checkpointing:
                tokens = self._gradient_checkpointing_func(
                    _read_and_refine, block, tokens, modulation, clip, dino
                )
            else:
                tokens = _read_and_refine(block, tokens, modulation, clip, dino)
        return self._leave(tokens, time)

    def condition(self, clip_features: Tensor, dino_features: Tensor) -> Condition:
        """Read the image once for a whole sampling; ``denoise`` takes the result.

        Args:
            clip_features: (N, any, clip_channels)
            dino_features: (N', any, dino_channels), where N' divides N.
        """
        clip, dino = self.resample(clip_features, dino_features)
        pairs = [block.read(clip, dino) for block in cast(Iterable[Block], self.blocks)]
        return Condition(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))

    def denoise(self, x: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        """Predict as ``forward`` does, from an image that was read before.

        Args:
            x: (N, C, P * R, R) noisy latent.
            timestep: (N,) in [0, 999], fractions too.
            condition: of N images, or of a number that divides N and is then repeated.

        Returns:
            (N, 2C, P * R, R) noise and variance.
        """
        tokens, time, modulation = self._enter(x, timestep)
        stack = cast(Iterable[Block], self.blocks)
        for block, clip, dino in zip(stack, condition.clip, condition.dino, strict=True):
            tokens = block(tokens, modulation, _fill(clip, len(x)), _fill(dino, len(x)))
        return self._leave(tokens, time)

    def resample(self, clip_features: Tensor, dino_features: Tensor) -> tuple[Tensor, Tensor]:
        """Reduce features of any length to the (N, M, D) CLIP and (N', M', D) DINO tokens."""
        kind = self.patches.weight.dtype
        return (
            self.clip_resampler(clip_features.to(kind)),
            self.dino_resampler(dino_features.to(kind)),
        )

    def _enter(self, x: Tensor, timestep: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return (N, T, D) tokens, the (N, D) time and its (N, 6, D) modulation of the blocks."""
        tokens = self.patches(x.to(self.patches.weight.dtype)).flatten(2).transpose(1, 2)
        # Laid out token by token: every step of the blocks keeps the order it is given.
        tokens = tokens.contiguous() + self.positions.to(tokens.dtype)
        if self.plane_identity is not None:
            tokens = (tokens.unflatten(1, (self.shape.planes, -1)) + self.plane_identity).flatten(
                1, 2
            )
        time = self.time(timestep)
        return tokens, time, self.modulation(time).unflatten(1, (6, -1))

    def _leave(self, tokens: Tensor, time: Tensor) -> Tensor:
        """Lay (N, T, D) tokens out as (N, 2C, P * R, R)."""
        patch, columns = self.shape.patch, self.shape.latent_side // self.shape.patch
        values = self.output(tokens, time)
        values = values.unflatten(2, (patch, patch, -1)).unflatten(1, (-1, columns))
        return values.permute(0, 5, 1, 3, 2, 4).flatten(4, 5).flatten(2, 3)

    def _initialise(self) -> None:
        """Fill in fresh weights; the network then answers exactly 0 (spec 2.6)."""
        initialise(self)
        nn.init.xavier_uniform_(self.patches.weight.flatten(1))
        narrow(self.modulation)
        if self.plane_identity is not None:
            nn.init.normal_(self.plane_identity, std=self.shape.width**-0.5)
        nn.init.zeros_(self.output.linear.weight)


def _read_and_refine(
    block: Block, tokens: Tensor, modulation: Tensor, clip: Tensor, dino: Tensor
) -> Tensor:
    """Run one block on image tokens as they are; what gradient checkpointing does again."""
    return block(tokens, modulation, *block.read(clip, dino))


def _resampler(shape: DiTShape, channels: int, tokens: int) -> Resampler:
    return Resampler(
        channels,
        tokens,
        shape.width,
        depth=shape.resampler_depth,
        heads=shape.resampler_heads,
        head_width=shape.resampler_head_width,
        mlp_ratio=shape.mlp_ratio,
    )


def _fill(keys_values: Tensor, batch: int) -> Tensor:
    """Repeat (N', ...) keys and values until they are ``batch`` long."""
    if len(keys_values) == batch:
        return keys_values
    return keys_values.repeat(batch // len(keys_values), *[1] * (keys_values.ndim - 1))
