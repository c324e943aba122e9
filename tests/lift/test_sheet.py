import numpy as np
import pytest

from aa_lift.canvas import make_canvas
from aa_lift.drive import Pose
from avatarartist_core.motion.angles import rotation_from_angles


def moved(canvas, yaw=0.0, pitch=0.0, drop=0.0):
    own = canvas.rig.fit
    turn = rotation_from_angles(np.radians([yaw, pitch, 0]).astype(np.float32))
    pose = Pose(
        expression=own.expression,
        turn=turn,
        shift=np.array([0, drop], np.float32),
        grow=1.0,
        gaze=np.zeros(2, np.float32),
        residual=None,
    )
    still, _ = canvas.rig.drawn(canvas.rig.posed(pose), pose)
    carried = canvas.rig.carried(canvas.sheet.points, pose)
    return canvas.sheet.moved(carried, canvas.rest, still)


@pytest.mark.parametrize(
    "pose", [{"pitch": -20, "drop": -0.4}, {"yaw": 30}, {"yaw": -30}, {"pitch": 20, "drop": 0.3}]
)
def test_neighbours_of_the_grid_stay_neighbours(avatar, pose):
    canvas = make_canvas(avatar, 256)
    side = canvas.sheet.side
    cell = canvas.sheet.points[1, 0] - canvas.sheet.points[0, 0]
    grid = moved(canvas, **pose).reshape(side, side, 3)[..., :2]
    for axis in (0, 1):
        steps = np.linalg.norm(np.diff(grid, axis=axis), axis=-1)
        assert steps.max() < 5 * cell, "a spike: neighbours were torn apart"


def test_the_rim_of_the_grid_never_moves(avatar):
    canvas = make_canvas(avatar, 256)
    side = canvas.sheet.side
    change = moved(canvas, pitch=-20, drop=-0.4) - canvas.sheet.points
    rim = change.reshape(side, side, 3)[[0, -1]]
    assert np.abs(rim[..., :2]).max() < 0.5


def test_at_rest_the_grid_lies_where_it_was(avatar):
    canvas = make_canvas(avatar, 256)
    assert np.abs(moved(canvas) - canvas.sheet.points).max() < 1e-2
