"""The twin's composition, StyleGAN2 operations and super-resolution (sections 2, 4.3 and 4.4)."""

import math
from collections import deque

import torch
from torch.nn.functional import (
    conv2d,
    conv_transpose2d,
    grid_sample,
    interpolate,
    leaky_relu,
    linear,
    pad,
)

TAPS = torch.outer(torch.tensor([1.0, 3, 3, 1]), torch.tensor([1.0, 3, 3, 1])).double() / 64


def compose(w, shape, triplane, mesh, ws, noises):
    side, (rows, columns) = shape.plane_resolution, box(shape)
    texture, planes = triplane[:, 0], triplane[0, 1:]
    drawn = mesh[0, ..., 2] > 0.5
    holes = ~drawn & ~outside(drawn)
    upper = holes.clone()
    upper[:87] = False
    full, copied, alpha = (m.double()[None, None] for m in (drawn | holes, drawn | upper, drawn))
    behind = resize(planes[:1, :, rows, columns], side)
    front = resize(grid_sample(texture, mesh[..., :2], align_corners=False), side)
    alpha = resize(alpha, side)
    raster = torch.cat([front * alpha + behind * (1 - alpha), resize(copied, side)], 1)
    levels = raster_levels(w, raster)
    conditions = [torch.cat([level, resize(copied, level.shape[-1])], 1) for level in levels]
    face = backbone(w, shape, ws, noises, conditions)
    inner = rows.stop - rows.start
    cover = resize(full, inner)
    planes = planes.clone()
    patch = planes[:1, :, rows, columns]
    planes[:1, :, rows, columns] = resize(face, inner) * cover + patch * (1 - cover)
    return planes[None]


def box(shape):
    def scaled(texel):
        return texel * shape.plane_resolution // 256

    return slice(scaled(57), scaled(57) + scaled(128)), slice(scaled(64), scaled(64) + scaled(128))


def outside(drawn):
    """Flood from the corner through what is not drawn, up, down, left and right."""
    reached, height, width = torch.zeros_like(drawn), *drawn.shape
    free, queue = (~drawn).tolist(), deque([(0, 0)])
    while queue:
        row, column = queue.popleft()
        if 0 <= row < height and 0 <= column < width and free[row][column]:
            free[row][column] = False
            reached[row, column] = True
            queue += [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return reached


def resize(x, size):
    return interpolate(x, (size, size), mode="bilinear", align_corners=False, antialias=True)


def raster_levels(w, raster):
    outputs, x = [], 0
    for block, (step, factor) in enumerate([(1, 1), (2, 1), (2, 2), (2, 4), (1, 8)]):
        name = f"triplnae_encoder.encoder.{block}"
        seen = raster
        if factor > 1:
            borders = {"before": (5 - factor) // 2, "after": (4 - factor) // 2}
            seen = filtered(raster, down=factor, **borders)
        x = conv2d(seen, equal(w[f"{name}.fromrgb.weight"])) + x
        x = act(conv2d(x, equal(w[f"{name}.conv1.weight"]), padding=1), w[f"{name}.conv1.bias"])
        weight = equal(w[f"{name}.conv2.weight"])
        if step == 1:
            x = conv2d(x, weight, padding=1)
        else:
            x = conv2d(filtered(x, before=2, after=2), weight, stride=2)
        x = act(x, w[f"{name}.conv2.bias"])
        outputs.append(x)
    return outputs[::-1]


def backbone(w, shape, ws, noises, conditions):
    noises, conditions = iter(noises), iter(conditions)
    x = image = None
    row, side = 0, 4
    coarsest = shape.plane_resolution // 8
    while side <= shape.plane_resolution:
        name = f"face_backbone.synthesis.b{side}"
        if x is None:
            x = w[f"{name}.const"][None]
        else:
            x = styled(w, f"{name}.conv0", x, ws[row], up=True, noise=next(noises))
            row += 1
        x = styled(w, f"{name}.conv1", x, ws[row], noise=next(noises))
        row += 1
        drawn = to_image(w, f"{name}.torgb", x, ws[row])
        image = drawn if image is None else doubled(image) + drawn
        if side == coarsest:
            image = laid(next(conditions), image)
        if coarsest <= side < shape.plane_resolution:
            x = laid(next(conditions), x)
        side *= 2
    assert row == len(ws) - 1
    return image


def laid(condition, x):
    mask = condition[:, -1:]
    return condition[:, :-1] * mask + x * (1 - mask)


# 4.4: the StyleGAN2 operations


def equal(weight):
    return weight / math.sqrt(weight[0].numel())


def filtered(x, *, up=1, down=1, before, after, gain=1.0):
    channels, height, width = x.shape[1:]
    wide = x.new_zeros(1, channels, height * up, width * up)
    wide[..., ::up, ::up] = x
    wide = pad(wide, (before, after, before, after))
    kernel = (TAPS * gain).expand(channels, 1, 4, 4)
    return conv2d(wide, kernel, groups=channels)[..., ::down, ::down]


def doubled(x):
    return filtered(x, up=2, before=2, after=1, gain=4.0)


def act(x, bias, clamp=None):
    x = leaky_relu(x + bias[:, None, None], 0.2) * math.sqrt(2)
    return x if clamp is None else x.clamp(-clamp, clamp)


def style(w, name, row):
    weight = w[f"{name}.affine.weight"]
    return linear(row, weight / math.sqrt(weight.shape[1]), w[f"{name}.affine.bias"])


def styled(w, name, x, row, up=False, noise=None, clamp=None):
    weight = w[f"{name}.weight"] * style(w, name, row)[None, :, None, None]
    weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    if up:
        wide = conv_transpose2d(x, weight.transpose(0, 1), stride=2)
        x = filtered(wide, before=1, after=1, gain=4.0)
    else:
        x = conv2d(x, weight, padding=1)
    if noise is not None:
        x = x + noise * w[f"{name}.noise_strength"]
    return act(x, w[f"{name}.bias"], clamp)


def to_image(w, name, x, row, clamp=None):
    weight = w[f"{name}.weight"]
    weight = weight * (style(w, name, row) / math.sqrt(weight.shape[1]))[None, :, None, None]
    x = conv2d(x, weight, w[f"{name}.bias"])
    return x if clamp is None else x.clamp(-clamp, clamp)


def enlarge(w, shape, features, last):
    x, image = (resize(part, shape.output_size // 4) for part in (features, features[:, :3]))
    for block in range(2):
        name = f"superresolution.block{block}"
        x = styled(w, f"{name}.conv0", x, last[0], up=True, clamp=256)
        x = styled(w, f"{name}.conv1", x, last[0], clamp=256)
        image = doubled(image) + to_image(w, f"{name}.torgb", x, last[0], clamp=256)
    return image
