"""People of a data set, each in several views: one is shown, another is to be drawn."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.errors import InputError


@dataclass(frozen=True)
class Task:
    """A view of somebody to draw from another; numbers are those of the data set.

    Attributes:
        shown: what the networks see.
        wanted: what they are to draw.
    """

    shown: int
    wanted: int


class People:
    """Finds whose picture each record is.

    Records of one person are those whose provenance says so (``person`` of the source ``synthetic``
    with several views); any other record is a person of its own.

    Args:
        folder: the data set.
        domains: styles to keep; empty: all. A person in two styles is two people.
        topology: that the labels must have.
        held_out: people that ``train`` leaves out, the first ones.

    Raises:
        InputError: there are no data, or they are of another head model.
    """

    def __init__(
        self, folder: str, domains: Collection[str], *, topology: str, held_out: int
    ) -> None:
        if not folder:
            raise InputError(
                "no data set is named",
                "Build one with aa data build --set source.views=4 --out DIR, then name it: "
                "--data DIR",
            )
        self.records = ShardSet(folder, domains or None)
        grouped: OrderedDict[tuple[object, ...], list[tuple[int, int]]] = OrderedDict()
        for number in range(len(self.records)):
            values = self.records.values(number)
            if values["topology"] != topology:
                raise InputError(
                    f"{folder!r} is labelled for {values['topology']!r}, topology is {topology!r}",
                    f"Train with --set topology={values['topology']}",
                )
            told = values["provenance"]
            person = told.get("person", f"record {number}")
            key = (values["domain"], values["source"], values["seed"], person)
            grouped.setdefault(key, []).append((int(told.get("view", 0)), number))
        people = [[number for _, number in sorted(views)] for views in grouped.values()]
        if len(people) <= held_out:
            raise InputError(
                f"{folder!r} holds {len(people)} people, {held_out} are held out",
                "Build a larger one, or hold out fewer: --set data.held_out=N",
            )
        self.kept, self.learnt = people[:held_out], people[held_out:]
        self._wanted = [
            (person, number) for person, views in enumerate(self.learnt) for number in views
        ]

    def __len__(self) -> int:
        """Count the views that are learnt from."""
        return len(self._wanted)

    def tasks(self, numbers: Sequence[int], first: float, chance: torch.Generator) -> list[Task]:
        """Choose what is shown for each of the views to draw.

        Args:
            numbers: of the views to draw, below ``len``.
            first: share of tasks that show the person's first view, the portrait.
            chance: decides which view the others show.
        """
        coins: Tensor = torch.rand((len(numbers), 2), generator=chance)
        tasks = []
        for number, (coin, other) in zip(numbers, coins.tolist(), strict=True):
            person, wanted = self._wanted[number]
            views = self.learnt[person]
            shown = views[0] if coin < first else views[int(other * len(views))]
            tasks.append(Task(shown, wanted))
        return tasks

    def held_out(self) -> list[Task]:
        """Return a task for each person who is held out: the first view to another."""
        return [
            Task(views[0], views[1 + place % (len(views) - 1)] if views[1:] else views[0])
            for place, views in enumerate(self.kept)
        ]
