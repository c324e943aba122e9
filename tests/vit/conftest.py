"""A tiny renderer with random weights, and inputs for it."""

import math

import pytest
import torch

from aa_vit.config import TINY
from aa_vit.model import MotionViT


@pytest.fixture(scope="session")
def renderer():
    """Weights keep variance, and every zero that training starts from is moved off zero."""
    torch.manual_seed(0)
    model = MotionViT(TINY.model_dump(mode="json")).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in (*model.named_parameters(), *model.named_buffers()):
            if name.endswith(("bias", "noise_strength", "styles")):
                tensor.add_(0.3 * torch.randn(tensor.shape, generator=generator))
        for module in model.modules():
            if isinstance(module, torch.nn.Linear | torch.nn.Conv2d | torch.nn.Conv3d):
                scale = module.weight[0].numel() ** -0.5
                module.weight.copy_(scale * torch.randn(module.weight.shape, generator=generator))
        # planes of some contrast, so that rays meet something
        model.triplane_decoder.fuse_planes.convs[-1].weight.mul_(4)
        model.field.out_weight[0].sub_(model.field.out_weight[0].mean()).mul_(4)
        model.field.out_bias[0].add_(2)
    return model


@pytest.fixture(scope="session")
def inputs():
    """Two samples under the names of the authors' call; the cameras differ in distance."""
    generator = torch.Generator().manual_seed(2)

    def normal(*size):
        return torch.randn(2, *size, generator=generator)

    side, size = TINY.plane_resolution, TINY.motion_size
    return {
        "img": normal(3, TINY.image_size, TINY.image_size).clamp(-1, 1),
        "triplane": normal(4, TINY.plane_channels, side, side),
        "motion_app": normal(size),
        "motion": normal(size),
        "mesh": torch.cat([mesh_map(0.0), mesh_map(0.4)]),
        "c": torch.cat([label(0.2, 2.7), label(-0.1, 2.9)]),
    }


def mesh_map(opening):
    """Return a (1, 256, 256, 3) map of an oval face whose mouth is a hole."""
    row, column = torch.meshgrid(torch.arange(256.0), torch.arange(256.0), indexing="ij")
    face = ((column - 128) / 80) ** 2 + ((row - 136) / 100) ** 2 < 1
    mouth = ((column - 128) / 24) ** 2 + ((row - 92) / (8 + 20 * opening)) ** 2 < 1
    mask = (face & ~mouth).float()
    place = torch.stack(((column - 128) / 110, (row - 120 + 9 * opening) / 120), dim=-1)
    return torch.cat((place * mask[..., None], mask[..., None]), dim=-1)[None]


def label(yaw, distance):
    """Return a (1, 25) camera label that looks at the centre."""
    turn = torch.tensor(
        [[math.cos(yaw), 0, -math.sin(yaw)], [0, -1, 0], [-math.sin(yaw), 0, -math.cos(yaw)]]
    )
    cam2world = torch.eye(4)
    cam2world[:3, :3] = turn
    cam2world[:3, 3] = -distance * turn[:, 2]
    intrinsics = torch.tensor([[4.26, 0, 0.5], [0, 4.26, 0.5], [0, 0, 1]])
    return torch.cat((cam2world.flatten(), intrinsics.flatten()))[None]
