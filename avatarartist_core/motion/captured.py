"""What captures of other programs have in common: a performer whose rest is not straight ahead."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Motion
from avatarartist_core.motion.rows import HEAD_ANGLES, Header, motion_of
from avatarartist_core.motion.timing import Columns


def captured(path: Path, columns: Columns, tracked: NDArray[np.bool_], fps: float) -> Motion:
    """Build a motion whose neutral pose is the clip's median pose, its neutral face ARKit's 0.

    Phones and webcams rarely stand level with the face, so the median is what "straight" means.
    """
    seen = tracked if tracked.any() else np.ones_like(tracked)
    neutral = {
        name: float(np.median(columns[name][seen])) for name in HEAD_ANGLES if name in columns
    }
    return motion_of(path, columns, tracked, Header(fps=fps, neutral=neutral), fps)
