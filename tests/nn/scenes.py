"""Small triplanes, decoders and cameras for the tests of volume rendering."""

import math

import torch

from avatarartist_core.nn.volume.decoder import FeatureDecoder


def label(yaw, pitch, radius=2.7):
    """Return a (1, 25) label that looks at the centre: OpenCV axes, focal length 4.26 pictures."""
    cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    forward = torch.tensor([-sy * cp, -sp, -cy * cp])
    right = torch.tensor([cy, 0.0, -sy])
    down = torch.linalg.cross(forward, right)
    cam2world = torch.eye(4)
    cam2world[:3, :3] = torch.stack([right, down, forward], dim=1)
    cam2world[:3, 3] = -radius * forward
    intrinsics = torch.tensor([[4.26, 0.0, 0.5], [0.0, 4.26, 0.5], [0.0, 0.0, 1.0]])
    return torch.cat([cam2world.flatten(), intrinsics.flatten()])[None]


def labels():
    """Return two cameras at different distances."""
    return torch.cat([label(0.2, -0.1), label(-0.4, 0.15, 2.5)])


def random_scene(channels=8, hidden=64, features=5, side=16, batch=2, strength=4.0):
    """Return (batch, 3, channels, side, side) planes and a decoder of strongly varying density."""
    generator = torch.Generator().manual_seed(5)
    planes = strength * torch.randn(batch, 3, channels, side, side, generator=generator)
    decoder = FeatureDecoder(channels, hidden, features)
    with torch.no_grad():
        for parameter in decoder.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
        decoder.out_weight[0] *= 10
        decoder.hidden_bias *= 0.1
        decoder.out_bias *= 0.1
    return planes, decoder
