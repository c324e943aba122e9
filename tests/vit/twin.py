"""The renderer once more: plain functions of official tensors, from the written facts alone.

One sample, double precision, no module of the project. Section numbers are those of the official
renderer's description.
"""

import math

import torch
from torch.nn.functional import (
    adaptive_avg_pool2d,
    conv2d,
    conv3d,
    gelu,
    group_norm,
    interpolate,
    layer_norm,
    leaky_relu,
    linear,
    max_pool2d,
    pad,
    pixel_shuffle,
    relu,
    silu,
)

from tests.vit.twin_style import compose, enlarge
from tests.vit.twin_volume import march


def render(w, shape, given):
    """Return the result dictionary for inputs by the names of section 1, all arrays given."""
    ws = given["ws_avg"]
    composed = compose(w, shape, given["triplane"], given["mesh"], ws, given["noises"])
    meaning, detail = encode_portrait(w, shape, given["img"])
    animated = animate(w, shape, meaning, composed, given)
    planes = decode(w, shape, animated, detail, composed)
    features, depth = march(w, shape, planes, given)
    picture = enlarge(w, shape, features, ws[-1:])
    return {
        "image_sr": picture,
        "image": features[:, :3],
        "image_depth": depth,
        "image_feature": features,
        "triplane": planes,
    }


# 3.1, 3.2: the portrait


def encode_portrait(w, shape, img):
    size = img.shape[-1]
    across = torch.linspace(-1, 1, size).double().expand(1, 1, size, size)
    seen = torch.cat([img, across, across.mT], 1)
    return meaning_of(w, shape, seen), detail_of(w, shape, seen)


def meaning_of(w, shape, seen):
    root = "encoder_global.encoder"
    x = relu(conv2d(seen, w[f"{root}.conv1.weight"], stride=2, padding=3))
    x = max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate(shape.stage_depths):
        dilation = (1, 1, 2, 4)[stage]
        for index in range(depth):
            name = f"{root}.layer{stage + 1}.{index}"
            stride = 2 if stage == 1 and index == 0 else 1
            y = relu(conv2d(x, w[f"{name}.conv1.weight"], None, stride, dilation, dilation))
            y = conv2d(y, w[f"{name}.conv2.weight"], None, 1, dilation, dilation)
            if f"{name}.downsample.0.weight" in w:
                x = conv2d(x, w[f"{name}.downsample.0.weight"], stride=stride)
            x = relu(y + x)
    root = "encoder_global.decoder"
    views = [relu(conv2d(x, w[f"{root}.0.convs.0.0.weight"]))]
    for place, reach in enumerate(shape.pyramid_dilations, 1):
        weight = w[f"{root}.0.convs.{place}.0.weight"]
        views.append(relu(conv2d(x, weight, None, 1, reach, reach)))
    weight = w[f"{root}.0.convs.{len(views)}.1.weight"]
    views.append(relu(conv2d(adaptive_avg_pool2d(x, 1), weight)).expand_as(views[0]))
    x = relu(conv2d(torch.cat(views, 1), w[f"{root}.0.project.0.weight"]))
    return relu(conv2d(x, w[f"{root}.1.weight"], padding=1))


def detail_of(w, shape, seen):
    x = seen
    for place in range(len(shape.detail_widths)):
        name = f"encoder_detail.encoder.{2 * place}"
        stride, border = (2, 3) if place == 0 else (1, 1)
        x = leaky_relu(conv2d(x, w[f"{name}.weight"], w[f"{name}.bias"], stride, border), 0.01)
    return x


# 3.3 to 3.5: planes and motion


def animate(w, shape, meaning, composed, given):
    root = "encoder_canonical"
    encoded = encode_planes(w, composed)
    known = stack(w, f"{root}.convs_1", encoded, len(shape.plane_stem_widths), open_end=True)
    tokens = patches(w, f"{root}.patch_embed", torch.cat([meaning, known], 1))
    for name, tail, motion, depth in (
        ("neutral", "_neutral", given["motion_app"], shape.neutral_depth),
        ("motion", "", given["motion"], shape.motion_depth),
    ):
        y = leaky_relu(dense(w, f"{root}.maps{tail}.0", motion), 0.01)
        y = leaky_relu(dense(w, f"{root}.maps{tail}.2", y), 0.01)
        y = dense(w, f"{root}.proj_y{tail}", y).view(1, shape.motion_tokens, shape.token_width)
        for index in range(depth):
            block = f"{root}.trans_blocks_{name}.{index}"
            told = attend(w, f"{block}.attn2", norm(w, f"{block}.norm2", tokens), y, shape.heads)
            tokens = tokens + given["motion_scale"] * told
            x = norm(w, f"{block}.norm1", tokens)
            tokens = tokens + attend(w, f"{block}.attn1", x, x, shape.heads)
            tokens = tokens + mlp(w, f"{block}.mlp", norm(w, f"{block}.norm3", tokens))
    x = pixel_shuffle(picture(tokens), 2)
    x = relu(conv(w, f"{root}.convs.1", larger(x)))
    x = relu(conv(w, f"{root}.convs.4", larger(x)))
    return conv(w, f"{root}.convs.6", x)


