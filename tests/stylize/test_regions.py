import numpy as np
import pytest

from aa_stylize.contours import EYES, INNER_LIPS, curve, disc, fill
from aa_stylize.scene import Scene
from avatarartist_core.samples import sample_portrait

SHARES = ("ground", "hair", "clothes", "skin", "brows", "eyes", "lips", "mouth")


@pytest.fixture(scope="module", params=[False, True], ids=["one", "other"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(sample_portrait(256, other=request.param))


def test_the_parts_share_out_every_pixel(scene: Scene) -> None:
    total = sum(getattr(scene.regions, name) for name in SHARES)
    assert np.abs(total - 1).max() < 0.02
    for name in SHARES:
        part = getattr(scene.regions, name)
        assert part.min() >= -1e-4, name
        assert part.max() <= 1 + 1e-4, name


def at(scene: Scene, number: int, up: float = 0.0) -> tuple[int, int]:
    x, y = scene.landmarks[number]
    return round(float(y - up * scene.unit)), round(float(x))


def test_each_part_is_where_a_face_has_it(scene: Scene) -> None:
    regions = scene.regions
    assert regions.skin[at(scene, 4)] > 0.9, "nose"
    assert regions.skin[at(scene, 50)] > 0.9, "cheek"
    assert regions.lips[at(scene, 17, 0.03)] > 0.5, "lower lip"
    assert regions.hair[at(scene, 10, 0.45)] > 0.8, "above the forehead"
    assert regions.clothes[254, 128] > 0.6, "below the neck"
    assert regions.ground[3, 3] > 0.95, "corner"
    for iris in (468, 473):
        assert regions.irises[at(scene, iris)] > 0.9
        assert regions.pupils[at(scene, iris)] > 0.9


def test_irises_lie_in_eyes_and_teeth_in_the_mouth(scene: Scene) -> None:
    regions = scene.regions
    assert (regions.pupils <= regions.irises + 1e-6).all()
    assert (regions.irises <= regions.eyes + 1e-6).all()
    assert (regions.teeth <= regions.mouth + 1e-6).all()


def test_a_filled_polygon_has_the_area_of_its_outline() -> None:
    portrait = sample_portrait(256)
    for numbers in (*EYES, INNER_LIPS):
        ring = portrait.landmarks[list(numbers), :2]
        x, y = ring.T
        area = abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2
        perimeter = np.linalg.norm(ring - np.roll(ring, -1, 0), axis=1).sum()
        # A drawn polygon includes its border: half a pixel all around.
        assert area - 2 <= fill(ring, 256).sum() <= area + 0.8 * perimeter + 2


def test_a_disc_has_the_area_of_a_circle() -> None:
    assert disc(np.array([31.3, 30.2], np.float32), 12, 64).sum() == pytest.approx(
        np.pi * 144, rel=0.01
    )


def test_a_curve_runs_through_its_points() -> None:
    points = np.array([[0, 0], [4, 7], [9, 3], [15, 8]], np.float32)
    run = curve(points, 5)
    assert np.abs(run[::5] - points).max() < 1e-5
