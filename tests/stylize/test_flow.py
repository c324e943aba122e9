import numpy as np
import pytest

from aa_stylize.flow import directed, edge_flow, smooth_along


def stripes(angle: float, side: int = 48) -> np.ndarray:
    """Draw waves whose crests run at an angle, y down."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return np.asarray(50 + 40 * np.sin(0.5 * (x * np.sin(angle) - y * np.cos(angle))), np.float32)


@pytest.mark.parametrize("angle", [0.0, 0.6, 1.2, 2.5])
def test_the_tangent_runs_along_the_edges(angle: float) -> None:
    flow = edge_flow(stripes(angle), 3.0)
    along = np.array([np.cos(angle), np.sin(angle)], np.float32)
    inner = np.abs(flow.tangent @ along)[8:-8, 8:-8]
    assert inner.min() > 0.99
    assert flow.anisotropy[8:-8, 8:-8].min() > 0.9


def test_noise_has_no_direction_and_flat_ground_no_energy() -> None:
    noise = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    assert np.median(edge_flow(noise, 8.0).anisotropy) < 0.4
    assert edge_flow(np.full((16, 16), 7, np.float32), 2.0).energy.max() == 0


def plain_smooth_along(values: np.ndarray, tangent: np.ndarray, sigma: float) -> np.ndarray:
    """Walk both ways with bilinear reads, in plain Python."""
    height, width = values.shape
    step = min(2.0, max(1.0, sigma / 4))
    count = max(1, round(2 * sigma / step))
    smooth = np.empty_like(values)
    for row, column in np.ndindex(height, width):
        total, weight = float(values[row, column]), 1.0
        for side in (-1, 1):
            place = np.array([column, row], np.float64)
            going = tangent[row, column].astype(np.float64) * side
            for k in range(1, count + 1):
                place = place + going * step
                x, y = place
                if x < 0 or y < 0 or x > width - 1 or y > height - 1:
                    break
                left, top = min(int(x), width - 2), min(int(y), height - 2)
                fx, fy = x - left, y - top
                corner = values[top : top + 2, left : left + 2].astype(np.float64)
                read = np.array([1 - fy, fy]) @ corner @ np.array([1 - fx, fx])
                share = np.exp(-0.5 * (k * step / sigma) ** 2)
                total, weight = total + share * read, weight + share
                here = tangent[int(y + 0.5), int(x + 0.5)].astype(np.float64)
                going = here if here @ going >= 0 else -here
        smooth[row, column] = total / weight
    return smooth


def test_smoothing_along_is_as_a_plain_walk_does_it() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 1, (14, 17)).astype(np.float32)
    angle = rng.uniform(0, 0.4, (14, 17))
    tangent = np.stack([np.cos(angle), np.sin(angle)], -1).astype(np.float32)
    fast = smooth_along(values, tangent, 2.5)
    slow = plain_smooth_along(values, tangent, 2.5)
    # Steps in float32 may round a turning point into the next pixel: rare and small.
    assert np.median(np.abs(fast - slow)) < 1e-4
    assert np.abs(fast - slow).max() < 0.1


def test_smoothing_along_stripes_keeps_them_and_across_wipes_them_out() -> None:
    waves = stripes(0.0)
    across = np.zeros((48, 48, 2), np.float32)
    across[..., 1] = 1
    kept = smooth_along(waves, edge_flow(waves, 2.0).tangent, 6.0)
    wiped = smooth_along(waves, across, 12.0)
    assert np.abs(kept - waves)[8:-8, 8:-8].max() < 3
    assert np.ptp(wiped[20:-20, 20:-20]) < 0.2 * np.ptp(waves)


def test_directions_blend_by_trust() -> None:
    flow = edge_flow(stripes(0.3), 3.0)
    toward = np.array([0.0, 1.0], np.float32)
    ones = np.ones((48, 48), np.float32)
    given = directed(flow, toward, 0 * ones)
    assert np.abs(np.abs(given @ toward) - 1).max() < 1e-5
    own = directed(flow, toward, ones)
    assert np.abs(np.abs((own * flow.tangent).sum(-1)) - 1).max() < 1e-4
