"""The state of optimisers as tensors and plain values, so that no pickle is needed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


def optimiser_state(optimiser: Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Split the state of an optimiser.

    Returns:
        tensors by ``"parameter/name"``, and plain values: the groups, and numbers a parameter has
    """
    state = optimiser.state_dict()
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, Any] = {}
    for parameter, values in state["state"].items():
        for name, value in values.items():
            kind = tensors if isinstance(value, Tensor) else numbers
            kind[f"{parameter}/{name}"] = value
    return tensors, {"groups": state["param_groups"], "numbers": numbers}


def restore_optimiser(
    optimiser: Optimizer, tensors: dict[str, Tensor], plain: dict[str, Any]
) -> None:
    """Give an optimiser the state that ``optimiser_state`` took."""
    state: dict[int, dict[str, Any]] = {}
    for place, value in {**tensors, **plain["numbers"]}.items():
        parameter, _, name = place.partition("/")
        kept = value.clone() if isinstance(value, torch.Tensor) else value
        state.setdefault(int(parameter), {})[name] = kept
    groups = [
        {key: tuple(value) if key == "betas" else value for key, value in group.items()}
        for group in plain["groups"]
    ]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
