"""A plugin whose transfer turns pictures into their negatives, and one of whose domains fails."""

from collections.abc import Iterator
from dataclasses import replace

from avatarartist_core.data import Portrait
from avatarartist_core.entries import DomainEntry, TransferEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.interfaces import DomainTransfer, Progress, silent


class Negative(DomainTransfer):
    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        if domain.name == "torn":
            raise RuntimeError("the film tore")
        return replace(portrait, picture=255 - portrait.picture, domain=domain.name)


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    yield TransferEntry("negative", "Negatives", "tests.domains.toy:Negative", needs_recipe=True)
    yield TransferEntry("idle", "Reaches nothing", "tests.domains.toy:Negative", domains=("no",))


@hookimpl
def aa_domains() -> Iterator[DomainEntry]:
    for name in ("film", "torn", "slide"):
        yield DomainEntry(name, name.title(), recipe={"negative": {}})
