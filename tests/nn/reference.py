"""Volume rendering again, in plain loops over single numbers."""

import math
from itertools import pairwise

AXES = {"x": 0, "y": 1, "z": 2}


def read_texel(plane, row, column):
    """Return the C features of a texel of (C, H, W); zeros outside."""
    if 0 <= row < plane.shape[1] and 0 <= column < plane.shape[2]:
        return [float(value) for value in plane[:, row, column]]
    return [0.0] * plane.shape[0]


def read_plane(plane, x, y):
    """Read (C, H, W) bilinearly at x, y in [-1, 1], the borders of the outer texels."""
    column, row = (x + 1) / 2 * plane.shape[2] - 0.5, (y + 1) / 2 * plane.shape[1] - 0.5
    left, top = math.floor(column), math.floor(row)
    p, q = column - left, row - top
    features = [0.0] * plane.shape[0]
    for dy, dx, weight in (
        (0, 0, (1 - p) * (1 - q)),
        (0, 1, p * (1 - q)),
        (1, 0, (1 - p) * q),
        (1, 1, p * q),
    ):
        texel = read_texel(plane, top + dy, left + dx)
        features = [
            feature + weight * value for feature, value in zip(features, texel, strict=True)
        ]
    return features


def decode(decoder, features):
    """Return the raw density and the colours of one point."""
    hidden = []
    for row, bias in zip(decoder.hidden_weight.tolist(), decoder.hidden_bias.tolist(), strict=True):
        total = sum(w * f for w, f in zip(row, features, strict=True)) / math.sqrt(len(row)) + bias
        hidden.append(math.log1p(math.exp(-abs(total))) + max(total, 0))
    out = []
    for row, bias in zip(decoder.out_weight.tolist(), decoder.out_bias.tolist(), strict=True):
        out.append(
            sum(w * h for w, h in zip(row, hidden, strict=True)) / math.sqrt(len(row)) + bias
        )
    return out[0], [1.002 / (1 + math.exp(-value)) - 0.001 for value in out[1:]]


def look(planes, decoder, config, origin, direction, depth):
    """Decode the point of a ray at a depth; planes are (P, C, H, W)."""
    point = [
        (o + depth * d) / config.extent
        for o, d in zip(origin.tolist(), direction.tolist(), strict=True)
    ]
    total = [0.0] * planes.shape[1]
    names = config.axes.split(",")
    for plane, (column, row) in zip(planes, names, strict=True):
        read = read_plane(plane, point[AXES[column]], point[AXES[row]])
        total = [a + b / len(names) for a, b in zip(total, read, strict=True)]
    return decode(decoder, total)


def weights_of(depths, densities):
    """Return the weight of each stretch between neighbouring samples."""
    left, weights = 1.0, []
    for i in range(len(depths) - 1):
        density = math.log1p(math.exp((densities[i] + densities[i + 1]) / 2 - 1))
        alpha = 1 - math.exp(-density * (depths[i + 1] - depths[i]))
        weights.append(alpha * left)
        left *= 1 - alpha + 1e-10
    return weights


def draw(depths, weights, shares):
    """Draw depths by inverting the cumulative sum of the widened weights."""
    middles = [(a + b) / 2 for a, b in pairwise(depths)]
    peaks = [max(weights[max(i - 1, 0) : i + 1]) for i in range(len(weights) + 1)]
    wide = [(a + b) / 2 + 0.01 + 1e-5 for a, b in pairwise(peaks)][1:-1]
    summed = [0.0]
    for chance in wide:
        summed.append(summed[-1] + chance / sum(wide))
    drawn = []
    for share in shares:
        below = max(i for i, value in enumerate(summed) if value <= share or i == 0)
        above = min(below + 1, len(summed) - 1)
        rise = summed[above] - summed[below]
        rise = 1 if rise < 1e-5 else rise
        part = (share - summed[below]) / rise
        drawn.append(middles[below] + part * (middles[above] - middles[below]))
    return drawn


def march_ray(planes, decoder, config, origin, direction, distance, u_coarse, u_fine):
    """Return features, depth (not limited) and opacity of one ray."""
    step = (config.before + config.behind) / (config.coarse - 1)
    depths = [distance - config.before + (i + u) * step for i, u in enumerate(u_coarse)]
    seen = [look(planes, decoder, config, origin, direction, depth) for depth in depths]
    more = draw(depths, weights_of(depths, [density for density, _ in seen]), u_fine)
    seen += [look(planes, decoder, config, origin, direction, depth) for depth in more]
    order = sorted(range(len(seen)), key=(depths + more).__getitem__)
    depths, seen = [(depths + more)[i] for i in order], [seen[i] for i in order]
    weights = weights_of(depths, [density for density, _ in seen])
    features, depth = [0.0] * len(seen[0][1]), 0.0
    for i, weight in enumerate(weights):
        depth += weight * (depths[i] + depths[i + 1]) / 2
        for k in range(len(features)):
            features[k] += weight * (seen[i][1][k] + seen[i + 1][1][k]) / 2
    opacity = sum(weights)
    return [2 * value - 1 for value in features], depth / opacity, opacity
