"""Hobbit: a warm, painterly film of green hills and lamplight."""

import numpy as np

from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, screen, smoothstep, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from aa_stylize.strokes import painted
from aa_stylize.textures import noise
from avatarartist_core.data import Floats


@drawn_large
def hobbit(scene: Scene, config: StylizeConfig) -> Floats:
    """Light the portrait by an evening sun in the Shire, as a film painter would."""
    regions, unit = scene.regions, scene.unit
    strokes = painted(scene.picture, max(0.028 * unit, 2.0))
    fine = np.clip(regions.eyes + regions.mouth + 0.4 * regions.lips, 0, 1)
    picture = blend(strokes, scene.picture, fine)
    picture = _earthen_clothes(scene, picture)
    warm = lit(scene.relief.normals, (-0.7, 0.35, 0.6), wrap=0.3)
    cool = lit(scene.relief.normals, (0.7, 0.5, 0.3), wrap=0.2)
    light = (
        0.50
        + 0.72 * warm[..., None] * colour("#ffcf86")
        + 0.16 * cool[..., None] * colour("#9fc8c0")
    )
    light = light * (1 - 0.35 * scene.relief.occlusion)[..., None]
    picture = np.clip(picture * light, 0, 1)
    picture = _rosy(scene, picture)
    edge = smoothstep(-scene.relief.normals[..., 0], 0.45, 0.95) * regions.person
    picture = screen(picture, 0.55 * edge[..., None] * colour("#ffc060"))
    picture = screen(
        picture, 0.10 * (gloss(scene.relief.normals, KEY, 14) * regions.skin)[..., None]
    )
    wall = _hills(scene) if config.ground == "look" else own_ground(scene, 0.1, 0.9)
    picture = blend(wall, picture, regions.person)
    glow = blur(np.clip(picture - 0.5, 0, 1), 0.09 * unit)
    return screen(picture, 0.35 * glow * colour("#ffd490"))


def _rosy(scene: Scene, picture: Floats) -> Floats:
    """Redden cheeks and nose, as wind and ale do."""
    rest = scene.overlay.rest
    x, y = np.abs(rest[..., 0]), rest[..., 1]
    cheeks = np.exp(-(((x - 0.42) / 0.18) ** 2) - ((y + 0.36) / 0.15) ** 2)
    nose = 0.8 * np.exp(-((x / 0.12) ** 2) - ((y + 0.38) / 0.12) ** 2)
    share = 0.28 * (cheeks + nose) * scene.overlay.covered * scene.regions.skin
    return blend(picture, picture * colour("#ff9a78"), share.astype(np.float32))


def _earthen_clothes(scene: Scene, picture: Floats) -> Floats:
    """Dye the clothes in moss and bark."""
    lab = scene.lab * np.array([0.82, 0.35, 0.35], np.float32) + np.array([0, 2, 14], np.float32)
    return blend(
        picture, 0.4 * picture + 0.6 * to_rgb(lab.astype(np.float32)), scene.regions.clothes
    )


def _hills(scene: Scene) -> Floats:
    """Paint hills under an evening sky, out of focus."""
    side, unit, rng = scene.side, scene.unit, scene.rng(95)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    sky = spotlit(scene, "#8fb0b0", "#ffe6a8", 1.9)
    horizon = float(scene.portrait.fit.translation[1])
    wall = sky
    for depth, tone in ((0.0, "#93a878"), (0.45, "#748f4c"), (0.95, "#4f7030"), (1.5, "#35521f")):
        phase, wave = rng.uniform(0, 6.28), rng.uniform(1.2, 2.2)
        edge = horizon + unit * (depth - 0.25 + 0.20 * np.sin(x / (wave * unit) + phase))
        grass = noise(side, 0.2 * unit, rng, 4)[..., None]
        hill = np.clip(colour(tone) * (1 + 0.06 * grass), 0, 1)
        wall = blend(wall, hill, smoothstep(y - edge, -0.05 * unit, 0.05 * unit))
    return blur(np.asarray(wall, np.float32), 0.04 * unit)
