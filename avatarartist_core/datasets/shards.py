"""Shards: plain tar files of records, and beside each a JSON file that says what is in it.

``000003.tar`` holds one file a member, ``00000192.mask.png``, as WebDataset reads them;
``000003.json`` holds its hash, where each record lies, and what was rejected. The JSON is renamed
into place last: a shard without it does not count.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from avatarartist_core.errors import InputError
from avatarartist_core.tensorfile import write_whole

_BLOCK = tarfile.BLOCKSIZE
_PART = ".part"


class Placed(BaseModel):
    """Where one record lies in its shard.

    Attributes:
        key: name of its members.
        index: its number in the data set.
        domain: style of its picture.
        offset: first byte of its first member's tar header.
        length: bytes up to the end of its last member, padding included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    index: int
    domain: str
    offset: int
    length: int


class Rejected(BaseModel):
    """A number that has no record.

    Attributes:
        index: the number.
        domain: the style it would have had.
        by: ``source``, ``transfer`` or ``labels``.
        reason: one sentence.
        is_fault: whether a component failed, rather than refused the picture.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    domain: str
    by: str
    reason: str
    is_fault: bool = False


class ShardFacts(BaseModel):
    """What the JSON file beside a shard says.

    Attributes:
        shard: file name of the tar.
        sha256: of the tar.
        size: bytes of the tar.
        first: number of the first record that belongs here.
        end: one past the number of the last one.
        records: what it holds, in order.
        rejected: what it lacks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shard: str
    sha256: str
    size: int
    first: int
    end: int
    records: tuple[Placed, ...]
    rejected: tuple[Rejected, ...] = ()


class ShardWriter:
    """Writes one shard under a temporary name; ``finish`` hashes it and gives it its own."""

    def __init__(self, folder: Path, name: str) -> None:
        """Open the temporary file.

        Args:
            folder: of the data set.
            name: of the shard, ``"000003"``.
        """
        self._folder, self._name = folder, name
        handle, path = tempfile.mkstemp(prefix=f".{name}.", suffix=_PART, dir=folder)
        self._path, self._stream = Path(path), os.fdopen(handle, "wb")
        self._hash, self._size = hashlib.sha256(), 0
        self._records: list[Placed] = []

    def add(self, index: int, key: str, domain: str, packed: bytes) -> None:
        """Append a record.

        Args:
            index: its number.
            key: name of its members.
            domain: style of its picture.
            packed: what ``pack`` made of its members.

        Raises:
            OSError: it cannot be written: the disk is full.
        """
        self._records.append(
            Placed(key=key, index=index, domain=domain, offset=self._size, length=len(packed))
        )
        self._write(packed)

    def finish(self, first: int, end: int, rejected: tuple[Rejected, ...] = ()) -> ShardFacts:
        """Close the shard and put it, then its facts, under their names.

        Raises:
            OSError: it cannot be written.
        """
        self._write(bytes(2 * _BLOCK))
        self._write(bytes(-self._size % tarfile.RECORDSIZE))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        facts = ShardFacts(
            shard=f"{self._name}.tar",
            sha256=self._hash.hexdigest(),
            size=self._size,
            first=first,
            end=end,
            records=tuple(self._records),
            rejected=rejected,
        )
        self._path.chmod(0o666 & ~_umask())
        self._path.replace(self._folder / facts.shard)
        text = facts.model_dump_json(exclude_defaults=True) + "\n"
        write_whole(self._folder / f"{self._name}.json", text.encode())
        return facts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; one that was not finished is removed."""
        with suppress(OSError):  # closing flushes, which a full disk refuses again
            self._stream.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._hash.update(data)
        self._size += len(data)


def shard_name(number: int) -> str:
    """Name a shard; names sort as their numbers do."""
    return f"{number:06d}"


def read_facts(path: Path) -> ShardFacts:
    """Read the JSON file beside a shard.

    Raises:
        InputError: it is damaged.
    """
    try:
        return ShardFacts.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        first = str(error).splitlines()[0]
        raise InputError(
            f"{str(path)!r} does not say what its shard holds: {first}",
            "Remove it and go on with the same aa data build --resume.",
        ) from error


def facts_in(folder: Path) -> list[ShardFacts]:
    """Read what every finished shard of a data set holds, in order.

    Raises:
        InputError: there is none, or one is damaged.
    """
    if not folder.is_dir():
        raise InputError(
            f"there is no data set {str(folder)!r}", "Build one: aa data build --out FOLDER"
        )
    found = [read_facts(path) for path in sorted(folder.glob("[0-9]*.json"))]
    if not found:
        raise InputError(
            f"the folder {str(folder)!r} holds no finished shard",
            "Build a data set there: aa data build --out FOLDER",
        )
    return found


def pack(key: str, members: Mapping[str, bytes]) -> bytes:
    """Write the members of a record as a run of tar members, the same bytes every time."""
    parts = []
    for name, data in members.items():
        header = tarfile.TarInfo(f"{key}.{name}")  # of nobody, at time 0
        header.size = len(data)
        parts += [header.tobuf(tarfile.USTAR_FORMAT), data, bytes(-len(data) % _BLOCK)]
    return b"".join(parts)


def members_of(data: bytes) -> dict[str, bytes]:
    """Take what ``pack`` made apart again.

    Raises:
        InputError: they are no run of tar members.
    """
    members, at = {}, 0
    while at < len(data):
        try:
            header = tarfile.TarInfo.frombuf(data[at : at + _BLOCK], "utf-8", "strict")
        except (tarfile.TarError, UnicodeDecodeError) as error:
            raise InputError(
                f"a record is damaged: {error}", "Look for damaged shards: aa data verify"
            ) from error
        at += _BLOCK
        members[header.name.partition(".")[2]] = data[at : at + header.size]
        at += header.size + -header.size % _BLOCK
    return members


def unfinished_in(folder: Path) -> Iterator[Path]:
    """Yield the temporary files that builds which were cut off left behind."""
    yield from folder.glob(f".*{_PART}")


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
