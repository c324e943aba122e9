"""The ``lift`` generator: a portrait to textures and bindings, without a network."""

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from aa_lift.bind import bind, eyes_shut, shapes
from aa_lift.eyes import paint_eyes
from aa_lift.hidden import complete
from aa_lift.lids import paint_lids
from aa_lift.mouth import draw_teeth, palette
from aa_lift.own_teeth import find_teeth, own_row, texel_places
from aa_lift.plugin import LAYERS
from aa_lift.regions import JAW_OPEN, regions
from aa_lift.sheet import Sheet, make_sheet
from avatarartist_core.data import Floats, LayeredPortrait, Portrait
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.interfaces import FourDGenerator, Progress, silent
from avatarartist_core.prepare.matting import cut_out


class LiftGenerator(FourDGenerator):
    """Binds the portrait's own pixels to the head model."""

    def generate(
        self, portrait: Portrait, *, seed: int = 0, progress: Progress = silent
    ) -> LayeredPortrait:
        """Make the avatar; nothing here is random."""
        fit, picture = portrait.fit, portrait.picture
        progress(0, 3)
        binding = bind(fit, portrait.landmarks)
        own = shapes(binding.lid_scale)
        head, asleep = (
            (binding.neutral + np.tensordot(expression, own, 1)).astype(np.float32)
            for expression in (fit.expression, eyes_shut(fit.expression))
        )
        rest = fit.project(head)
        progress(1, 3)
        cutout = cut_out(picture, portrait.mask, _face_cover(rest, picture.shape[0]))
        side = complete(picture, cutout.alpha, fit, rest, head)
        progress(2, 3)
        sheet = make_sheet(rest, fit, cutout.carried)
        shut = anny_mesh().landmarks(fit.project(asleep))
        mouth = self._mouth(portrait, binding.neutral, head)
        arrays: dict[str, NDArray[np.generic]] = {
            "picture": picture,
            "person": cutout.person,
            "plate": cutout.plate,
            "alpha": _bytes(cutout.alpha),
            "cover": _bytes(cutout.cover),
            "eyes": paint_eyes(picture, portrait.landmarks),
            "lids": paint_lids(picture, portrait.landmarks, shut, cutout.alpha),
            "hidden": side.picture,
            "hidden_share": side.share,
            "hidden_at": side.at,
            **mouth,
            "neutral": binding.neutral,
            "lid_scale": binding.lid_scale,
        }
        for field in fields(Sheet):
            arrays[f"sheet_{field.name}"] = getattr(sheet, field.name)
        progress(3, 3)
        return LayeredPortrait(
            spec=LAYERS,
            fit=fit,
            generator="lift",
            landmarks=portrait.landmarks,
            side=picture.shape[0],
            arrays={name: np.ascontiguousarray(array) for name, array in arrays.items()},
        )

    def _mouth(
        self, portrait: Portrait, neutral: Floats, head: Floats
    ) -> dict[str, NDArray[np.generic]]:
        """Paint the rows of teeth, the portrait's own where it shows them."""
        picture, fit = portrait.picture, portrait.fit
        colours = palette(picture, portrait.landmarks)
        own = None
        if self.config.teeth != "drawn":
            own = find_teeth(picture, portrait.landmarks, fit, neutral)
        if own is not None:
            colours = replace(colours, tooth=own.colour)
        teeth = draw_teeth(colours)
        if own is not None:
            jaw = float(fit.expression[JAW_OPEN])
            at = texel_places(fit, neutral, head, jaw, own.lift)
            teeth[0] = own_row(picture, own, teeth[0], at, colours.gum)
        return {
            "teeth": teeth,
            "teeth_lift": np.array([own.lift if own else 0], np.float32),
            "teeth_shadow": np.array([0.4 if own else 1], np.float32),
            "mouth_colours": np.stack([colours.gum, colours.tongue, colours.cavity]),
        }


def _face_cover(rest: Floats, side: int) -> Floats:
    """Draw how surely each pixel of the picture is face, (side, side) in [0, 1]."""
    parts = regions()
    raster = rasterize(rest, parts.face, side, side)
    return interpolate(raster, parts.face, parts.face_weight[:, None])[..., 0]


def _bytes(share: Floats) -> NDArray[np.uint8]:
    return (share * 255 + 0.5).astype(np.uint8)
