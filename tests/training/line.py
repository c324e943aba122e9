"""A stage as small as can be: the slope and the height of a line, judged by a second network.

``python -m tests.training.line HOME STEPS DIE_AT [--resume] [--end SIGNAL]`` trains it and, after
step DIE_AT, sends itself SIGNAL (KILL).
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from avatarartist_core.training.config import (
    AverageConfig,
    KeepConfig,
    OptimiserConfig,
    ReportConfig,
    StageConfig,
)
from avatarartist_core.training.stage import Optimised, TrainingStage, Update
from avatarartist_core.training.trainer import Trainer

COUNT = 50
SLOPE, HEIGHT = 0.7, -0.3


class LineConfig(StageConfig, frozen=True, extra="forbid"):
    batch: int = 6
    images: int = 6 * 40
    line: OptimiserConfig = OptimiserConfig(
        rate=0.05, betas=(0.5, 0.9), warm_up=5, schedule="cosine", floor=0.1, clip=1.0
    )
    critic: OptimiserConfig = OptimiserConfig(kind="adamw", rate=0.01, weight_decay=0.1)
    average: AverageConfig = AverageConfig(half_life=30, ramp=0.5)
    report: ReportConfig = ReportConfig(scalars=3, pictures=0, measures=8)
    keep: KeepConfig = KeepConfig(every=5, last=2)
    spoilt_at: int = -1


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.slope = nn.Parameter(torch.randn(()))
        self.height = nn.Parameter(torch.randn(()))
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        return self.slope * x + self.height


class LineStage(TrainingStage):
    averaged = ("line",)
    judged_by = "error"

    def networks(self):
        return {"line": Line(), "critic": nn.Linear(2, 1)}

    def optimisers(self):
        return {
            "line": Optimised(("line",), self.config.line),
            "critic": Optimised(("critic",), self.config.critic),
        }

    def count(self):
        return COUNT

    def batch(self, moment):
        x = np.random.default_rng(0).normal(size=COUNT).astype(np.float32)[moment.indices]
        return torch.from_numpy(x), torch.from_numpy(SLOPE * x + HEIGHT)

    def example(self, moment):
        x = torch.randn(len(moment.indices), generator=moment.chance)
        return x, x

    def updates(self, networks, batch, moment):
        x, y = batch
        line, critic = networks["line"], networks["critic"]
        noise = 0.1 * torch.randn(len(x), generator=moment.chance)
        drawn = functional.dropout(line(x) + noise, 0.2)
        line.seen += len(x)
        loss = (drawn - y).square().mean() + 0.01 * critic(torch.stack([x, drawn], 1)).mean()
        if moment.step == self.config.spoilt_at:
            loss = loss * float("nan")
        yield Update("line", loss, {"numbers": float(moment.indices.sum())})
        pairs = torch.stack([x, y], 1), torch.stack([x, drawn.detach()], 1)
        yield Update("critic", critic(pairs[1]).mean() - critic(pairs[0]).mean())

    def measures(self, networks, step):
        line = networks["line"]
        return {"error": float((line.slope - SLOPE).abs() + (line.height - HEIGHT).abs())}


def train(home, resume=False, after=None, **options):
    """Train; ``after`` is called with every report."""
    torch.set_num_threads(1)
    Path(home).mkdir(exist_ok=True)
    trainer = Trainer(LineStage(LineConfig(**options)), Path(home))
    if resume:
        trainer.resume()
    trainer.run(after or (lambda told: None))
    return trainer


def main(home, steps, die_at, *flags):
    number = signal.SIGINT if "INT" in flags else signal.SIGKILL

    def after(told):
        if told.step == int(die_at) and not told.note:
            os.kill(os.getpid(), number)

    train(home, "--resume" in flags, after, steps=int(steps))


if __name__ == "__main__":
    main(*sys.argv[1:])
