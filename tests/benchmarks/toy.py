"""A renderer of two parts, one inside the other, and one whose arithmetic torch cannot see."""

import time

import numpy as np
import torch
from torch import nn

from avatarartist_core.cameras import cameras_for
from avatarartist_core.data import Avatar
from avatarartist_core.interfaces import Renderer
from avatarartist_core.samples import sample_motion, sample_portrait
from avatarartist_core.specs import AvatarSpec

INNER, OUTER, ENCODER = 2 * 8 * 16 * 32, 2 * 8 * 32 * 4, 2 * 5 * 6 * 7


class Stated(nn.Module):
    def forward(self, x: torch.Tensor, gain: float = 1.0) -> torch.Tensor:
        return gain * (x @ x)

    def flops(self, x: torch.Tensor, gain: float = 1.0) -> int:
        return 1000 + x.shape[0]


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(16, 32)
        self.last = nn.Linear(32, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        time.sleep(0.02)
        return self.last(self.inner(x))


class Encoder(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x @ y


class Toy(Renderer):
    def __init__(self, config, *, device="cpu"):
        super().__init__(config, device=device)
        self.outer, self.encoder, self.stated = Outer(), Encoder(), Stated()
        self.idle = nn.Identity()
        self.drawn = 0

    def render(self, avatar, motion, cameras, *, size=512, transparent=False):
        with torch.inference_mode():
            if not self.drawn:
                self.encoder(torch.ones(5, 6), torch.ones(6, 7))
            for _ in range(len(motion)):
                self.drawn += 1
                self.outer(torch.ones(8, 16))
                self.stated(torch.ones(3, 3), gain=2.0)
                yield np.zeros((size, size, 3), np.uint8)

    def stages(self):
        return {
            "encoder": self.encoder,
            "outer": self.outer,
            "inner": self.outer.inner,
            "stated": self.stated,
            "idle": self.idle,
        }

    def bench_inputs(self, size):
        portrait = sample_portrait(64)
        avatar = Avatar(AvatarSpec("toy"), portrait.fit, "toy", portrait.landmarks, 64)
        return avatar, sample_motion(3), cameras_for("front", 3, 25.0)


class Plain(Toy):
    """Brings nothing and names no parts."""

    stages = None
    bench_inputs = None
