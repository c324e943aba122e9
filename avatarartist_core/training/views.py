"""Pictures of people carried onto their heads, and other views of them to draw.

Letters: B batch, S side of a portrait, R side of a plane, O side of the picture to draw, Q rays
along a side, E size of a motion embedding, P side of a record's picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from avatarartist_core.data import Floats
from avatarartist_core.datasets.record import Record
from avatarartist_core.heads.evidence import FRONT, PROFILE, TEXTURE, gather
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.unprojection import unproject
from avatarartist_core.heads.view_map import CHANNELS, view_map
from avatarartist_core.nn.completion.planes import EvidenceTensors
from avatarartist_core.nn.pictures import to_image
from avatarartist_core.prepare.fill import push_pull
from avatarartist_core.training.people import People, Task

_WHOLE = 0.99  # share of a ray's pixel that the person fills where its depth is one number


@dataclass(frozen=True)
class Sizes:
    """What a network reads and draws.

    Attributes:
        plane: R.
        portrait: S.
        picture: O.
        rays: Q.
        cuts_out: the person before black is to be drawn, not the whole picture.
    """

    plane: int
    portrait: int
    picture: int
    rays: int
    cuts_out: bool


@dataclass(frozen=True, eq=False)
class Views:
    """A batch of tasks.

    Attributes:
        evidence: what the portraits tell of the heads.
        portrait: (B, 3, S, S) in [-1, 1], with its background.
        own: (B, E) motion of the portrait: ``arkit-gaze``.
        motion: (B, E) wanted motion.
        mesh: (B, 256, 256, 3) mesh maps of the wanted expression.
        view: (B, O, O, 5) view maps of it.
        camera: (B, 25) labels.
        picture: (B, 3, O, O) to draw, in [-1, 1]; where the person is cut out, before black.
        alpha: (B, 1, O, O) of the person.
        depth: (B, 1, Q, Q) distance from the camera, world units.
        known: (B, 1, Q, Q) 1 where the depth is known, 0 elsewhere.
    """

    evidence: EvidenceTensors
    portrait: Tensor
    own: Tensor
    motion: Tensor
    mesh: Tensor
    view: Tensor
    camera: Tensor
    picture: Tensor
    alpha: Tensor
    depth: Tensor
    known: Tensor

    def to(self, device: torch.device) -> Views:
        """Put everything on a device."""
        rest = {
            field.name: getattr(self, field.name).to(device)
            for field in fields(self)
            if field.name != "evidence"
        }
        return Views(EvidenceTensors(*(each.to(device) for each in self.evidence)), **rest)

    def __len__(self) -> int:
        return len(self.camera)


def read_views(people: People, tasks: Sequence[Task], sizes: Sizes) -> Views:
    """Read tasks, the same whenever they are read."""
    each = [_task(people.records[t.shown], people.records[t.wanted], sizes) for t in tasks]
    stacked = {name: torch.stack([one[name] for one in each]) for name in each[0]}
    evidence = EvidenceTensors(*(stacked.pop(name) for name in EvidenceTensors._fields))
    return Views(evidence, **stacked)


def made_up(count: int, sizes: Sizes, embedding: int, chance: torch.Generator) -> Views:
    """Make up tasks of the right shapes, of nothing."""
    rand = partial(torch.rand, generator=chance)
    R, Q, side = sizes.plane, sizes.rays, sizes.picture
    mesh = torch.zeros(count, 256, 256, 3)
    mesh[:, 64:192, 64:192] = torch.tensor([0.1, 0.2, 1.0])
    view = torch.zeros(count, side, side, CHANNELS)
    view[:, side // 4 : -side // 4, side // 4 : -side // 4] = torch.tensor(
        [0.1, 0.2, 1.0, 1.0, 0.4]
    )
    camera = torch.eye(4)
    camera[1, 1] = camera[2, 2] = -1
    camera[2, 3] = 2.7
    lens = torch.tensor([4.3, 0, 0.5, 0, 4.3, 0.5, 0, 0, 1])
    return Views(
        EvidenceTensors(*(rand(count, c, R, R) for c in (TEXTURE, FRONT, PROFILE, PROFILE))),
        portrait=2 * rand(count, 3, sizes.portrait, sizes.portrait) - 1,
        own=rand(count, embedding),
        motion=rand(count, embedding),
        mesh=mesh,
        view=view,
        camera=torch.cat([camera.flatten(), lens]).repeat(count, 1),
        picture=2 * rand(count, 3, side, side) - 1,
        alpha=torch.ones(count, 1, side, side),
        depth=2.5 + rand(count, 1, Q, Q) / 2,
        known=torch.ones(count, 1, Q, Q),
    )


def person_of(record: Record) -> Floats:
    """Return (P, P, 4): the person of a record before black in [0, 1], and the mask.

    At the person's edge a pixel is mixed with what is behind. That is guessed from the pixels
    around, and its share taken away.
    """
    mask = np.asarray(record.mask / np.float32(255), np.float32)
    picture = np.asarray(record.picture / np.float32(255), np.float32)
    behind = push_pull(picture, np.asarray(record.mask == 0, np.float32))
    person = np.clip(picture - behind * (1 - mask[..., None]), 0, mask[..., None])
    return np.dstack([person, mask]).astype(np.float32)


def _task(shown: Record, wanted: Record, sizes: Sizes) -> dict[str, Tensor]:
    head = head_model(shown.topology)
    own = head.looking(head.vertices(shown.identity, shown.expression), shown.gaze)
    meant = head.looking(head.vertices(wanted.identity, wanted.expression), wanted.gaze)
    mask = np.asarray(shown.mask / np.float32(255), np.float32)
    seen = unproject(shown.picture, mask, own, shown.camera, head.window, sizes.plane)
    evidence = gather(seen, own, head.window)
    person = _resized(person_of(wanted), sizes.picture)
    picture = person[..., :3] * 2 - 1
    if not sizes.cuts_out:
        picture = _resized(wanted.picture.astype(np.float32) / 127.5 - 1, sizes.picture)
    depth, known = _depth_of(wanted, sizes.rays)
    view = view_map(head.window, meant, wanted.camera, sizes.picture)
    return {
        "texture": _channels_first(evidence.texture),
        "front": _channels_first(evidence.front),
        "above": _channels_first(evidence.above),
        "beside": _channels_first(evidence.beside),
        "portrait": to_image(shown.picture, sizes.portrait)[0],
        "own": _motion(shown),
        "motion": _motion(wanted),
        "mesh": torch.from_numpy(wanted.mesh_map),
        "view": torch.from_numpy(view),
        "camera": torch.from_numpy(wanted.camera),
        "picture": _channels_first(picture),
        "alpha": _channels_first(person[..., 3:]),
        "depth": depth,
        "known": known,
    }


def _depth_of(record: Record, side: int) -> tuple[Tensor, Tensor]:
    """Return (1, side, side) depth, and where it is known: where the person fills the pixel."""
    if record.depth is None:
        return torch.zeros(1, side, side), torch.zeros(1, side, side)
    known = _resized((record.mask == 255).astype(np.float32), side) > _WHOLE
    depth = np.where(known, _resized(record.depth, side), 0).astype(np.float32)
    return torch.from_numpy(depth)[None], torch.from_numpy(known.astype(np.float32))[None]


def _motion(record: Record) -> Tensor:
    return torch.from_numpy(np.concatenate([record.expression, record.gaze]).astype(np.float32))


def _channels_first(values: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 0)))


def _resized(values: Floats, side: int) -> Any:
    if len(values) == side:
        return values
    way = cv2.INTER_AREA if len(values) > side else cv2.INTER_LINEAR
    return cv2.resize(values, (side, side), interpolation=way)