def encode_planes(w, composed):
    root = "encoder_global_latent_tri"
    x = conv3(w, f"{root}.conv_first", composed.transpose(1, 2))
    for level in range(2):
        x = conv3(w, f"{root}.conv_blocks.{level}.down", x, stride=2)
        name = f"{root}.conv_blocks.{level}.res"
        y = conv3(w, f"{name}.conv1", grouped(w, f"{name}.norm1", x))
        x = x + conv3(w, f"{name}.conv2", grouped(w, f"{name}.norm2", y))
    x = conv3(w, f"{root}.final_block.2", grouped(w, f"{root}.final_block.0", x))
    return x.reshape(1, -1, *x.shape[3:])


def decode(w, shape, animated, detail, composed):
    root, block = "generator_triplane", "generator_triplane.trans_blocks.0"
    x = stack(w, f"{root}.convs1", torch.cat([animated, detail], 1), 2)
    tokens = patches(w, f"{root}.patch_embed", x)
    x = norm(w, f"{block}.norm1", tokens)
    name = f"{block}.attn.sr"
    coarse = conv2d(picture(x), w[f"{name}.weight"], w[f"{name}.bias"], shape.decoder_reduction)
    coarse = norm(w, f"{block}.attn.norm", coarse.flatten(2).mT)
    tokens = tokens + attend(w, f"{block}.attn", x, coarse, shape.decoder_heads)
    tokens = tokens + mlp(w, f"{block}.mlp", norm(w, f"{block}.norm2", tokens))
    x = torch.cat([pixel_shuffle(picture(tokens), 2), animated], 1)
    x = conv(w, f"{root}.conv_last", stack(w, f"{root}.convs2", x, 3))
    x = torch.cat([x, composed.flatten(1, 2)], 1)
    x = conv(w, f"{root}.conv_last_2", stack(w, f"{root}.convs3", x, 3))
    return x.view_as(composed)


def attend(w, name, x, y, heads):
    def split(tokens):
        return tokens.view(1, tokens.shape[1], heads, -1).transpose(1, 2)

    query = split(dense(w, f"{name}.q", x))
    key, value = (split(part) for part in dense(w, f"{name}.kv", y).chunk(2, -1))
    chance = (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1)
    return dense(w, f"{name}.proj", (chance @ value).transpose(1, 2).reshape(x.shape))


def mlp(w, name, x):
    x = picture(dense(w, f"{name}.fc1", x))
    weight, bias = w[f"{name}.dwconv.dwconv.weight"], w[f"{name}.dwconv.dwconv.bias"]
    x = conv2d(x, weight, bias, padding=1, groups=len(weight))
    return dense(w, f"{name}.fc2", gelu(x.flatten(2).mT))


def patches(w, name, x):
    x = conv2d(x, w[f"{name}.proj.weight"], w[f"{name}.proj.bias"], stride=2, padding=1)
    return norm(w, f"{name}.norm", x.flatten(2).mT)


def picture(tokens):
    side = math.isqrt(tokens.shape[1])
    return tokens.mT.reshape(1, -1, side, side)


def stack(w, name, x, convs, open_end=False):
    for place in range(convs):
        x = conv(w, f"{name}.{2 * place}", x)
        if place < convs - 1 or not open_end:
            x = leaky_relu(x, 0.01)
    return x


def conv(w, name, x):
    return conv2d(x, w[f"{name}.weight"], w[f"{name}.bias"], padding=1)


def conv3(w, name, x, stride=1):
    weight = w[f"{name}.conv.weight"]
    taps = weight.shape[-1]
    borders = []
    for step in (stride, stride, 1):
        total = taps - step
        borders += [math.ceil(total / 2), total // 2]
    x = pad(x, borders, mode="replicate")
    return conv3d(x, weight, w[f"{name}.conv.bias"], (1, stride, stride))


def grouped(w, name, x):
    return silu(group_norm(x, 32, w[f"{name}.weight"], w[f"{name}.bias"], 1e-6))


def dense(w, name, x):
    return linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def norm(w, name, x):
    return layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], 1e-5)


def larger(x):
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
