"""The compiled loops of the fused marcher: one ray after another, samples and network together.

The decoder's first layer is linear and so is reading between texels: the planes hold the layer's
64 sums already, and what is read is one softplus away from the hidden units.
"""

# G planes, K hidden units (a multiple of 32), F features (a multiple of 32), N rays, S coarse
# samples, I fine samples

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.nn.volume.lanes import (
    LANES,
    decay,
    fill,
    first,
    load,
    multiply_add,
    sigmoid,
    softplus,
    store,
    total,
)

_ZERO, _ONE, _TWO, _HUNDRED = np.float32(0), np.float32(1), np.float32(2), np.float32(100)
_LEAST, _RISE, _FLOOR = np.float32(1e-10), np.float32(1e-5), np.float32(0.01)
_WIDE, _LOW, _NOWHERE = np.float32(1.002), np.float32(0.001), np.float32(np.inf)
BLOCK = 2 * LANES
"""Units and features are decoded so many at a time."""

_part = njit(
    nogil=True,
    error_model="numpy",
    forceinline=True,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def march_rays(
    texels: Floats,
    axes: NDArray[np.int64],
    network: Floats,
    colour_weights: Floats,
    colour_bias: Floats,
    lines: Floats,
    coarse: Floats,
    shares: Floats,
    rays: NDArray[np.int64],
    hidden: Floats,
    stop: np.float32,
    skip: np.float32,
    features: Floats,
    depth: Floats,
    opacity: Floats,
) -> None:
    """March some rays and write what they saw. All arrays are C-contiguous.

    Args:
        texels: (G, H, W, K) projected planes.
        axes: (G, 2) which coordinate a plane's columns and rows are.
        network: (3, K) bias of the hidden units; weights of the density; its bias, then zeros.
        colour_weights: (K, F).
        colour_bias: (F,).
        lines: (N, 2, 3) origins and directions, in half sides of the cube.
        coarse: (N, S) depths of the coarse samples, increasing.
        shares: (N or 1, I) of the cumulative weight at which fine samples are drawn.
        rays: which of the N to march.
        hidden: (S + I, K) to work in, best at a multiple of 64 bytes.
        stop: light left at which a ray ends; 0: never. The coarse samples go on to a hundredth of
            it, for the fine ones depend on them.
        skip: a sample that adds no more than this is given no colour; -1: none is skipped.
        features: (N, F) to write, in [-1, 1].
        depth: (N,) to write; infinite where nothing was hit.
        opacity: (N,) to write.
    """
    even, samples = coarse.shape[1], hidden.shape[0]
    depths, densities = np.empty(samples, np.float32), np.empty(samples, np.float32)
    order, parts = np.empty(samples, np.int64), np.empty(samples, np.float32)
    weights, summed = np.empty(even - 1, np.float32), np.empty(even - 2, np.float32)
    places = np.empty(4 * axes.shape[0], np.int64)
    amounts = np.empty(4 * axes.shape[0], np.float32)
    colours = np.empty((4, colour_bias.shape[0]), np.float32)
    for ray in rays:
        line = lines[ray]
        for s in range(even):  # slices would be copied by much slower-compiling code
            depths[s] = coarse[ray, s]
        known = _march_coarse(
            texels,
            axes,
            network,
            line,
            depths,
            densities,
            hidden,
            places,
            amounts,
            weights,
            stop / _HUNDRED,
        )
        if samples > even:
            _draw_fine(depths, weights, summed, shares[ray % shares.shape[0]])
        _merge(depths, order, even)
        used, depth[ray], opacity[ray] = _march_all(
            texels,
            axes,
            network,
            line,
            depths,
            densities,
            hidden,
            places,
            amounts,
            order,
            parts,
            known,
            stop,
        )
        used = _keep_what_counts(order, parts, used, skip)
        seen = features[ray]
        for c in range(seen.shape[0]):
            seen[c] = -_ONE
        for m in range(0, used, 4):
            _decode_four(hidden, order, m, used, colour_weights, colour_bias, colours)
            for s in range(m, min(m + 4, used)):
                for c in range(seen.shape[0]):
                    seen[c] += _TWO * parts[s] * (colours[s - m, c] * _WIDE - _LOW)


@_part  # type: ignore[untyped-decorator]
def _march_coarse(
    texels: Floats,
    axes: NDArray[np.int64],
    network: Floats,
    line: Floats,
    depths: Floats,
    densities: Floats,
    hidden: Floats,
    places: NDArray[np.int64],
    amounts: Floats,
    weights: Floats,
    stop: np.float32,
) -> int:
    """Find the (S - 1,) weights of the coarse stretches; returns how many samples were decoded."""
    for s in range(weights.shape[0]):
        weights[s] = _ZERO
    left = _ONE
    for s in range(weights.shape[0] + 1):
        densities[s] = _look(texels, axes, network, line, depths[s], hidden, s, places, amounts)
        if s > 0:
            kept = _kept(densities[s - 1], densities[s], depths[s] - depths[s - 1])
            weights[s - 1] = (_ONE - kept) * left
            left *= _ONE - (_ONE - kept) + _LEAST
            if left < stop:
                return s + 1
    return weights.shape[0] + 1


@_part  # type: ignore[untyped-decorator]
def _look(
    texels: Floats,
    axes: NDArray[np.int64],
    network: Floats,
    line: Floats,
    depth: np.float32,
    hidden: Floats,
    sample: int,
    places: NDArray[np.int64],
    amounts: Floats,
) -> np.float32:
    """Decode the point of a line into hidden[sample]; returns its raw density."""
    planes, height, width, units = texels.shape
    taps = 0
    for plane in range(planes):
        u, v = axes[plane, 0], axes[plane, 1]
        x = _texel(line[0, u] + depth * line[1, u], width)
        y = _texel(line[0, v] + depth * line[1, v], height)
        i, j = _floor(x), _floor(y)
        right, below = x - np.float32(i), y - np.float32(j)
        for row, along in ((j, np.float32(j) + _ONE - y), (j + 1, below)):
            for column, across in ((i, np.float32(i) + _ONE - x), (i + 1, right)):
                if 0 <= row < height and 0 <= column < width:
                    places[taps] = ((plane * height + row) * width + column) * units
                    amounts[taps] = along * across
                    taps += 1
    begin = sample * units
    density = load(network, 2 * units)
    for k in range(0, units, BLOCK):
        low, high = load(network, k), load(network, k + LANES)
        for tap in range(taps):
            amount, place = fill(amounts[tap]), places[tap] + k
            low = multiply_add(amount, load(texels, place), low)
            high = multiply_add(amount, load(texels, place + LANES), high)
        low, high = softplus(low), softplus(high)
        store(hidden, begin + k, low)
        store(hidden, begin + k + LANES, high)
        density = multiply_add(low, load(network, units + k), density)
        density = multiply_add(high, load(network, units + k + LANES), density)
    return total(density)


@_part  # type: ignore[untyped-decorator]
def _texel(place: np.float32, side: int) -> np.float32:
    """Turn [-1, 1] into texels; what lies far outside is brought near, to fit an integer."""
    texel = ((place + _ONE) * np.float32(side) - _ONE) / _TWO
    return min(max(texel, -_TWO), np.float32(side + 1))


@_part  # type: ignore[untyped-decorator]
def _floor(value: np.float32) -> np.int64:
    """Round down; ``math.floor`` would be a call that empties the registers."""
    whole = np.int64(value)
    return whole - np.int64(np.float32(whole) > value)


@_part  # type: ignore[untyped-decorator]
def _kept(before: np.float32, after: np.float32, length: np.float32) -> np.float32:
    """Return the share of light that passes the stretch between two samples."""
    thick = softplus(fill((before + after) / _TWO - _ONE))
    return first(decay(multiply_add(thick, fill(length), fill(_ZERO))))


@_part  # type: ignore[untyped-decorator]
def _draw_fine(depths: Floats, weights: Floats, summed: Floats, shares: Floats) -> None:
    """Draw the fine depths where the coarse weights are large, in order of depth."""
    coarse, last = weights.shape[0] + 1, weights.shape[0] - 2
    whole = 0.0
    summed[0] = _ZERO
    for b in range(last):
        here = weights[b + 1]
        wide = (max(weights[b], here) + max(here, weights[b + 2])) / _TWO + _FLOOR
        whole += wide + _RISE
        summed[b + 1] = np.float32(whole)
    for b in range(1, last + 1):
        summed[b] = np.float32(summed[b] / whole)
    below = 0
    for i in range(shares.shape[0]):
        share = shares[i]
        if summed[below] > share:
            below = 0
        while below < last and summed[below + 1] <= share:
            below += 1
        above = min(below + 1, last)
        rise = summed[above] - summed[below]
        part = (share - summed[below]) / (rise if rise >= _RISE else _ONE)
        start = (depths[below] + depths[below + 1]) / _TWO
        end = (depths[above] + depths[above + 1]) / _TWO
        drawn = start + part * (end - start)
        place = coarse + i
        while place > coarse and depths[place - 1] > drawn:
            depths[place] = depths[place - 1]
            place -= 1
        depths[place] = drawn


@_part  # type: ignore[untyped-decorator]
def _merge(depths: Floats, order: NDArray[np.int64], coarse: int) -> None:
    """Order the samples by depth; the coarse and the fine ones each are already."""
    near, fine = 0, coarse
    for m in range(depths.shape[0]):
        if fine >= depths.shape[0] or (near < coarse and depths[near] <= depths[fine]):
            order[m] = near
            near += 1
        else:
            order[m] = fine
            fine += 1


@_part  # type: ignore[untyped-decorator]
def _march_all(
    texels: Floats,
    axes: NDArray[np.int64],
    network: Floats,
    line: Floats,
    depths: Floats,
    densities: Floats,
    hidden: Floats,
    places: NDArray[np.int64],
    amounts: Floats,
    order: NDArray[np.int64],
    parts: Floats,
    known: int,
    stop: np.float32,
) -> tuple[int, np.float32, np.float32]:
    """Find what each sample adds; returns how many count, the mean depth and the opacity."""
    left, far, opacity = _ONE, _ZERO, _ZERO
    for m in range(order.shape[0]):
        here = order[m]
        if here >= known:
            densities[here] = _look(
                texels, axes, network, line, depths[here], hidden, here, places, amounts
            )
        parts[m] = _ZERO
        if m > 0:
            last = order[m - 1]
            kept = _kept(densities[last], densities[here], depths[here] - depths[last])
            weight = (_ONE - kept) * left
            left *= _ONE - (_ONE - kept) + _LEAST
            parts[m - 1] += weight / _TWO
            parts[m] = weight / _TWO
            far += weight * ((depths[here] + depths[last]) / _TWO)
            opacity += weight
            if left < stop:
                return m + 1, far / opacity, opacity
    return order.shape[0], (far / opacity if opacity > _ZERO else _NOWHERE), opacity


@_part  # type: ignore[untyped-decorator]
def _keep_what_counts(order: NDArray[np.int64], parts: Floats, used: int, skip: np.float32) -> int:
    """Pack the samples that add more than ``skip`` to the front; returns how many they are."""
    count = 0
    for m in range(used):
        if parts[m] > skip:
            order[count], parts[count] = order[m], parts[m]
            count += 1
    return count


@_part  # type: ignore[untyped-decorator]
def _decode_four(
    hidden: Floats,
    order: NDArray[np.int64],
    start: int,
    stop: int,
    weights: Floats,
    bias: Floats,
    colours: Floats,
) -> None:
    """Decode the colours of up to four samples from their hidden units."""
    units, wide = weights.shape
    last = stop - 1
    a, b = order[start], order[min(start + 1, last)]
    c, d = order[min(start + 2, last)], order[min(start + 3, last)]
    for f in range(0, wide, BLOCK):
        a0 = b0 = c0 = d0 = load(bias, f)
        a1 = b1 = c1 = d1 = load(bias, f + LANES)
        for k in range(units):
            low, high = load(weights, k * wide + f), load(weights, k * wide + f + LANES)
            unit = fill(hidden[a, k])
            a0, a1 = multiply_add(unit, low, a0), multiply_add(unit, high, a1)
            unit = fill(hidden[b, k])
            b0, b1 = multiply_add(unit, low, b0), multiply_add(unit, high, b1)
            unit = fill(hidden[c, k])
            c0, c1 = multiply_add(unit, low, c0), multiply_add(unit, high, c1)
            unit = fill(hidden[d, k])
            d0, d1 = multiply_add(unit, low, d0), multiply_add(unit, high, d1)
        store(colours, f, sigmoid(a0))
        store(colours, f + LANES, sigmoid(a1))
        store(colours, wide + f, sigmoid(b0))
        store(colours, wide + f + LANES, sigmoid(b1))
        store(colours, 2 * wide + f, sigmoid(c0))
        store(colours, 2 * wide + f + LANES, sigmoid(c1))
        store(colours, 3 * wide + f, sigmoid(d0))
        store(colours, 3 * wide + f + LANES, sigmoid(d1))
