"""Names in PD-FGC's checkpoint ``motion_model.pth``, and the network made of it.

The names are those of FAN and of PD-FGC's published encoder. The authors load the file without
asking for every name to fit; here every name of the network must be there, others are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from aa_faceverse.network import MotionNetwork
from avatarartist_core.weights.keys import KeyMap

_PLAIN = {
    "model.conv1": "backbone.first",
    "model.bn1": "backbone.first_norm",
    "model.conv_last0": "backbone.last",
    "model.bn_end0": "backbone.last_norm",
    "model.l0": "backbone.heat",
    "model.bn5": "backbone.heat_norm",
    "model.conv6": "backbone.one_map",
    "model.fc": "backbone.features",
}
_BLOCKS = {
    "model.conv2": "backbone.blocks.0",
    "model.conv3": "backbone.blocks.1",
    "model.conv4": "backbone.blocks.2",
    "model.top_m_0": "backbone.top",
}
_HEADS = {"mouth": "mouth", "headpose": "pose", "eye": "eye", "emo": "emotion"}
_DEPTH = 4
_WRAPPER, _COUNTER = "module.", "num_batches_tracked"


def network_from_official(state: Mapping[str, Any]) -> MotionNetwork:
    """Make the network of the authors' state dict.

    Args:
        state: as read from the file; one level of wrapping is looked through.

    Raises:
        WeightsError: names or shapes are not those of the network.
    """
    with torch.device("meta"):
        network = MotionNetwork()
    wanted = network.state_dict()
    names = key_map()
    given = _unwrapped(state)
    known = {name: value for name, value in given.items() if name in names.ours}
    for name in names.ours:
        if name.endswith(_COUNTER):  # files of old torch versions lack it, and nothing reads it
            known.setdefault(name, torch.tensor(0))
    shapes = {name: value.shape for name, value in wanted.items()}
    ours = names.to_ours(known, shapes, "motion_model.pth of PD-FGC")
    network.load_state_dict(ours, assign=True)
    return network.eval().requires_grad_(False)


def network_to_official(network: MotionNetwork) -> dict[str, Tensor]:
    """Return the network's tensors under the authors' names."""
    return key_map().to_official(network.state_dict())


def key_map() -> KeyMap:
    """Name every tensor of the network in both ways."""
    with torch.device("meta"):
        state = MotionNetwork().state_dict()
    official = {ours: theirs for theirs, ours in _modules()}

    def renamed(name: str) -> str:
        module, _, leaf = name.rpartition(".")
        return f"{official[module]}.{leaf}"

    return KeyMap((renamed(name), name) for name in state)


def _modules() -> Iterator[tuple[str, str]]:
    """Yield the authors' and our name of every module that holds tensors."""
    yield from _PLAIN.items()
    blocks = dict(_BLOCKS)
    for level in range(_DEPTH, 0, -1):
        ours = "backbone.hourglass" + ".inner" * (_DEPTH - level)
        for theirs, part in (("b1", "beside"), ("b2", "down"), ("b3", "up")):
            blocks[f"model.m0.{theirs}_{level}"] = f"{ours}.{part}"
    blocks["model.m0.b2_plus_1"] = "backbone.hourglass" + ".inner" * _DEPTH
    for theirs, ours in blocks.items():
        for n in range(3):
            yield f"{theirs}.bn{n + 1}", f"{ours}.norms.{n}"
            yield f"{theirs}.conv{n + 1}", f"{ours}.convs.{n}"
        for n in (0, 2):
            yield f"{theirs}.downsample.{n}", f"{ours}.shortcut.{n}"
    for theirs, ours in _HEADS.items():
        for n in (0, 2, 3):
            yield f"to_{theirs}.{n}", f"{ours}.hidden.{n}"
        yield f"{theirs}_embed.1", f"{ours}.project"


def _unwrapped(state: Mapping[str, Any]) -> dict[str, Any]:
    """Look into a dictionary of dictionaries and past the prefix of parallel training."""
    inner = [value for value in state.values() if isinstance(value, dict)]
    for candidate in (state, *inner):
        named = {str(name).removeprefix(_WRAPPER): value for name, value in candidate.items()}
        if "model.conv1.weight" in named:
            return named
    return dict(state)
