"""This process among others: devices, arithmetic and gradients over several GPUs, by accelerate.

Networks are not wrapped: after each backward pass gradients are averaged over the processes, which
suits stages with several networks and several losses a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from avatarartist_core.errors import AvatarArtistError, UsageError


class Processes:
    """Where this process runs and who runs beside it.

    Args:
        device: of a process that is alone; several take one GPU each.
        precision: ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        AvatarArtistError: accelerate is missing.
        UsageError: the arithmetic does not run on the device.
    """

    def __init__(self, device: str = "cpu", precision: str = "float32") -> None:
        self._accelerator = _accelerator(device)
        self.count: int = self._accelerator.num_processes
        self.rank: int = self._accelerator.process_index
        self.device: torch.device = (
            self._accelerator.device if self.count > 1 else torch.device(device)
        )
        if precision == "float16" and self.device.type != "cuda":
            raise UsageError(
                f"float16 does not train on {self.device.type!r}",
                "Choose precision = 'float32' or 'bfloat16'.",
            )
        self._kind: torch.dtype = getattr(torch, precision)
        self.scaler = torch.amp.GradScaler("cuda") if precision == "float16" else None

    @property
    def is_first(self) -> bool:
        """Tell whether this process writes files."""
        return self.rank == 0

    def check(self, batch: int) -> None:
        """Refuse a batch that cannot be shared out.

        Raises:
            UsageError: it is not a multiple of the processes.
        """
        if batch % self.count:
            raise UsageError(
                f"batch is {batch}, which {self.count} processes cannot share",
                f"Choose a multiple of {self.count}: --set batch=...",
            )

    def autocast(self) -> AbstractContextManager[Any]:
        """Compute in the arithmetic asked for; weights stay float32."""
        if self._kind is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self._kind)

    def backward(self, loss: Tensor) -> None:
        """Compute gradients, enlarged where small ones would vanish."""
        (self.scaler.scale(loss) if self.scaler else loss).backward()  # type: ignore[no-untyped-call]

    def share_gradients(self, parameters: Iterable[nn.Parameter], optimiser: Optimizer) -> None:
        """Average gradients over the processes, and undo their enlargement."""
        if self.count > 1:
            known = list(parameters)
            for parameter in known:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
            self._average([p.grad for p in known if p.grad is not None])
        if self.scaler:
            self.scaler.unscale_(optimiser)

    @torch.no_grad()
    def share_buffers(self, networks: Iterable[nn.Module]) -> None:
        """Average what networks note down while they learn."""
        if self.count == 1:
            return
        self._average(
            [
                buffer
                for network in networks
                for buffer in network.buffers()
                if buffer.is_floating_point()
            ]
        )

    def _average(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their means over the processes, all in one message."""
        if not tensors:
            return
        packed = torch.cat([tensor.flatten() for tensor in tensors])
        torch.distributed.all_reduce(packed)
        packed /= self.count
        parts = torch.split(packed, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.reshape(tensor.shape))

    def step(self, optimiser: Optimizer) -> None:
        """Move the parameters; not where half precision has overflowed."""
        if self.scaler is None:
            optimiser.step()
            return
        self.scaler.step(optimiser)
        self.scaler.update()

    def agree(self, asked: bool) -> bool:
        """Tell whether any process was asked to stop."""
        if self.count == 1:
            return asked
        told = torch.tensor(float(asked), device=self.device)
        torch.distributed.all_reduce(told)
        return bool(told > 0)

    def state(self) -> dict[str, Any]:
        """Return the state of the enlargement, plain values."""
        return self.scaler.state_dict() if self.scaler else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what ``state`` returned."""
        if self.scaler and state:
            self.scaler.load_state_dict(state)


def _accelerator(device: str) -> Any:
    try:
        from accelerate import Accelerator
    except ImportError as error:
        raise AvatarArtistError(
            "training needs accelerate, which is missing", "pip install 'avatarartist[train]'"
        ) from error
    return Accelerator(cpu=device == "cpu")
