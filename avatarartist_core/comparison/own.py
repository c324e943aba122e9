"""Finds the portrait in the video that drives it, and lays the video over what is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from avatarartist_core.comparison.scores import landmarks_in
from avatarartist_core.data import Avatar, Floats, Motion, Picture
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.motion.retarget import own_frame
from avatarartist_core.motion.video import VideoSource

SURE = 0.5
"""From here on a clip counts as the portrait's own, see ``own_frame``."""


@dataclass(frozen=True)
class Own:
    """The frame of a driving video that the portrait is.

    Attributes:
        number: of the frame; the measures leave it out.
        landmarks: (468, 2) in pixels of the video.
    """

    number: int
    landmarks: Floats


def find_own(avatar: Avatar, motion: Motion, video: VideoSource, finder: FaceFinder) -> Own | None:
    """Tell whether a video shows the avatar's own face, and where; None when it does not."""
    sure, number = own_frame(avatar, motion)
    if sure < SURE:
        return None
    frame = next(islice(video, number, None), None)
    found = None if frame is None else landmarks_in(frame, finder)
    return None if found is None else Own(number, found)


def laid_over(own: Own, avatar: Avatar, side: int) -> Floats:
    """Return the (2, 3) map from pixels of the drawn frame to pixels of the video.

    It is the similarity that lays the landmarks of the portrait over those of its own frame; the
    two were found in the same pixels, so that it is exact but for the finder's noise.

    Args:
        own: the frame that is the portrait.
        avatar: whose crop the frame shows.
        side: of the drawn frame in pixels.
    """
    step = avatar.side / side
    drawn = (avatar.landmarks[: len(own.landmarks), :2] - (step - 1) / 2) / step
    z, w = (points[:, 0] + 1j * points[:, 1] for points in (drawn, own.landmarks))
    z_mean, w_mean = z.mean(), w.mean()
    turn = np.vdot(z - z_mean, w - w_mean) / np.vdot(z - z_mean, z - z_mean)
    shift = w_mean - turn * z_mean
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32
    )


def cut(frame: Picture, to_video: Floats, side: int) -> Picture:
    """Cut out of a video's frame what a drawn frame shows; edges repeat outside."""
    scale = float(np.hypot(to_video[0, 0], to_video[1, 0]))
    if scale > 1:  # shrink first, so that no pixel of the video is skipped
        size = tuple(max(1, round(length / scale)) for length in frame.shape[1::-1])
        shrunk = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        steps = np.array([size[0] / frame.shape[1], size[1] / frame.shape[0]], np.float32)
        to_video = to_video * steps[:, None]
        to_video[:, 2] += (steps - 1) / 2
        frame = np.asarray(shrunk, np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(
        frame, to_video, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)
