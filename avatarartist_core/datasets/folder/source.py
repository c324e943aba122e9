"""Pictures of a folder to labelled portraits: cut out, found, fitted; what is no use is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatarartist_core.config import Choice, PrepareConfig
from avatarartist_core.data import HeadFit, Portrait
from avatarartist_core.datasets.folder.listing import hash_of, pictures_below
from avatarartist_core.datasets.sample import Labels, Sample, Value
from avatarartist_core.datasets.source import PortraitSource, RejectedError
from avatarartist_core.errors import IncompatibleError, InputError
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed
from avatarartist_core.prepare import prepare
from avatarartist_core.prepare.align import aligned

TOPOLOGY = "anny-head"
"""What every portrait is fitted with."""

_ROOMY = 2.2
"""Margin of the crop that the tight one is cut from, in head units: it seldom reaches outside."""


class Folder(PortraitSource):
    """One portrait a picture: its largest human-like face."""

    def __init__(self, config: Any, *, device: str = "cpu", path: str = "") -> None:
        """Keep the options and the folder; pictures are listed on first use."""
        super().__init__(config, device=device, path=path)

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._pictures)

    def reads(self) -> Mapping[str, Value]:
        """Tell how many pictures there are, and a hash of their names and sizes."""
        return {"pictures": self.count, "listing": hash_of(self._pictures)}

    def sample(self, index: int, *, seed: int = 0) -> Sample:
        """Read and measure picture ``index``; there is no chance in it.

        Raises:
            RejectedError: it is damaged or too small, or no human-like face is in it.
        """
        name, _ = self._pictures[index]
        try:
            portrait = self._portrait(Path(self.path, name))
        except (InputError, RejectedError) as error:
            raise RejectedError(str(error).replace(str(Path(self.path, name)), name)) from error
        fit, head = portrait.fit, head_model(TOPOLOGY)
        if not fit.rms <= self.config.misfit:
            raise RejectedError(
                f"the head model does not fit the face in {name!r}: {fit.rms:.3f} head units off, "
                f"at most {self.config.misfit:.3f}"
            )
        drawn = mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])[0]
        labels = Labels(
            topology=TOPOLOGY,
            mesh_map=drawn,
            camera=portrait_camera(fit, self.config.side, head.window),
            identity=fit.identity,
            expression=fit.expression,
            gaze=fit.gaze,
            rotation=fit.rotation,
        )
        provenance: dict[str, Value] = {
            "file": name,
            "score": round(float(portrait.score), 4),
            "humanness": round(float(portrait.humanness), 4),
            "rms": round(float(fit.rms), 5),
        }
        return Sample(_key(index, name), portrait, labels, provenance)

    def _portrait(self, path: Path) -> Portrait:
        """Cut the portrait out, at the side that all of them have."""
        config, tight = self.config, self.config.framing == "aligned"
        margin = _ROOMY if tight else PrepareConfig().margin
        asked = PrepareConfig(force=config.force, resolution=2 * config.side, margin=margin)
        whole = prepare(path, self._finder, asked)
        framed = aligned(whole, config.side) if tight else resized(whole, config.side)
        own = config.side * float(np.hypot(*framed.to_file[:, 0]))
        if own < config.least:
            raise RejectedError(
                f"the face in {str(path)!r} is too small: {own:.0f} pixels a side of the crop, "
                f"needs {config.least}"
            )
        return replace(framed, fit=self._finder.fit(framed.landmarks))

    @cached_property
    def _pictures(self) -> list[tuple[str, int]]:
        return pictures_below(Path(self.path))

    @cached_property
    def _finder(self) -> FaceFinder:
        entry = installed().encoders[self.config.motion_encoder]
        if not entry.finds_faces:
            raise IncompatibleError(
                f"motion encoder {entry.name!r} finds no faces in single pictures",
                hint="Leave source.motion_encoder out.",
            )
        alone = {"threads": 1} if "threads" in entry.config.model_fields else {}
        finder: FaceFinder = build(entry, Choice(name=entry.name, **alone).options_for(entry))
        return finder


def resized(portrait: Portrait, side: int) -> Portrait:
    """Bring a portrait to another side, landmarks and fit with it."""
    before = portrait.picture.shape[0]
    if before == side:
        return portrait
    step = before / side  # pixels of the portrait a pixel of the result
    shift = (step - 1) / 2
    how = cv2.INTER_AREA if step > 1 else cv2.INTER_CUBIC
    size = (side, side)
    back = np.array([[step, 0, shift], [0, step, shift], [0, 0, 1]], np.float32)
    landmarks = portrait.landmarks / np.float32(step)
    landmarks[:, :2] -= np.float32(shift / step)
    fit: HeadFit = portrait.fit
    return replace(
        portrait,
        picture=np.asarray(cv2.resize(portrait.picture, size, interpolation=how), np.uint8),
        mask=np.clip(cv2.resize(portrait.mask, size, interpolation=cv2.INTER_AREA), 0, 1),
        to_file=(portrait.to_file @ back).astype(np.float32),
        landmarks=landmarks.astype(np.float32),
        fit=replace(
            fit,
            scale=fit.scale / step,
            translation=((fit.translation - np.float32(shift)) / np.float32(step)),
        ),
    )


def _key(index: int, name: str) -> str:
    """Name a portrait; the number keeps two files apart whose names differ in odd letters only."""
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", name.rpartition(".")[0]).strip("-")
    return f"{index:08d}-{stem}".rstrip("-")
