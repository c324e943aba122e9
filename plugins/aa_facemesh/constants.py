"""The weights of a shipped network, operator by operator, as its TFLite file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from aa_facemesh.flatbuffer import Table
from avatarartist_core.data import Floats

CONVOLUTION, DEPTHWISE, DEQUANTIZE, PRELU = 3, 4, 6, 54
"""Numbers of operators in TFLite's schema."""

_MODEL_CODES, _MODEL_GRAPHS, _MODEL_BUFFERS = 1, 2, 4
_GRAPH_TENSORS, _GRAPH_OPERATORS = 0, 3
_TENSOR_SHAPE, _TENSOR_TYPE, _TENSOR_BUFFER = 0, 1, 2
_OPERATOR_CODE, _OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 0, 1, 2
_TYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<f4"), 1: np.dtype("<f2")}


class Weighted(NamedTuple):
    """An operator with weights.

    Attributes:
        code: which operator it is.
        weights: in the order of its inputs: kernel and offset, or slopes.
    """

    code: int
    weights: list[Floats]


def weighted_operators(file: bytes) -> Iterator[Weighted]:
    """Yield convolutions and slopes in the order they run in, half precision made single."""
    model = Table.root(file)
    codes = [_code(each) for each in model.tables(_MODEL_CODES)]
    buffers = model.tables(_MODEL_BUFFERS)
    graph = model.tables(_MODEL_GRAPHS)[0]
    tensors = graph.tables(_GRAPH_TENSORS)
    widened: dict[int, int] = {}
    for operator in graph.tables(_GRAPH_OPERATORS):
        code = codes[operator.number(_OPERATOR_CODE, "I")]
        inputs = _indices(operator, _OPERATOR_INPUTS)
        if code == DEQUANTIZE:
            widened[_indices(operator, _OPERATOR_OUTPUTS)[0]] = inputs[0]
        elif code in (CONVOLUTION, DEPTHWISE, PRELU):
            held = (tensors[widened.get(index, index)] for index in inputs[1:])
            yield Weighted(code, [_values(tensor, buffers) for tensor in held])


def _code(operator: Table) -> int:
    return max(operator.number(0, "b"), operator.number(3, "i"))


def _indices(operator: Table, field: int) -> list[int]:
    return cast(NDArray[np.int32], operator.array(field, "<i4")).tolist()


def _values(tensor: Table, buffers: list[Table]) -> Floats:
    content = buffers[tensor.number(_TENSOR_BUFFER, "I")].array(0, np.uint8)
    shape = cast(NDArray[np.int32], tensor.array(_TENSOR_SHAPE, "<i4"))
    kind = _TYPES[tensor.number(_TENSOR_TYPE, "b")]
    return content.view(kind).reshape(shape).astype(np.float32)
