"""The ``pdfgc`` motion encoder: FaceVerse coefficients and the PD-FGC motion embedding."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from aa_faceverse.align import aligned
from aa_faceverse.basis import FILE, face_basis
from aa_faceverse.clip import motion_of
from aa_faceverse.fit import model_of
from aa_faceverse.follow import Follower
from avatarartist_core.data import Floats, Motion, Picture
from avatarartist_core.entries import EncoderEntry
from avatarartist_core.errors import InputError, NoFaceError, UnknownNameError
from avatarartist_core.interfaces import FaceFinder, MotionEncoder, Progress, silent
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed
from avatarartist_core.weights.bundle import find_bundle

if TYPE_CHECKING:
    from aa_faceverse.network import MotionNetwork

COMPONENT = "pdfgc"


class Pdfgc(MotionEncoder):
    """Follows the largest face; landmarks come from an installed face finder."""

    def encode(
        self,
        frames: Iterable[Picture],
        fps: float,
        *,
        total: int | None = None,
        progress: Progress = silent,
    ) -> Motion:
        """Track a clip; frames are read once, in order, and only a batch of faces is kept.

        Where no face is seen the last values hold and ``tracked`` is False.

        Raises:
            InputError: there is no frame.
            NoFaceError: no frame shows a face.
            WeightsError: the head model or the network is not installed.
        """
        model = model_of(face_basis(self.config.head))
        network, follower = self._network, Follower(self._finder)
        landmarks: list[Floats | None] = []
        seen: list[Picture] = []
        embedded: list[Floats] = []
        shape: tuple[int, ...] = ()
        for frame in frames:
            shape = shape or frame.shape
            points = follower.follow(frame)
            landmarks.append(points)
            if points is not None:
                seen.append(aligned(frame, points))
            if len(seen) == self.config.batch:
                embedded.append(self._embedded(network, seen))
                seen = []
            progress(len(landmarks), total)
        if not landmarks:
            raise InputError("the clip has no frames", hint="Use a video with at least one frame.")
        if all(points is None for points in landmarks):
            raise NoFaceError(
                f"none of the clip's {len(landmarks)} frames shows a face",
                hint="Use a clip in which one face is seen from the front.",
            )
        if seen:
            embedded.append(self._embedded(network, seen))
        return motion_of(
            model,
            landmarks,
            np.concatenate(embedded),
            fps,
            center=((shape[1] - 1) / 2, (shape[0] - 1) / 2),
            sample=self.config.identity_frames,
        )

    def _embedded(self, network: MotionNetwork, pictures: list[Picture]) -> Floats:
        """Return the (B, 548) embeddings of aligned pictures."""
        import torch

        batch = torch.from_numpy(np.stack(pictures)).to(self.device)
        with torch.inference_mode():
            motion = network(batch.permute(0, 3, 1, 2).float() / 127.5 - 1)
        embedding: Floats = motion.cpu().numpy().astype(np.float32)
        return embedding

    @cached_property
    def _network(self) -> MotionNetwork:
        from safetensors.torch import load_file

        from aa_faceverse.network import MotionNetwork

        file = find_bundle(COMPONENT, self.config.weights, __package__).path(FILE)
        network = MotionNetwork()
        network.load_state_dict(load_file(file))
        return network.eval().requires_grad_(False).to(self.device)

    @cached_property
    def _finder(self) -> FaceFinder:
        encoders = installed().encoders
        if self.config.finder:
            return _built(encoders[self.config.finder])
        for entry in encoders.values():
            if entry.finds_faces:
                return _built(entry)
        raise UnknownNameError(
            "no installed motion encoder finds faces, which 'pdfgc' needs",
            hint="Install one that does. More: aa plugins list",
        )


def _built(entry: EncoderEntry) -> FaceFinder:
    if not entry.finds_faces:
        raise UnknownNameError(
            f"motion encoder {entry.name!r} finds no faces", hint="Choose another finder."
        )
    finder: Any = build(entry, entry.config())
    return finder
