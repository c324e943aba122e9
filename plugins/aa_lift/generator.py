"""The ``lift`` generator: a portrait to textures and bindings, without a network."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from aa_lift.bind import bind, shapes
from aa_lift.eyes import paint_eyes
from aa_lift.hidden import complete
from aa_lift.lids import paint_lids
from aa_lift.matting import cut_out
from aa_lift.mouth import draw_teeth, palette
from aa_lift.plugin import LAYERS
from aa_lift.regions import regions
from aa_lift.sheet import Sheet, make_sheet
from avatarartist_core.data import Floats, LayeredPortrait, Portrait
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.interfaces import FourDGenerator, Progress, silent


class LiftGenerator(FourDGenerator):
    """Binds the portrait's own pixels to the head model."""

    def generate(
        self, portrait: Portrait, *, seed: int = 0, progress: Progress = silent
    ) -> LayeredPortrait:
        """Make the avatar; nothing here is random."""
        fit, picture = portrait.fit, portrait.picture
        binding = bind(fit, portrait.landmarks)
        head = binding.neutral + np.tensordot(fit.expression, shapes(binding.lid_scale), 1)
        rest = fit.project(head.astype(np.float32))
        cutout = cut_out(picture, portrait.mask, _face_cover(rest, picture.shape[0]))
        side = complete(picture, cutout.alpha, fit, rest, head)
        sheet = make_sheet(rest, fit, cutout.cover)
        colours = palette(picture, portrait.landmarks)
        arrays: dict[str, NDArray[np.generic]] = {
            "picture": picture,
            "person": cutout.person,
            "plate": cutout.plate,
            "alpha": _bytes(cutout.alpha),
            "cover": _bytes(cutout.cover),
            "eyes": paint_eyes(picture, portrait.landmarks),
            "lids": paint_lids(picture, portrait.landmarks),
            "hidden": side.picture,
            "hidden_share": side.share,
            "hidden_at": side.at,
            "teeth": draw_teeth(colours),
            "mouth_colours": np.stack([colours.gum, colours.tongue, colours.cavity]),
            "neutral": binding.neutral,
            "lid_scale": binding.lid_scale,
        }
        for field in fields(Sheet):
            arrays[f"sheet_{field.name}"] = getattr(sheet, field.name)
        return LayeredPortrait(
            spec=LAYERS,
            fit=fit,
            generator="lift",
            landmarks=portrait.landmarks,
            side=picture.shape[0],
            arrays={name: np.ascontiguousarray(array) for name, array in arrays.items()},
        )


def _face_cover(rest: Floats, side: int) -> Floats:
    """Draw how surely each pixel of the picture is face, (side, side) in [0, 1]."""
    parts = regions()
    raster = rasterize(rest, parts.face, side, side)
    return interpolate(raster, parts.face, parts.face_weight[:, None])[..., 0]


def _bytes(share: Floats) -> NDArray[np.uint8]:
    return (share * 255 + 0.5).astype(np.uint8)
