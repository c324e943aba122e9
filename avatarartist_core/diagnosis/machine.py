"""The computer: Python, processor, memory, GPUs."""

import importlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from avatarartist_core.diagnosis.finding import Finding, State


def computer() -> Iterator[Finding]:
    """Look at Python, the processor and the memory."""
    group = "machine"
    old = sys.version_info < (3, 11)
    yield Finding(
        group,
        "python",
        f"{platform.python_version()} at {sys.executable}",
        "fault" if old else "ok",
        "Install Python 3.11 or newer." if old else "",
    )
    yield Finding(group, "platform", platform.platform())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding(group, "cores", str(cores))
    if features := _cpu_features():
        yield Finding(group, "cpu features", features)
    if memory := _memory():
        small = memory < (1 << 31)
        yield Finding(
            group,
            "memory",
            f"{memory / (1 << 30):.1f} GiB",
            "note" if small else "ok",
            "A run needs up to 1 GiB: close other programs." if small else "",
        )


def graphics(*, start_torch: bool = False) -> Iterator[Finding]:
    """Look for GPUs: through the driver's own tool, and through torch when asked."""
    group = "gpu"
    seen = _nvidia()
    yield Finding(group, "nvidia", seen or "none found; the default parts run on the CPU")
    try:
        torch = metadata.version("torch")
    except metadata.PackageNotFoundError:
        mend = "pip install torch (networks such as triplane generators need it)"
        yield Finding(group, "torch", "missing", "note", mend)
        return
    cpu_only = torch.endswith("+cpu") and bool(seen)
    mend = "Install a CUDA build: https://pytorch.org/get-started/locally" if cpu_only else ""
    yield Finding(group, "torch", torch, "note" if cpu_only else "ok", mend)
    if start_torch:
        yield Finding(group, "torch devices", *_torch_devices())


def _cpu_features() -> str:
    if find_spec("numpy") is None:
        return ""
    numpy = importlib.import_module("numpy")
    simd = numpy.show_config(mode="dicts").get("SIMD Extensions", {})
    return " ".join([*simd.get("baseline", ()), *simd.get("found", ())])


def _memory() -> int:
    """Return bytes of memory, the container's limit included; 0 when it cannot be told."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return total


def _nvidia() -> str:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return "; ".join(answer.stdout.split("\n")).strip("; ")


def _torch_devices() -> tuple[str, State, str]:
    """Ask torch in a process of its own, since a broken driver can hang it."""
    ask = (
        "import torch as t; m = getattr(t.backends, 'mps', None);"
        "print(*[f'cuda:{i}' for i in range(t.cuda.device_count())],"
        "*(['mps'] if m and m.is_available() else []), 'cpu', sep=', ')"
    )
    try:
        command = [sys.executable, "-W", "ignore", "-c", ask]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return last, "fault", "pip install --force-reinstall torch"
    except (OSError, subprocess.SubprocessError):
        return "no answer within 60 s", "fault", "Look at the driver: nvidia-smi"
    return answer.stdout.strip(), "ok", ""
