"""Measures how well a clip is drawn again from one of its own frames.

    python examples/self_reenactment.py clip.mp4 [more.mp4 ...] [--portrait-frame 0] [--every 13]

One frame of the clip becomes the portrait and the whole clip drives it, through the pipeline of
``aa run``. Printed for each clip, over every Nth frame and with the landmarks of the bundled face
finder: mean landmark distance to the true frame in percent of the eye distance, PSNR inside the
face's box, the same two for a portrait that does not move, and the PSNR of the rest pose.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from avatarartist_core import lazy
from avatarartist_core.config import RunConfig
from avatarartist_core.data import Floats, Picture, Portrait
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.motion.video import open_video
from avatarartist_core.pipeline import animate, finish
from avatarartist_core.plan import resolve
from avatarartist_core.plugins import installed
from avatarartist_core.prepare import prepare

LEFT_EYE, RIGHT_EYE = 263, 33
MARGIN = 10


@dataclass(frozen=True)
class Score:
    """Means over the measured frames."""

    landmarks: float
    face_psnr: float


def psnr(first: Floats | Picture, second: Floats | Picture) -> float:
    """Return the peak signal-to-noise ratio of two uint8-ranged pictures in dB."""
    error = np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def into_crop(frame: Picture, portrait: Portrait, side: int) -> Picture:
    """Cut out of a frame what the portrait's crop holds, ``side`` pixels wide."""
    scale = portrait.picture.shape[0] / side
    to_file = portrait.to_file.astype(np.float64).copy()
    to_file[:, 2] += to_file[:, :2] @ np.full(2, (scale - 1) / 2)
    to_file[:, :2] *= scale
    if np.allclose(to_file, np.eye(2, 3), atol=1e-3) and frame.shape[:2] == (side, side):
        return frame
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        frame, to_file, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def compare(drawn: list[Picture], true: list[Picture], finder: FaceFinder) -> Score:
    """Score drawn frames against true ones."""
    distances, psnrs = [], []
    for ours, theirs in zip(drawn, true, strict=True):
        faces = finder.find(theirs)
        if not faces:
            continue
        there = faces[0].landmarks[:468, :2]
        low = np.maximum(there.min(axis=0).astype(int) - MARGIN, 0)
        high = there.max(axis=0).astype(int) + MARGIN
        box = (slice(low[1], high[1]), slice(low[0], high[0]))
        psnrs.append(psnr(ours[box], theirs[box]))
        found = finder.find(ours)
        if found:
            here = found[0].landmarks[:468, :2]
            eyes = np.linalg.norm(there[LEFT_EYE] - there[RIGHT_EYE])
            distances.append(100 * np.linalg.norm(here - there, axis=1).mean() / eyes)
        else:
            distances.append(np.nan)
    return Score(float(np.mean(distances)), float(np.mean(psnrs)))


def measure(clip: Path, portrait_frame: int, every: int, side: int) -> None:
    """Run one clip and print its row."""
    frames = list(open_video(clip))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "portrait.png")
        Image.fromarray(frames[portrait_frame]).save(source)
        out = Path(folder, "drawn")
        config = RunConfig(portrait=source, motion=str(clip), output=out, size=side)
        plan = resolve(config, installed())
        made = finish(animate(plan))
        finder = lazy.build(plan.finder.entry, plan.finder.options)
        portrait = prepare(source, finder, config.prepare)
        files = sorted(out.glob("*.png"))
        chosen = [index for index in range(0, len(files), every) if index != portrait_frame]
        drawn = [np.asarray(Image.open(files[index]).convert("RGB")) for index in chosen]
        rest = np.asarray(Image.open(files[portrait_frame]).convert("RGB"))
    true = [into_crop(frame, portrait, side) for frame in (frames[i] for i in chosen)]
    still = into_crop(frames[portrait_frame], portrait, side)
    ours = compare(drawn, true, finder)
    frozen = compare([still] * len(true), true, finder)
    print(
        f"{clip.name}: {len(true)} frames; landmarks {ours.landmarks:.2f} % of the eye distance "
        f"(still {frozen.landmarks:.2f}); face PSNR {ours.face_psnr:.2f} dB "
        f"(still {frozen.face_psnr:.2f}); rest {psnr(rest, still):.1f} dB; "
        f"{len(files) / made.seconds['render']:.0f} frames/s"
    )


def main() -> None:
    """Read the arguments and measure every clip."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--portrait-frame", type=int, default=0)
    parser.add_argument("--every", type=int, default=13)
    parser.add_argument("--size", type=int, default=512)
    arguments = parser.parse_args()
    for clip in arguments.clips:
        measure(clip, arguments.portrait_frame, arguments.every, arguments.size)


if __name__ == "__main__":
    main()
