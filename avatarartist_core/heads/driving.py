"""What drives a triplane, a batch of frames at a time: mesh maps, cameras, motion embeddings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from avatarartist_core.data import Avatar, Cameras, Floats, Motion
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import maps_of
from avatarartist_core.heads.view_map import view_map
from avatarartist_core.heads.world import world_cameras
from avatarartist_core.motion.embedding import embed


@dataclass(frozen=True, eq=False)
class Drive:
    """B frames of a motion as networks read them.

    Attributes:
        mesh: (B, 256, 256, 3) u, v and mask of the face in plane orientation.
        labels: (B, 25) EG3D camera labels in the triplane's world.
        embedding: (B, D) implicit motion embedding, or None when none is asked for.
        torso: (B, 25) labels for what stays when the head turns.
        view: (B, side, side, 5) view maps, or None when none are asked for.
    """

    mesh: Floats
    labels: Floats
    embedding: Floats | None
    torso: Floats
    view: Floats | None = None

    def __len__(self) -> int:
        return len(self.mesh)


def drives(
    avatar: Avatar,
    motion: Motion,
    cameras: Cameras,
    *,
    embedding: str | None,
    batch: int = 1,
    view: int | None = None,
) -> Iterator[Drive]:
    """Turn a retargeted motion into what drives the avatar's triplane; drawn when asked for.

    Args:
        avatar: its topology decides the head model, its fit the identity and the framing.
        motion: absolute values on the avatar's own head, as ``retarget`` gives them.
        cameras: of the viewer, one a frame.
        embedding: name of the embedding that the networks read, or None.
        batch: most frames at a time.
        view: side of the view maps to draw, or None.
    """
    head = head_model(avatar.spec.topology or "")
    fit = head.fit_of(avatar)
    identity = fit.identity if motion.identity is None else motion.identity
    labels = world_cameras(
        cameras, motion.rotation, motion.translation, fit, avatar.side, head.window
    )
    rest = np.tile(fit.rotation[None], (len(motion), 1, 1))
    stays = world_cameras(
        cameras, rest, np.zeros_like(motion.translation), fit, avatar.side, head.window
    )
    for start in range(0, len(motion), batch):
        some = slice(start, min(start + batch, len(motion)))
        part = motion[some]
        meshes = [
            head.looking(head.vertices(identity, expression), gaze)
            for expression, gaze in zip(part.expression, part.gaze, strict=True)
        ]
        views = None
        if view is not None:
            each = zip(meshes, labels[some], stays[some], strict=True)
            views = np.stack([view_map(head.window, m, c, view, t) for m, c, t in each])
        yield Drive(
            maps_of(head.window, meshes, len(part)),
            labels[some],
            embed(part, embedding) if embedding else None,
            stays[some],
            views,
        )
