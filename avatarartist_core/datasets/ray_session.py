"""Starts Ray on this machine, or joins a cluster, without a word, and leaves nothing behind."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from avatarartist_core.errors import AvatarArtistError, UsageError

_STORE = 512 * 2**20
"""Bytes of shared memory for records on their way to the shard, when Ray is started here."""

_FOLDER = "avatarartist-ray-"
_LONGEST = 40
"""Ray puts sockets below its folder, whose whole path may have about 100 letters."""

_SILENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}

_AT_HOME = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Makes Ray listen on 127.0.0.1, as it does on systems where it builds no clusters: whoever reaches
its ports may run code. Read when Ray is imported."""


@contextmanager
def ray_session(workers: int, address: str) -> Iterator[Any]:
    """Hand out the ``ray`` module, connected, while in the ``with`` block.

    Args:
        workers: cores that Ray may use when it is started here.
        address: of a running cluster; empty: Ray is started on this machine, and ended.

    Raises:
        UsageError: Ray is not installed, or there is no such cluster.
    """
    ray = _imported(workers, _SILENT if address else {**_SILENT, **_AT_HOME})
    folder = "" if address else _new_folder()
    try:
        with _quiet(Path(folder, "driver.log") if folder else Path(os.devnull)):
            try:
                _join(ray, address) if address else _start(ray, workers, folder)
                context = ray.data.DataContext.get_current()
                context.enable_progress_bars = False
                context.print_on_execution_start = False
                context.execution_options.preserve_order = True
                with _unheard(ray):
                    yield ray
            finally:
                ray.shutdown()
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _imported(workers: int, environment: dict[str, str]) -> Any:
    os.environ.update(environment)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ray
            import ray.data
    except ImportError:
        raise UsageError(
            f"{workers} workers need Ray, which is not installed",
            "Install it: pip install 'avatarartist[data]'; or build with --workers 1",
        ) from None
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return ray


def _start(ray: Any, workers: int, folder: str) -> None:
    try:
        ray.init(
            address="local",
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=_STORE,
            logging_level=logging.CRITICAL,
            log_to_driver=False,
            _temp_dir=folder,
            _node_ip_address="127.0.0.1",
        )
    except (RuntimeError, OSError, ValueError, TimeoutError) as error:
        raise AvatarArtistError(
            f"Ray does not start here: {_first_line(error)}", "Build with --workers 1."
        ) from error


def _join(ray: Any, address: str) -> None:
    try:
        ray.init(address=address, logging_level=logging.CRITICAL, log_to_driver=False)
    except (ConnectionError, RuntimeError, OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"there is no Ray cluster at {address!r}: {_first_line(error)}",
            "Start one: ray start --head; or leave --ray-address out.",
        ) from None


@contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Send what Ray's own C++ writes to the process's stderr to a file; ours goes on as before."""
    stream = sys.stderr
    try:
        is_real = stream.fileno() == 2
    except (OSError, ValueError, AttributeError):
        is_real = False
    if not is_real:  # replaced by a notebook or a test: Ray's words do not reach it
        yield
        return
    stream.flush()
    kept = os.dup(2)
    with os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8") as ours, log.open("ab") as sink:
        os.dup2(sink.fileno(), 2)
        sys.stderr = ours
        try:
            yield
        finally:
            sys.stderr = stream
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def _unheard(ray: Any) -> Iterator[None]:
    """Keep Ray from printing that a worker died: it is replaced, and stdout holds our result.

    ``log_to_driver`` leaves these messages on; there is no public switch for them.
    """
    inside: Any = getattr(ray._private, "worker", None)
    told = getattr(inside, "print_to_stdstream", None)
    if told is None:
        yield
        return
    inside.print_to_stdstream = lambda *words, **more: None
    try:
        yield
    finally:
        inside.print_to_stdstream = told


def _new_folder() -> str:
    """Make a folder for Ray's sockets and logs; those of processes that are gone are removed."""
    root = Path(tempfile.gettempdir())
    if len(str(root)) > _LONGEST and sys.platform != "win32":
        root = Path("/tmp")
    for left in root.glob(f"{_FOLDER}*"):
        owner = left.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdecimal() and not _is_alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=root)


def _is_alive(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
