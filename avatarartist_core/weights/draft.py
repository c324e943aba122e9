"""A bundle being made: beside its place and under a hidden name until it is whole."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from avatarartist_core.errors import OutputError
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.weights import leftovers
from avatarartist_core.weights.bundle import weights_home
from avatarartist_core.weights.manifest import (
    MANIFEST,
    Bundle,
    BundleFile,
    is_inside,
    is_name,
    manifest_of,
    plain,
    read_bundle,
)

if TYPE_CHECKING:
    from torch import Tensor

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BundleDraft:
    """Makes one bundle; nothing appears under its name before ``commit``.

    Use it in a ``with`` block: leaving the block without ``commit``, by an error or Ctrl-C too,
    removes everything. What a killed process leaves is hidden, and the next draft sweeps it.

    Args:
        name: of the bundle: ``"official"``.
        component: what it is for: ``"dit"``.
        home: folder of bundles; None: the user's.

    Raises:
        ValueError: a name holds more than lower-case letters, digits, hyphens and dots.
    """

    folder: Path
    """Where files are put; from inside the ``with`` block on."""

    def __init__(self, name: str, component: str, home: Path | None = None) -> None:
        for word in (name, component):
            if not is_name(word):
                raise ValueError(f"{word!r} is not lower-case letters, digits and single hyphens")
        self.name, self.component = name, component
        self.place = (home or weights_home()) / name / component
        self._described: dict[str, Any] | None = None
        self._made_from: tuple[BundleFile, ...] = ()
        self._new_folders: list[Path] = []
        self._lock: int | None = None

    def __enter__(self) -> Self:
        parent = self.place.parent
        try:
            self._new_folders = [p for p in (parent, *parent.parents) if not p.exists()]
            parent.mkdir(parents=True, exist_ok=True)
            leftovers.sweep(parent)
            self.folder, self._lock = leftovers.new_folder(self.place)
        except OSError as error:
            self._discard()
            raise _not_written(self.place, error) from error
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._discard()
        if error is not None and is_full_disk(error):
            raise _not_written(self.place, error) from error

    def add_tensors(self, file: str, tensors: Mapping[str, Tensor]) -> None:
        """Write tensors to one safetensors file; values and types stay as they are.

        Args:
            file: relative, with forward slashes: ``"model.safetensors"``.
            tensors: dense tensors on any device.

        Raises:
            ValueError: the file lies outside the bundle or does not end in ``.safetensors``.
        """
        from safetensors.torch import save_file

        if not file.endswith(".safetensors"):
            raise ValueError(f"{file!r} does not end in .safetensors")
        path = self.new_path(file)
        solid, seen = {}, set()
        for name, tensor in tensors.items():
            own = tensor.detach().cpu().contiguous()
            start = own.untyped_storage().data_ptr()
            solid[name] = own.clone() if start in seen else own  # the format shares no memory
            seen.add(start)
        save_file(solid, path, metadata={"format": "pt"})

    def new_path(self, file: str) -> Path:
        """Return where to write a file of the bundle; its folder is made.

        Args:
            file: relative, with forward slashes: ``"vae/config.json"``.

        Raises:
            ValueError: it lies outside the bundle.
        """
        if not is_inside(file) or file == MANIFEST:
            raise ValueError(f"{file!r} is not a path inside the bundle")
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def describe(
        self,
        *,
        config: Mapping[str, Any],
        licence: str,
        source: str,
        spec: AvatarSpec | None = None,
        motion: MotionSpec | None = None,
    ) -> None:
        """Say what the bundle is; needed before ``commit``.

        Args:
            config: plain values that the component reads; None means left out.
            licence: of the weights, as their owners state it.
            source: where they come from, in words.
            spec: what a generator produces or a renderer accepts with these weights.
            motion: what a renderer needs or an encoder provides with these weights.

        Raises:
            TypeError: the config holds something other than plain values.
        """
        self._described = {
            "config": plain(config, "config"),
            "licence": licence,
            "source": source,
            "spec": spec,
            "motion": motion,
        }

    def record(self, files: Iterable[BundleFile]) -> None:
        """Note the foreign files that the bundle is made from."""
        self._made_from = tuple(files)

    def commit(self) -> Bundle:
        """Hash every file, write ``bundle.toml`` and move all into place, replacing an older one.

        Raises:
            ValueError: it was not described, is empty, or holds a link.
        """
        import tomli_w

        if self._described is None:
            raise ValueError(f"bundle {self.name!r} of {self.component!r} was not described")
        files = tuple(self._files())
        if not files:
            raise ValueError(f"bundle {self.name!r} of {self.component!r} holds no file")
        bundle = Bundle(
            self.name,
            self.component,
            self.place,
            files=files,
            made_from=self._made_from,
            **self._described,
        )
        manifest = self.folder / MANIFEST
        manifest.write_text(tomli_w.dumps(manifest_of(bundle)), encoding="utf-8")
        digest(manifest, flush=True)
        read_bundle(self.folder)
        leftovers.move_into_place(self.folder, self.place)
        self._new_folders = []
        self._discard()
        return read_bundle(self.place)

    def _files(self) -> Iterable[BundleFile]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_symlink():
                raise ValueError(f"{path} is a link, a bundle holds files only")
            if path.is_file():
                name = path.relative_to(self.folder).as_posix()
                yield BundleFile(name, digest(path, flush=True), path.stat().st_size)

    def _discard(self) -> None:
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            leftovers.unlock(self._lock)
            self._lock = None
        for folder in self._new_folders:
            with suppress(OSError):  # somebody else has put something there
                folder.rmdir()


def digest(path: Path, *, flush: bool = False) -> str:
    """Return the sha256 of a file; ``flush`` also waits until the disk has it."""
    with path.open("rb") as stream:
        if flush:
            with suppress(OSError):  # some systems flush only what is open for writing
                os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_full_disk(error: BaseException) -> bool:
    """Tell whether an error says that there is no room; safetensors says it in words only."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return any(f"os error {number})" in str(error) for number in NO_ROOM)


def _not_written(place: Path, error: BaseException) -> OutputError:
    said = error.strerror if isinstance(error, OSError) else None
    said = said or "no space left on device"
    return OutputError(
        f"{place} could not be written: {said.lower()}",
        "Free some space, or set AA_WEIGHTS to a folder with room that is yours.",
    )
