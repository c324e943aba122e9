"""The face window of FaceVerse: where the authors' mesh maps put the face."""

import cv2
import numpy as np

from aa_faceverse.basis import FaceBasis
from aa_faceverse.config import TOPOLOGY
from avatarartist_core.data import Floats
from avatarartist_core.heads.window import FaceWindow

WORLD = 2.5
"""World units per metre of FLAME space; plane coordinates are twice that: NDC = 5 (v + RAISED)."""

RAISED = (0.0, 0.005, 0.0)
"""Metres added in FLAME space."""

LANDMARKS = 468
"""Landmarks on the skin; the last ten of 478 are the irises."""

_WINDOW = ((0.195, 0.273), (0.805, 0.727))  # of the texture plane that holds the face
_GROWN = 1.4
_METRES = 0.1  # of a decimetre


def face_window(basis: FaceBasis) -> FaceWindow:
    """Describe the face of a FaceVerse mesh."""
    mean = basis.to_head(basis.mean)
    return FaceWindow(
        topology=TOPOLOGY,
        scale=WORLD * _METRES,
        shift=(np.array(RAISED, np.float32) + basis.origin) * np.float32(WORLD),
        center=mean[basis.landmarks[:LANDMARKS]].mean(0),
        faces=basis.faces,
        faces_uv=basis.faces,
        uv=expanded(basis.uv) * 2 - 1,
        mask=basis.mask,
    )


def expanded(uv: Floats) -> Floats:
    """Grow the face's part of a (V, 2) texture layout about its middle; the rest stays."""
    low, high = np.array(_WINDOW, np.float32)
    inside = ((uv > low) & (uv < high)).all(1)
    grown = (uv - np.float32(0.5)) * np.float32(_GROWN) + np.float32(0.5)
    return np.where(inside[:, None], grown, uv).astype(np.float32)


def mask_of_landmarks(uv: Floats, landmarks: Floats) -> Floats:
    """Mark the (V,) vertices inside the outline of the (N, 2) landmarks in the texture plane.

    It stands in for the authors' own mask when that file is not there.
    """
    outline = cv2.convexHull(np.ascontiguousarray(landmarks, np.float32))
    inside = [cv2.pointPolygonTest(outline, (float(u), float(v)), False) >= 0 for u, v in uv]
    return np.array(inside, np.float32)
