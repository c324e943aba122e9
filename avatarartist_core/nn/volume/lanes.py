"""Sixteen float32 numbers at once inside numba functions.

numba leaves vectorising to LLVM, which gives up on loops that read from many arrays and write to
one: it cannot tell that they do not overlap. These few operations say it outright. LLVM splits the
sixteen lanes to what the processor has.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic, models, register_model

LANES = 16

_Code = tuple[Any, Callable[..., Any]]
"""A signature, and what writes the instructions."""

_FLOAT, _INTEGER = ir.FloatType(), ir.IntType(32)
_VECTOR, _WHOLE = ir.VectorType(_FLOAT, LANES), ir.VectorType(_INTEGER, LANES)
_FAST = ("contract", "reassoc", "nsz")  # without nnan and ninf: odd weights must do no harm

EXP2 = (
    *(1.0, 0.69314717492, 0.24022609751, 0.05549927793),
    *(0.00959716991, 0.00129179035, 0.00011498119),
)
"""2**x on [-1, 0] as a polynomial, lowest power first; off by 1e-8 of it at most, exact at 0."""
LOG1P = (
    *(0.99999981022, -0.49997449385, 0.33276176572, -0.24499611725),
    *(0.17757023992, -0.10785367917, 0.04421419234, -0.00857467620),
)
"""log(1 + x) / x on [0, 1] as a polynomial, lowest power first; off by 1.4e-7 at most."""


class LanesType(types.Type):
    """The numba type of sixteen float32."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


_LANES = LanesType()


@intrinsic  # type: ignore[untyped-decorator]
def load(_: Any, array: Any, index: Any) -> _Code:
    """Read array[index : index + 16] of a contiguous float32 array."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], *given), align=4)

    return _LANES(array, types.intp), write


@intrinsic  # type: ignore[untyped-decorator]
def store(_: Any, array: Any, index: Any, lanes: Any) -> _Code:
    """Write array[index : index + 16] of a contiguous float32 array."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        place = _address(context, builder, signature.args[0], *given[:2])
        builder.store(given[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, _LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def fill(_: Any, value: Any) -> _Code:
    """Repeat one float32 sixteen times."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(nothing, given[0], ir.Constant(_INTEGER, 0))
        return builder.shuffle_vector(first, nothing, _all(0, _WHOLE))

    return _LANES(types.float32), write


@intrinsic  # type: ignore[untyped-decorator]
def multiply_add(_: Any, a: Any, b: Any, c: Any) -> _Code:
    """Return a * b + c."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        product = builder.fmul(given[0], given[1], flags=_FAST)
        return builder.fadd(product, given[2], flags=_FAST)

    return _LANES(_LANES, _LANES, _LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def total(_: Any, lanes: Any) -> _Code:
    """Add up the sixteen numbers."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        (summed,) = given
        for shift in (8, 4, 2, 1):
            order = ir.Constant(_WHOLE, [(lane + shift) % LANES for lane in range(LANES)])
            summed = builder.fadd(summed, builder.shuffle_vector(summed, summed, order))
        return builder.extract_element(summed, ir.Constant(_INTEGER, 0))

    return types.float32(_LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def first(_: Any, lanes: Any) -> _Code:
    """Return the first of the sixteen numbers."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.extract_element(given[0], ir.Constant(_INTEGER, 0))

    return types.float32(_LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def decay(_: Any, lanes: Any) -> _Code:
    """Return e**-|x|, off by 1e-7 of it at most, down to 1e-38."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _exp_of_minus_size(builder, given[0])

    return _LANES(_LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def softplus(_: Any, lanes: Any) -> _Code:
    """Return log(1 + e**x), off by 2e-7 at most."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        (x,) = given
        small = _exp_of_minus_size(builder, x)
        bend = builder.fmul(_polynomial(builder, small, LOG1P), small, flags=_FAST)
        ramp = builder.select(builder.fcmp_ordered(">", x, _all(0.0)), x, _all(0.0))
        return builder.fadd(bend, ramp, flags=_FAST)

    return _LANES(_LANES), write


@intrinsic  # type: ignore[untyped-decorator]
def sigmoid(_: Any, lanes: Any) -> _Code:
    """Return 1 / (1 + e**-x), off by 2e-7 at most."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        (x,) = given
        small = _exp_of_minus_size(builder, x)
        above = builder.select(builder.fcmp_ordered(">", x, _all(0.0)), _all(1.0), small)
        return builder.fdiv(above, builder.fadd(small, _all(1.0)))

    return _LANES(_LANES), write


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _all(value: float, kind: Any = _VECTOR) -> Any:
    """Repeat a constant; float constants must be float32 numbers exactly."""
    exact = float(np.float32(value)) if kind is _VECTOR else value
    return ir.Constant(kind, [exact] * LANES)


def _polynomial(builder: Any, x: Any, factors: tuple[float, ...]) -> Any:
    value = _all(factors[-1])
    for factor in reversed(factors[:-1]):
        value = builder.fadd(builder.fmul(value, x, flags=_FAST), _all(factor), flags=_FAST)
    return value


def _exp_of_minus_size(builder: Any, x: Any) -> Any:
    """Return e**-|x|: the power of two by its bits, the rest by a polynomial."""
    power = builder.fmul(x, _all(1.4426950408889634))
    falling = builder.fcmp_ordered("<", power, _all(0.0))
    power = builder.select(falling, power, builder.fneg(power))
    power = builder.select(builder.fcmp_ordered(">", power, _all(-126.0)), power, _all(-126.0))
    whole = builder.fptosi(power, _WHOLE)
    part = builder.fsub(power, builder.sitofp(whole, _VECTOR))
    bits = builder.shl(builder.add(whole, _all(127, _WHOLE)), _all(23, _WHOLE))
    return builder.fmul(_polynomial(builder, part, EXP2), builder.bitcast(bits, _VECTOR))
