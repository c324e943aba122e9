"""The loop that trains every stage, stops when asked, and goes on exactly where it was killed.

What a step does is a function of the weights, the run's seed and the step's number alone: samples,
noise, augmentation and torch's own chance are seeded anew each step. So a checkpoint needs no
state of a loader or of a random generator, and a run that goes on from it is the same to the bit
where arithmetic is (one CPU).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.training import checkpoint
from avatarartist_core.training.ahead import Ahead
from avatarartist_core.training.averaging import Averages
from avatarartist_core.training.chance import batch_indices, generator_of, seed_of
from avatarartist_core.training.config import StageConfig
from avatarartist_core.training.interrupt import Interrupt
from avatarartist_core.training.log import Means, RunLog
from avatarartist_core.training.optimiser_state import optimiser_state, restore_optimiser
from avatarartist_core.training.processes import Processes
from avatarartist_core.training.progress import Pace, Told
from avatarartist_core.training.stage import Moment, TrainingStage, Update

KINDS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


class TrainingError(AvatarArtistError):
    """Training cannot go on as it is."""


class Trainer:
    """Trains one stage in one folder.

    Args:
        stage: what is taught.
        home: folder of the run; None: nothing is written.
        processes: this process among others; None: alone, on the stage's device.
    """

    def __init__(
        self, stage: TrainingStage, home: Path | None, processes: Processes | None = None
    ) -> None:
        self.stage, self.home = stage, home
        self.config: StageConfig = stage.config
        self.processes = processes or Processes(stage.device, self.config.precision)
        self.processes.check(self.config.batch)
        self.device = self.processes.device
        torch.manual_seed(seed_of(self.config.seed, "networks"))
        self.networks: dict[str, nn.Module] = {
            name: network.to(self.device).train() for name, network in stage.networks().items()
        }
        if self.config.resume_from:
            self._start_from(checkpoint.checkpoint_at(Path(self.config.resume_from)))
        self.averages = Averages(self.networks, stage.averaged)
        self.learning = {
            name: list(_parameters(self.networks, each.networks, each.parts))
            for name, each in stage.optimisers().items()
        }
        self.optimisers = {
            name: KINDS[each.config.kind](
                self.learning[name],
                lr=each.config.rate,
                betas=each.config.betas,
                eps=each.config.epsilon,
                weight_decay=each.config.weight_decay,
            )
            for name, each in stage.optimisers().items()
        }
        self.step = 0
        self.means = Means()
        self.best: dict[str, float] = {}

    def resume(self) -> bool:
        """Go to where the newest checkpoint of the folder is; False: there is none."""
        found = checkpoint.checkpoints(self.home)[-1:] if self.home else []
        if not found:
            return False
        [newest] = found
        for name, network in self.networks.items():
            checkpoint.restore(network, newest.tensors("networks", name), name)
        for name, average in self.averages.own.items():
            checkpoint.restore(average, newest.tensors("averages", name), name)
        for name, optimiser in self.optimisers.items():
            tensors = newest.tensors("optimisers", name)
            restore_optimiser(optimiser, tensors, newest.state["optimisers"][name])
        self.processes.restore(newest.state["scaler"])
        self.step = newest.step
        self.means = Means(newest.state["means"])
        self.best = dict(newest.state["best"])
        return True

    def run(self, tell: Callable[[Told], None]) -> None:
        """Train to the end, or until a time limit or Ctrl-C, which both keep what was learnt.

        Raises:
            TrainingError: a loss or a gradient is not finite.
            KeyboardInterrupt: Ctrl-C; a checkpoint was written.
        """
        config = self.config
        pace = Pace(config.batch, config.total)
        over = time.monotonic() + 60 * config.minutes if config.minutes else math.inf
        count = self.stage.count()
        with (
            self._opened_log() as log,
            Interrupt() as interrupt,
            Ahead(partial(self._batch, count), config.data.ahead, config.total) as batches,
        ):
            if not self.step:
                self._show(log, tell, pace)
            while self.step < config.total:
                pace.begin()
                scalars = self.descend(batches.take(self.step), self.moment(self.step, count))
                pace.end()
                self.step += 1
                self._note(log, scalars)
                tell(pace.told(self.step, scalars))
                self._show(log, tell, pace)
                is_over = self.processes.agree(interrupt.asked or time.monotonic() > over)
                if is_over or self.step % config.keep.every == 0 or self.step == config.total:
                    self.save()
                if interrupt.asked:
                    raise _interrupted(self.step, config.total)
                if is_over and self.step < config.total:
                    said = f"time is over at step {self.step} of {config.total}, --resume goes on"
                    tell(pace.told(self.step, {}, said))
                    return

    def descend(self, batch: Any, moment: Moment) -> dict[str, float]:
        """Do one step; returns its scalars."""
        torch.manual_seed(seed_of(self.config.seed, moment.step, self.processes.rank, "torch"))
        scalars: dict[str, float] = {}
        updates = self.stage.updates(self.networks, batch, moment)
        while True:
            with self.processes.autocast():
                update = next(updates, None)
            if update is None:
                break
            scalars |= self._update(update, moment)
        self.processes.share_buffers(self.networks.values())
        decay = self.config.average.decay(moment.images, self.config.batch)
        self.averages.follow(self.networks, decay)
        return scalars

    def save(self) -> None:
        """Write a checkpoint and remove those that are not kept."""
        if not self.home or not self.processes.is_first:
            return
        kept = {name: optimiser_state(optimiser) for name, optimiser in self.optimisers.items()}
        state = {
            "step": self.step,
            "images": self.step * self.config.batch,
            "best": self.best,
            "means": self.means.sums,
            "scaler": self.processes.state(),
            "optimisers": {name: plain for name, (_, plain) in kept.items()},
        }
        tensors: dict[str, Mapping[str, Tensor]] = {
            **{f"networks/{name}": net.state_dict() for name, net in self.networks.items()},
            **{f"averages/{name}": net.state_dict() for name, net in self.averages.own.items()},
            **{f"optimisers/{name}": tensors for name, (tensors, _) in kept.items()},
        }
        checkpoint.save(self.home, state, tensors)
        best = int(self.best["step"]) if self.config.keep.best and self.best else None
        checkpoint.prune(self.home, self.config.keep.last, best)

    def _update(self, update: Update, moment: Moment) -> dict[str, float]:
        own, optimiser = (
            self.stage.optimisers()[update.optimiser].config,
            self.optimisers[update.optimiser],
        )
        parameters = self.learning[update.optimiser]
        loss = float(update.loss.detach())
        self._check(loss, f"loss of {update.optimiser!r}", moment.step)
        optimiser.zero_grad(set_to_none=True)
        self.processes.backward(update.loss)
        self.processes.share_gradients(parameters, optimiser)
        norm = nn.utils.clip_grad_norm_(parameters, own.clip or math.inf)
        if self.processes.scaler is None:
            self._check(float(norm), f"gradient of {update.optimiser!r}", moment.step)
        for group in optimiser.param_groups:
            group["lr"] = own.rate_at(moment.step, moment.share)
        self.processes.step(optimiser)
        name = update.optimiser
        return {
            f"{name}.loss": loss,
            f"{name}.gradient": float(norm),
            **{f"{name}.{key}": float(value) for key, value in update.scalars.items()},
        }

    def _check(self, value: float, what: str, step: int) -> None:
        if math.isfinite(value):
            return
        there = checkpoint.checkpoints(self.home) if self.home else []
        kept = f"step {there[-1].step} is kept" if there else "no checkpoint was written yet"
        raise TrainingError(
            f"the {what} is {value} in step {step + 1} of stage {self.name!r}; {kept}",
            "Lower the learning rate, or clip gradients, and go on with --resume.",
        )

    @property
    def name(self) -> str:
        """What the stage is called."""
        return type(self.stage).__name__

    def moment(self, step: int, count: int, purpose: str = "step") -> Moment:
        """Describe a step of this process.

        Args:
            step: steps done before.
            count: samples there are.
            purpose: whose chance it is; batches are read with another than losses.
        """
        config, rank = self.config, self.processes.rank
        batch = min(config.batch, count) if purpose == "estimate" else config.batch
        indices = batch_indices(
            config.seed, step, batch, count, rank=rank, processes=self.processes.count
        )
        return Moment(
            step=step,
            images=step * config.batch,
            share=step / max(1, config.total),
            indices=indices,
            chance=generator_of(config.seed, step, rank, purpose),
            device=self.device,
        )

    def _batch(self, count: int, step: int) -> Any:
        return self.stage.batch(self.moment(step, count, "batch"))

    def _note(self, log: RunLog | None, scalars: Mapping[str, float]) -> None:
        """Log the mean of the scalars where it is time for it."""
        self.means.add(scalars)
        if self.step % self.config.report.scalars == 0:
            means = self.means.take()
            if log:
                log.write(self.step, means, images=self.step * self.config.batch)

    @torch.no_grad()
    def _show(self, log: RunLog | None, tell: Callable[[Told], None], pace: Pace) -> None:
        """Draw and measure where it is time for it."""
        if log is None:
            return
        report, networks = self.config.report, self.averages.networks
        if self._is_due(report.pictures):
            for name, picture in self.stage.pictures(networks, self.step).items():
                tell(pace.told(self.step, {}, str(log.picture(self.step, name, picture))))
        if self._is_due(report.measures):
            measured = self.stage.measures(networks, self.step)
            log.write(self.step, measured, images=self.step * self.config.batch)
            said = ", ".join(f"{name} {value:.4g}" for name, value in measured.items())
            tell(pace.told(self.step, {}, f"step {self.step}: {said}"))
            self._judge(measured)

    def _is_due(self, every: int) -> bool:
        return every > 0 and (self.step == self.config.total or self.step % every == 0)

    @contextmanager
    def _opened_log(self) -> Iterator[RunLog | None]:
        if not (self.home and self.processes.is_first):
            yield None
            return
        log = RunLog(self.home, self.step)
        try:
            yield log
        finally:
            log.close()

    def _judge(self, measured: Mapping[str, float]) -> None:
        value = measured.get(self.stage.judged_by)
        if value is None or not self.step or value >= self.best.get("value", math.inf):
            return
        self.best = {"step": self.step, "value": value}
        self.save()

    def _start_from(self, start: checkpoint.Checkpoint) -> None:
        for name, network in self.networks.items():
            kind = "averages" if name in self.stage.averaged else "networks"
            checkpoint.restore(network, start.tensors(kind, name), name)


def _parameters(
    networks: Mapping[str, nn.Module], names: tuple[str, ...], parts: tuple[str, ...]
) -> Any:
    for name in names:
        for place, parameter in networks[name].named_parameters():
            if not parts or place.startswith(parts):
                yield parameter


def _interrupted(step: int, total: int) -> KeyboardInterrupt:
    interrupt = KeyboardInterrupt()
    interrupt.add_note(f"step {step} of {total} is kept, --resume goes on")
    return interrupt
