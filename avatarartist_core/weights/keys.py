"""Names of tensors, a published checkpoint's and ours, with every key accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from avatarartist_core.errors import WeightsError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SHOWN = 5
"""Names that an error lists before it only counts."""


class KeyMap:
    """One-to-one names of tensors, strict both ways.

    Args:
        pairs: (official, ours) for every tensor, or a mapping of them.
        aliases: official names of tensors that a checkpoint holds a second time, with the official
            name they repeat. They may be missing; one that is there must hold the same bits.
        dropped: official names that may be there and are left out; ``to_official`` does not make
            them again.

    Raises:
        ValueError: a name stands twice or an alias repeats nothing.
    """

    def __init__(
        self,
        pairs: Mapping[str, str] | Iterable[tuple[str, str]],
        aliases: Mapping[str, str] | None = None,
        dropped: Iterable[str] = (),
    ) -> None:
        listed = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
        self.ours = dict(listed)
        self.official = {ours: official for official, ours in listed}
        self.aliases = dict(aliases or {})
        self.dropped = frozenset(dropped)
        for names, said in ((self.ours, "an official name"), (self.official, "one of our names")):
            if len(names) != len(listed):
                raise ValueError(f"{said} stands twice among {len(listed)} pairs")
        if lost := [alias for alias, real in self.aliases.items() if real not in self.ours]:
            raise ValueError(f"{_some(lost)} repeat a name that no pair has")
        taken = self.ours.keys() | self.aliases.keys()
        if both := (self.aliases.keys() & self.ours.keys()) | (self.dropped & taken):
            raise ValueError(f"{_some(sorted(both))} stand as two kinds of name")

    def to_ours(
        self, state: Mapping[str, Tensor], shapes: Mapping[str, Sequence[int]], what: str
    ) -> dict[str, Tensor]:
        """Rename a checkpoint's tensors; values and types stay as they are.

        Args:
            state: tensors by official name.
            shapes: shape of every tensor we need, by our name:
                ``{name: t.shape for name, t in model.state_dict().items()}``.
            what: what is read, for messages: ``"official/DiT.pth"``.

        Returns:
            Tensors by our name, in the order of ``shapes``.

        Raises:
            WeightsError: names are missing or unknown, a shape is wrong, or an alias differs.
            ValueError: the map and ``shapes`` do not name the same tensors.
        """
        if astray := self.official.keys() ^ shapes.keys():
            raise ValueError(f"the map and the model differ in {_some(sorted(astray))}")
        known = self.ours.keys() | self.aliases.keys() | self.dropped
        missing = [name for name in self.ours if name not in state]
        unknown = [str(name) for name in state if name not in known]
        faults = [f"lacks {_some(missing)}"] if missing else []
        faults += [f"has {_some(unknown, 'unknown ')}"] if unknown else []
        if faults:
            raise WeightsError(f"{what} {' and '.join(faults)}", _ANOTHER)
        self._check_values(state, shapes, what)
        self._check_aliases(state, what)
        return {name: state[self.official[name]] for name in shapes}

    def to_official(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename our tensors to a checkpoint's layout, aliases made again; values stay.

        Args:
            state: tensors by our name.

        Raises:
            ValueError: a name is missing or unknown.
        """
        if astray := self.official.keys() ^ state.keys():
            raise ValueError(f"the map and the tensors differ in {_some(sorted(astray))}")
        named = {official: state[ours] for official, ours in self.ours.items()}
        return named | {alias: named[real] for alias, real in self.aliases.items()}

    def _check_values(
        self, state: Mapping[str, Tensor], shapes: Mapping[str, Sequence[int]], what: str
    ) -> None:
        wrong = []
        for official, ours in self.ours.items():
            shape = getattr(state[official], "shape", None)
            if shape is None:
                wrong.append(f"{official} is a {type(state[official]).__name__}, not a tensor")
            elif tuple(shape) != tuple(shapes[ours]):
                wrong.append(f"{official} is {tuple(shape)}, needs {tuple(shapes[ours])}")
        if wrong:
            more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
            raise WeightsError(f"{what}: {'; '.join(wrong[:SHOWN])}{more}", _ANOTHER)

    def _check_aliases(self, state: Mapping[str, Tensor], what: str) -> None:
        there = [(alias, real) for alias, real in self.aliases.items() if alias in state]
        differ = [f"{a} and {r}" for a, r in there if not same_bits(state[a], state[r])]
        if differ:
            raise WeightsError(
                f"{what}: {'; '.join(differ[:SHOWN])} must be the same tensor and differ",
                "The file is damaged or edited; fetch it again.",
            )


def conv_aliases(official: Iterable[str]) -> dict[str, str]:
    """Find the aliases of wrapped convolutions: ``X.weight`` repeats ``X.conv.weight``.

    The authors' "same" convolutions register the weight of the convolution they wrap directly as
    well (spec of the VAE, section "Alias keys").

    Args:
        official: official names that are mapped.
    """
    names = dict.fromkeys(official)
    wrapped = ".conv.weight"
    found = {
        f"{name.removesuffix(wrapped)}.weight": name for name in names if name.endswith(wrapped)
    }
    return {alias: real for alias, real in found.items() if alias not in names}


def same_bits(one: Tensor, other: Tensor) -> bool:
    """Tell whether two tensors hold the same bits, NaN included."""
    if one is other:
        return True
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bool((_bytes(one) == _bytes(other)).all())


def shapes_of(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    """Return the shape of every tensor by name."""
    return {name: tensor.shape for name, tensor in state.items()}


_ANOTHER = "It is of another architecture or version; give the file this component names."


def _bytes(tensor: Tensor) -> Tensor:
    import torch

    return tensor.detach().contiguous().reshape(-1).view(torch.uint8)


def _some(names: Sequence[str], kind: str = "") -> str:
    """Write the first names and how many there are in all."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    word = "key" if len(names) == 1 else "keys"
    return f"{len(names)} {kind}{word} ({', '.join(names[:SHOWN])}{more})"
