"""The ``layers`` renderer: a layered portrait and a motion to frames, on the CPU."""

from dataclasses import replace

import numpy as np

from aa_lift.ahead import in_order
from aa_lift.canvas import Canvas, make_canvas
from aa_lift.draw import draw
from aa_lift.drive import Pose, grow_of, limited_turn, residual_spread
from avatarartist_core.cameras import seen_rotation
from avatarartist_core.data import Avatar, Cameras, Floats, Frames, LayeredPortrait, Motion, Picture
from avatarartist_core.interfaces import Renderer


class LayersRenderer(Renderer):
    """Draws frames on a few threads; each frame depends on its own values alone."""

    def render(
        self,
        avatar: Avatar,
        motion: Motion,
        cameras: Cameras,
        *,
        size: int = 512,
        transparent: bool = False,
    ) -> Frames:
        """Draw one (size, size, 3 or 4) frame per frame of motion."""
        if not isinstance(avatar, LayeredPortrait):
            raise TypeError(f"layers draws a LayeredPortrait, not a {type(avatar).__name__}")
        canvas = make_canvas(avatar, size)
        if motion.residual is not None:
            canvas = replace(canvas, rig=replace(canvas.rig, spread=residual_spread()))
        seen = seen_rotation(cameras)

        def one(k: int) -> Picture:
            return draw(
                canvas,
                self._pose(canvas, motion, seen[k], k),
                samples=self.config.supersampling,
                cutout=self.config.background == "auto",
                transparent=transparent,
            )

        yield from in_order(one, len(motion), self.config.workers)

    def _pose(self, canvas: Canvas, motion: Motion, seen: Floats, k: int) -> Pose:
        own = canvas.rig.fit
        residual = None if motion.residual is None else motion.residual[k].astype(np.float32)
        return Pose(
            expression=np.clip(motion.expression[k], -1, 1.5).astype(np.float32),
            turn=limited_turn(
                seen @ motion.rotation[k],
                own.rotation,
                self.config.yaw_limit,
                self.config.pitch_limit,
            ),
            shift=motion.translation[k, :2],
            grow=grow_of(float(motion.translation[k, 2])),
            gaze=motion.gaze[k] - own.gaze,
            residual=residual,
        )
