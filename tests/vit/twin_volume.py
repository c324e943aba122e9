"""The twin's volume rendering (sections 4.1 and 4.2)."""

import torch
from torch.nn.functional import avg_pool1d, grid_sample, linear, max_pool1d, softplus

from tests.vit.twin_style import equal


def march(w, shape, planes, given):
    volume, label = shape.volume, given["c"][0]
    side, count = volume.resolution, volume.resolution**2
    turn, origin = label[:16].view(4, 4)[:3, :3], label[:16].view(4, 4)[:3, 3]
    lens = label[16:].view(3, 3).clone()
    lens[:2] *= side
    j, i = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    pixels = torch.stack([i, j, torch.ones_like(i)], -1).reshape(-1, 3).double()
    lines = pixels @ torch.linalg.inv(lens).T @ turn.T
    lines = lines / lines.norm(dim=-1, keepdim=True)

    def look(depths):
        points = 2 * (origin + depths[..., None] * lines[:, None])
        seen = 0
        for plane, axes in zip(planes[0], volume.axes.split(","), strict=True):
            place = torch.stack([points[..., "xyz".index(axis)] for axis in axes], -1)
            read = grid_sample(plane[None], place.view(1, count, -1, 2), align_corners=False)
            seen = seen + read[0].permute(1, 2, 0) / 3
        hidden = softplus(linear(seen, equal(w["decoder.net.0.weight"]), w["decoder.net.0.bias"]))
        out = linear(hidden, equal(w["decoder.net.2.weight"]), w["decoder.net.2.bias"])
        return out[..., 0], torch.sigmoid(out[..., 1:]) * 1.002 - 0.001

    def weigh(depths, density):
        thick = softplus((density[:, 1:] + density[:, :-1]) / 2 - 1)
        alpha = 1 - torch.exp(-thick * (depths[:, 1:] - depths[:, :-1]))
        clear = torch.cumprod(torch.cat([torch.ones(count, 1), 1 - alpha + 1e-10], 1), 1)
        return alpha * clear[:, :-1]

    near, far = origin.norm() - 0.45, origin.norm() + 0.6
    share = torch.linspace(0, 1, volume.coarse).double()
    step = (far - near) / (volume.coarse - 1)
    depths = near + (far - near) * share + given["u_coarse"].view(count, -1) * step
    density, colour = look(depths)
    weights = weigh(depths, density)
    found = invert(depths, weights, given["u_fine"].view(count, -1))
    more_density, more_colour = look(found)
    depths, order = torch.cat([depths, found], 1).sort(1)
    density = torch.cat([density, more_density], 1).gather(1, order)
    colour = torch.cat([colour, more_colour], 1)
    colour = colour.gather(1, order[..., None].expand_as(colour))
    weights = weigh(depths, density)
    features = 2 * (weights[..., None] * (colour[:, 1:] + colour[:, :-1]) / 2).sum(1) - 1
    depth = (weights * (depths[:, 1:] + depths[:, :-1]) / 2).sum(1) / weights.sum(1)
    depth = depth.nan_to_num(float("inf")).clamp(depths.min(), depths.max())
    return features.T.reshape(1, -1, side, side), depth.view(1, 1, side, side)


def invert(depths, weights, chances):
    wide = avg_pool1d(max_pool1d(weights[:, None], 2, 1, padding=1), 2, 1)[:, 0] + 0.01
    bins = (depths[:, 1:] + depths[:, :-1]) / 2
    share = wide[:, 1:-1] + 1e-5
    summed = torch.cumsum(share / share.sum(1, keepdim=True), 1)
    summed = torch.cat([torch.zeros(len(summed), 1), summed], 1)
    place = torch.searchsorted(summed, chances.contiguous(), right=True)
    low, high = (place - 1).clamp(min=0), place.clamp(max=summed.shape[1] - 1)
    rise = summed.gather(1, high) - summed.gather(1, low)
    rise = torch.where(rise < 1e-5, 1.0, rise)
    part = (chances - summed.gather(1, low)) / rise
    return bins.gather(1, low) + part * (bins.gather(1, high) - bins.gather(1, low))
