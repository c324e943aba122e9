"""Draws portraits (rows) under expressions and views (columns) into one picture.

python examples/contact_sheet.py portrait.jpg [more.png ...] -o sheet.png [--size 256]
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from avatarartist_core import lazy
from avatarartist_core.cameras import cameras_for
from avatarartist_core.config import RetargetConfig, RunConfig
from avatarartist_core.data import Avatar, Motion, Picture
from avatarartist_core.interfaces import FourDGenerator, Renderer
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.plan import resolve
from avatarartist_core.plugins import installed
from avatarartist_core.prepare import prepare

SMILE = {
    "mouthSmileLeft": 0.8,
    "mouthSmileRight": 0.8,
    "cheekSquintLeft": 0.4,
    "cheekSquintRight": 0.4,
}
BLINK = {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}
COLUMNS: dict[str, tuple[dict[str, float], tuple[float, float, float], tuple[float, float]]] = {
    "rest": ({}, (0, 0, 0), (0, 0)),
    "smile": (SMILE, (4, 2, 0), (0, 0)),
    "talk": ({"jawOpen": 0.35, "mouthFunnel": 0.2}, (-3, 0, 2), (0, 0)),
    "wide": ({**SMILE, "jawOpen": 0.6}, (0, 4, -3), (0, 0)),
    "blink": (BLINK, (0, -3, 0), (0, 0)),
    "pucker": ({"mouthPucker": 0.9, "browInnerUp": 0.5}, (0, 0, 0), (0, 0)),
    "wink": ({**SMILE, "eyeBlinkLeft": 1.0}, (8, 0, 5), (0, 0)),
    "gaze": ({"browOuterUpLeft": 0.6, "browOuterUpRight": 0.6}, (0, 0, 0), (-0.4, 0.1)),
    "left": ({}, (-25, 0, 0), (0, 0)),
    "right": ({}, (25, 0, 0), (0, 0)),
    "up": ({}, (0, 15, 0), (0, 0)),
    "down": ({}, (0, -15, 0), (0, 0)),
}
"""Column title to (coefficients, (yaw, pitch, roll) in degrees, (yaw, pitch) of the eyes)."""


def poses() -> Motion:
    """Build a motion whose frames are the columns."""
    expression = np.zeros((len(COLUMNS), len(ARKIT)), np.float32)
    for row, (coefficients, _, _) in zip(expression, COLUMNS.values(), strict=True):
        for name, value in coefficients.items():
            row[ARKIT.index(name)] = value
    angles = np.radians([angles for _, angles, _ in COLUMNS.values()])
    return Motion(
        fps=25,
        expression=expression,
        rotation=rotation_from_angles(angles),
        translation=np.zeros((len(COLUMNS), 3), np.float32),
        gaze=np.array([gaze for _, _, gaze in COLUMNS.values()], np.float32),
        tracked=np.ones(len(COLUMNS), bool),
    )


def titles(names: list[str], width: int) -> Picture:
    """Draw the column titles."""
    band = np.full((28, width * len(names), 3), 255, np.uint8)
    for index, title in enumerate(names):
        at = (index * width + 8, 20)
        cv2.putText(band, title, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (40, 40, 40), 1, cv2.LINE_AA)
    return band


def drawn(avatar: Avatar, renderer: Renderer, size: int) -> list[Picture]:
    """Draw one avatar under every column."""
    motion = retarget(avatar, poses(), RetargetConfig())
    cameras = cameras_for("front", len(motion), motion.fps)
    return list(renderer.render(avatar, motion, cameras, size=size))


def main() -> None:
    """Read the arguments, draw and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("portraits", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--wrap", type=int, default=len(COLUMNS), help="columns side by side")
    arguments = parser.parse_args()
    plan = resolve(RunConfig(portrait=arguments.portraits[0]), installed())
    finder = lazy.build(plan.finder.entry, plan.finder.options)
    generator: FourDGenerator = lazy.build(plan.generator.entry, plan.generator.options)
    renderer: Renderer = lazy.build(plan.renderer.entry, plan.renderer.options)
    rows = []
    for file in arguments.portraits:
        portrait = prepare(file, finder, plan.config.prepare)
        rows.append(drawn(generator.generate(portrait, seed=0), renderer, arguments.size))
        print(f"{file.name}: score {portrait.score:.2f}, humanness {portrait.humanness:.2f}")
    sheet, names = [], list(COLUMNS)
    for start in range(0, len(names), arguments.wrap):
        part = slice(start, start + arguments.wrap)
        sheet.append(titles(names[part], arguments.size))
        sheet += [np.concatenate(row[part], axis=1) for row in rows]
    Image.fromarray(np.concatenate(sheet)).save(arguments.output)


if __name__ == "__main__":
    main()
