"""Records with their labels drawn, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture
from avatarartist_core.datasets.record import Record
from avatarartist_core.datasets.seen import seen_landmarks
from avatarartist_core.errors import UsageError
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.output.contact_sheet import Cell, contact_sheet, scaled

SIDE = 256
_INSET = 0.34  # side of the mesh map's inset, in sides of the picture
_POINT, _MODEL, _EDGE = (255, 235, 80), (70, 240, 170), (255, 90, 160)

# Runs of landmarks that a face is known by: oval, brows, lids, lips, ridge of the nose.
_LINES = (
    (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
     148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10),
    (70, 63, 105, 66, 107), (336, 296, 334, 293, 300),
    (33, 160, 158, 133, 153, 144, 33), (362, 385, 387, 263, 373, 380, 362),
    (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91, 61),
    (78, 81, 13, 311, 308, 402, 14, 178, 78),
    (168, 6, 197, 195, 5, 4),
)  # fmt: skip


def sheet(records: Sequence[Record], side: int = SIDE, *, plain: bool = False) -> Picture:
    """Lay records out in a grid, labels drawn onto them.

    The picture's own landmarks are yellow dots; what camera, identity and expression say of the
    same face is drawn in green, so the two lie on one another where the labels are right. The edge
    of the person is pink, the mesh map lies in the corner as the head looks from the front.

    Args:
        records: at least one.
        side: of each picture in pixels.
        plain: leave the labels out.
    """
    cells = [
        Cell(_title(record), record.picture if plain else labelled(record, side))
        for record in records
    ]
    return contact_sheet(cells, side)


def labelled(record: Record, side: int = SIDE) -> Picture:
    """Draw the labels of one record onto its picture; returns (side, side, 3)."""
    grow = side / record.picture.shape[0]
    drawn = np.ascontiguousarray(scaled(record.picture, side))
    mask = cv2.resize(record.mask, (side, side), interpolation=cv2.INTER_LINEAR)
    edges, _ = cv2.findContours(
        (mask > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(drawn, edges, -1, _EDGE, 1, cv2.LINE_AA)
    model = _model(record)
    if model is not None:
        points = np.rint(model * side * 16 - 8).astype(np.int32)  # sixteenths of a pixel
        for run in _LINES:
            cv2.polylines(drawn, [points[list(run)]], False, _MODEL, 1, cv2.LINE_AA, 4)
    own = (record.landmarks[:, :2] + 0.5) * grow - 0.5
    for x, y in own[sorted({number for run in _LINES for number in run})]:
        cv2.circle(drawn, (round(float(x)), round(float(y))), 1, _POINT, -1, cv2.LINE_AA)
    inset = scaled(_mesh_colours(record.mesh_map), round(_INSET * side))
    drawn[-len(inset) :, -len(inset) :] = inset
    return drawn


def _model(record: Record) -> Floats | None:
    try:
        return seen_landmarks(record)
    except UsageError:  # a head model without a window has no camera's view
        return None


def _mesh_colours(mesh_map: Floats) -> Picture:
    """Colour a mesh map: red grows with u, green with v, the face is blue; upright."""
    colours = np.concatenate([(mesh_map[..., :2] + 1) / 2, mesh_map[..., 2:] * 0.75], -1)
    colours *= mesh_map[..., 2:]
    return np.rint(colours[::-1] * 255).astype(np.uint8)


def _title(record: Record) -> str:
    yaw, pitch, _ = np.degrees(angles_from_rotation(record.rotation))
    return f"{record.index} {record.domain} {yaw:+.0f}° {pitch:+.0f}°"
