"""The values that flow from stage to stage.

Letters: T frames, K identity components, E expression coefficients, V mesh vertices, P side of a
square picture in pixels. Pictures are uint8 RGB (H, W, 3), or RGBA when transparent. Coefficients
are float32. Pixel coordinates put the centre of the first pixel at (0, 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.specs import AvatarSpec, MotionSpec

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

CAMERA_DISTANCE = 10.0
"""Distance of the nominal camera from the head in head units (decimetres): 1 m."""

NECK = (0.0, -0.75, -0.9)
"""The point in head units that heads turn about; motion gives its place, not the eyes'."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face found in a picture.

    Attributes:
        box: (4,) left, top, right, bottom in pixels of the picture it was found in.
        score: detector score in [0, 1].
        landmarks: (478, 3) x, y, z in pixels of that picture; z grows away from the camera.
        presence: landmark network's own score in [0, 1].
        humanness: agreement of independent views of the face in [0, 1]; low for animals.
    """

    box: Floats
    score: float
    landmarks: Floats
    presence: float
    humanness: float


@dataclass(frozen=True, eq=False)
class HeadFit:
    """A head model laid over one picture by weak perspective.

    A point X of the head (head units: decimetres, origin between the eye centres, x to the
    picture's right, y up, z towards the viewer) is drawn at ``translation + scale * (RX)[:2]``
    with y turned down: ``x = tx + s (RX)x``, ``y = ty - s (RX)y``.

    Attributes:
        identity: (K,) identity scores, unit variance.
        expression: (52,) ARKit coefficients in the order of ``avatarartist_core.motion.ARKIT``; the
            fit of another topology's head has that topology's coefficients.
        rotation: (3, 3) orthonormal head rotation.
        scale: pixels per head unit.
        translation: (2,) pixel of the head's origin.
        gaze: (2,) yaw (positive to the picture's right) and pitch (positive up) of the eyes
            relative to the head, radians.
        rms: root mean square distance of fitted and found landmarks in head units.
    """

    identity: Floats
    expression: Floats
    rotation: Floats
    scale: float
    translation: Floats
    gaze: Floats
    rms: float

    def project(self, points: Floats) -> Floats:
        """Draw (N, 3) head points; returns (N, 3) pixel x, pixel y and depth (nearer is larger)."""
        turned = points @ self.rotation.T * np.float32(self.scale)
        turned[:, 1] *= -1
        turned[:, :2] += self.translation
        return turned


@dataclass(frozen=True, eq=False)
class Portrait:
    """A square crop around one face, ready for a generator.

    Attributes:
        picture: (P, P, 3) uint8 RGB.
        to_file: (2, 3) affine map from crop pixels to pixels of the upright file picture.
        landmarks: (478, 3) in crop pixels.
        mask: (P, P) float32 in [0, 1], 1 where the person is.
        fit: the head model over the crop.
        score: detector score.
        humanness: see ``Face``.
        source: the file it came from, for messages and run.toml.
        domain: the domain it was carried into, or None.
    """

    picture: Picture
    to_file: Floats
    landmarks: Floats
    mask: Floats
    fit: HeadFit
    score: float
    humanness: float
    source: str = ""
    domain: str | None = None


@dataclass(frozen=True, eq=False)
class Neutral:
    """How the performer of a motion looks at rest; offsets from it are what moves an avatar.

    Attributes:
        expression: (E,) as many as the motion has; 52 for ``anny-head``.
        rotation: (3, 3)
        translation: (3,)
        gaze: (2,)
        residual: (468, 2) or None
        embedding: (D,) implicit embedding of the portrait itself, or None
    """

    expression: Floats = field(default_factory=lambda: np.zeros(52, np.float32))
    rotation: Floats = field(default_factory=lambda: np.eye(3, dtype=np.float32))
    translation: Floats = field(default_factory=lambda: np.zeros(3, np.float32))
    gaze: Floats = field(default_factory=lambda: np.zeros(2, np.float32))
    residual: Floats | None = None
    embedding: Floats | None = None


@dataclass(frozen=True, eq=False)
class Motion:
    """T frames of a performance on a head model.

    A renderer is given a retargeted motion: its ``neutral`` is the portrait itself (translation 0,
    no residual), and every value is absolute on the avatar's own head.

    Attributes:
        fps: frames a second, as exact as the source states it.
        expression: (T, E) coefficients of the topology; an authored face has 0 at rest. For
            ``anny-head`` they are the 52 signed ARKit coefficients.
        rotation: (T, 3, 3) head rotations.
        translation: (T, 3) place of the ``NECK`` point in head units: x right and y up as drawn
            at the clip's median size, z towards the camera, so that the head is drawn
            ``CAMERA_DISTANCE / (CAMERA_DISTANCE - z)`` times as large.
        gaze: (T, 2) yaw, pitch of the eyes relative to the head, radians.
        tracked: (T,) bool, False where no face was seen and the last pose was held.
        neutral: the performer at rest.
        identity: (K,) identity shared over the clip, or None when authored.
        residual: (T, 468, 2) float16 landmark offsets in the frontal face plane that the
            coefficients leave unexplained, in head units (x right, y up), or None.
        embedding: (T, D) implicit motion embedding or None.
        spec: topology and embedding name.
        name: clip or file name, for messages.
    """

    fps: float
    expression: Floats
    rotation: Floats
    translation: Floats
    gaze: Floats
    tracked: NDArray[np.bool_]
    neutral: Neutral = field(default_factory=Neutral)
    identity: Floats | None = None
    residual: NDArray[np.float16] | None = None
    embedding: Floats | None = None
    spec: MotionSpec = field(default_factory=lambda: MotionSpec(topology="anny-head"))
    name: str = ""

    def __len__(self) -> int:
        return len(self.expression)

    def __getitem__(self, frames: slice) -> Motion:
        """Cut a run of frames; everything shared over the clip stays."""
        cut: dict[str, Any] = {
            name: None if getattr(self, name) is None else getattr(self, name)[frames]
            for name in _PER_FRAME
        }
        return replace(self, **cut)


_PER_FRAME = (
    "expression",
    "rotation",
    "translation",
    "gaze",
    "tracked",
    "residual",
    "embedding",
)


@dataclass(frozen=True, eq=False)
class Cameras:
    """One camera a frame, OpenCV convention (x right, y down, z forward).

    Attributes:
        cam2world: (T, 4, 4) with an orthonormal rotation; the world is the head's space with y up
            and z towards the viewer of a frontal portrait.
        intrinsics: (T, 3, 3) normalised by the picture side.
    """

    cam2world: Floats
    intrinsics: Floats

    def __len__(self) -> int:
        return len(self.cam2world)

    def labels(self) -> Floats:
        """Return (T, 25) EG3D labels: flattened cam2world, then flattened intrinsics."""
        return np.concatenate(
            [self.cam2world.reshape(-1, 16), self.intrinsics.reshape(-1, 9)], axis=1
        )


@dataclass(frozen=True, eq=False)
class Avatar:
    """What a generator makes and a renderer draws.

    Attributes:
        spec: what it is, comparable without torch.
        fit: the head model over the portrait it was made from (its expression, pose, identity).
        generator: name of the generator that made it.
        landmarks: (478, 3) of the portrait, in pixels of its crop.
        side: side of that crop in pixels.
    """

    spec: AvatarSpec
    fit: HeadFit
    generator: str
    landmarks: Floats
    side: int


@dataclass(frozen=True, eq=False)
class LayeredPortrait(Avatar):
    """The portrait's own pixels bound to the head model.

    Attributes:
        arrays: the renderer's textures and bindings by name; every one goes into the file.
    """

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ParametricTriplane(Avatar):
    """Four planes in the renderer's units.

    Attributes:
        planes: torch tensor (B, 4, C, R, R); plane 0 is the UV texture, 1-3 static XY, XZ, ZX.
        picture: (P, P, 3) uint8, the portrait it was made from: renderers copy detail from it.
        mask: (P, P) float32 in [0, 1], 1 where the person is in it.
    """

    planes: Any = None
    picture: Picture | None = None
    mask: Floats | None = None


@dataclass(frozen=True)
class Event:
    """What the pipeline reports: ``done`` of ``total`` units of ``stage`` (total None: unknown).

    Attributes:
        stage: one of ``prepare transfer generate track render encode``.
        done: units finished.
        total: units in all.
        note: a sentence for the user, or an empty string.
    """

    stage: str
    done: int = 0
    total: int | None = None
    note: str = ""


Frames = Iterator[Picture]
"""Frames in order; drawn when asked for, so memory does not grow with length."""
