"""A portrait prepared once and carried into one domain after another."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from avatarartist_core.data import Event, Picture, Portrait
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.output.contact_sheet import Cell, contact_sheet
from avatarartist_core.prepare import prepare
from avatarartist_core.preview.plan import Preview, Showing
from avatarartist_core.running.concurrency import Report, side_by_side
from avatarartist_core.running.events import Stage
from avatarartist_core.running.kit import Kit
from avatarartist_core.running.places import need_file


@dataclass(frozen=True, eq=False)
class Shown:
    """What became of one domain.

    Attributes:
        name: of the domain.
        title: of the domain.
        picture: (P, P, 3) uint8 RGB, or None.
        fault: why there is none.
        seconds: that it took.
        transfer: name of what carried the portrait; empty: nothing did.
    """

    name: str
    title: str
    picture: Picture | None
    fault: str = ""
    seconds: float = 0.0
    transfer: str = ""


@dataclass(frozen=True, eq=False)
class Previewed:
    """A portrait and what became of it.

    Attributes:
        original: (P, P, 3) uint8 RGB.
        shown: every domain, in order.
    """

    original: Picture
    shown: Sequence[Shown] = field(default_factory=tuple)

    @property
    def failed(self) -> list[Shown]:
        """The domains that have no picture."""
        return [each for each in self.shown if each.picture is None]

    def sheet(self, side: int) -> Picture:
        """Lay everything out, the portrait first, each picture ``side`` pixels wide."""
        cells = [Cell(each.title, each.picture, each.fault) for each in self.shown]
        return contact_sheet([Cell("The portrait", self.original), *cells], side)


def previewed(preview: Preview) -> Stage[Previewed]:
    """Carry the portrait into every domain; one that fails does not stop the others.

    Raises:
        AvatarArtistError: the portrait itself cannot be used.
    """
    need_file(preview.config.portrait, "portrait")
    (made,) = yield from side_by_side(lambda report: _previewed(preview, report))
    return made


def _previewed(preview: Preview, report: Report) -> Previewed:
    config, kit = preview.config, Kit()
    report(Event("prepare", 0, 1))
    finder = kit.component(preview.finder, config.device, "prepare")
    portrait = prepare(config.portrait, finder, config.prepare)
    report(Event("prepare", 1, 1))
    shown, total = [], len(preview.showings)
    report(Event("transfer", 0, total))
    for number, showing in enumerate(preview.showings, 1):
        shown.append(_shown(portrait, showing, preview, kit))
        report(Event("transfer", number, total))
    return Previewed(portrait.picture, shown)


def _shown(portrait: Portrait, showing: Showing, preview: Preview, kit: Kit) -> Shown:
    name, title, part = showing.domain.name, showing.domain.title, showing.transfer
    if showing.fault:
        return Shown(name, title, None, showing.fault)
    if part is None:
        return Shown(name, title, portrait.picture)
    began = time.monotonic()
    picture, fault = None, ""
    try:
        transfer = kit.component(part, preview.config.device, "transfer")
        moved = transfer.transfer(portrait, showing.domain, seed=preview.config.seed)
        picture = moved.picture
    except AvatarArtistError as error:
        fault = str(error)
    except Exception as error:  # noqa: BLE001 - the other domains are still shown
        fault = f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - began, 3)
    return Shown(name, title, picture, fault, seconds, part.entry.name)
