from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from avatarartist_core.datasets.building import build_set
from avatarartist_core.datasets.folder.config import FolderConfig
from avatarartist_core.datasets.folder.listing import hash_of, pictures_below
from avatarartist_core.datasets.folder.source import Folder, resized
from avatarartist_core.datasets.plan import resolve_build
from avatarartist_core.datasets.seen import seen_landmarks
from avatarartist_core.datasets.source import RejectedError
from avatarartist_core.errors import InputError, UsageError
from avatarartist_core.plugins import installed
from avatarartist_core.running.events import finish
from avatarartist_core.samples import sample_portrait

EXAMPLES = Path(__file__).parents[2] / "examples"
ASTRONAUT = EXAMPLES / "astronaut.png"


@pytest.fixture(scope="module")
def picture():
    return Image.open(ASTRONAUT).convert("RGB")


@pytest.fixture
def source(tmp_path):
    def of(**options):
        return Folder(FolderConfig(side=128, **options), path=str(tmp_path))

    return of


def test_pictures_are_listed_by_path_and_nothing_else_is(tmp_path):
    for name in ("b/2.PNG", "b/10.jpg", "a.webp", ".hidden.png", "notes.txt", "b/.x/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"123")
    assert pictures_below(tmp_path) == [("a.webp", 3), ("b/10.jpg", 3), ("b/2.PNG", 3)]


@pytest.mark.parametrize("name", ["gone", "file", "empty"])
def test_a_folder_without_pictures_is_told(tmp_path, name):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        pictures_below(tmp_path / name)
    assert {"gone": "does not exist", "file": "is a file", "empty": "no picture"}[name] in str(
        caught.value
    )


def test_the_hash_knows_when_a_picture_changes():
    before = [("a.png", 3), ("b.png", 4)]
    others = [before[:1], [("a.png", 4), ("b.png", 4)], [("a.png", 3), ("c.png", 4)]]
    assert hash_of(list(before)) == hash_of(before)
    assert hash_of(before) not in map(hash_of, others)


def test_odd_files_are_read_like_any_other(picture, source, tmp_path):
    picture.convert("CMYK").save(tmp_path / "a cmyk.jpg", quality=95)
    grey = np.asarray(picture.convert("L"), np.uint16) * 257
    cv2.imwrite(str(tmp_path / "b grey 16.png"), grey)
    read = source(least=64)
    plain, deep = read.sample(0), read.sample(1)
    assert (plain.key, deep.key) == ("00000000-a-cmyk", "00000001-b-grey-16")
    for sample in (plain, deep):
        assert sample.portrait.picture.shape == (128, 128, 3)
        assert sample.provenance["humanness"] > 0.5


def test_the_largest_of_several_faces_is_taken(picture, source, tmp_path):
    width, height = picture.size
    both = Image.new("RGB", (2 * width, height), (120, 130, 140))
    both.paste(picture.resize((width // 2, height // 2)), (0, 0))
    both.paste(picture, (width, 0))
    both.save(tmp_path / "two.png")
    sample = source(least=64).sample(0)
    assert sample.portrait.to_file[0, 2] > width


@pytest.mark.parametrize("framing", ["portrait", "aligned"])
def test_labels_lie_on_the_face_in_both_framings(picture, source, tmp_path, framing):
    picture.save(tmp_path / "a.png")
    sample = source(framing=framing, least=64).sample(0)
    own = (sample.portrait.landmarks[:, :2] + 0.5) / 128
    eyes = np.linalg.norm(own[468] - own[473])
    assert eyes > (0.25 if framing == "aligned" else 0.12)
    assert np.median(np.linalg.norm(seen_landmarks(sample.labels) - own, axis=1)) < 0.1 * eyes


def test_what_is_no_use_is_rejected_with_a_reason(picture, source, tmp_path):
    picture.save(tmp_path / "0 cut.jpg")
    (tmp_path / "0 cut.jpg").write_bytes((tmp_path / "0 cut.jpg").read_bytes()[:3000])
    (tmp_path / "1 text.png").write_text("no picture")
    Image.new("RGB", (300, 300), (90, 120, 150)).save(tmp_path / "2 sky.png")
    Image.new("RGB", (16, 16)).save(tmp_path / "3 dot.png")
    picture.resize((160, 160)).save(tmp_path / "4 small.png")
    picture.save(tmp_path / "5 misfit.png")
    reasons = ("damaged", "not a picture", "no face", "too small", "too small", "does not fit")
    for number, reason in enumerate(reasons):
        strict = {"misfit": 1e-6} if number == 5 else {}
        with pytest.raises(RejectedError, match=reason) as caught:
            source(least=128, **strict).sample(number)
        assert str(tmp_path) not in str(caught.value), "names are told from the folder"


def test_a_build_of_another_folder_is_refused(picture, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    picture.save(pictures / "a.png")
    plan = resolve_build(
        f"folder:{pictures}", "realistic", installed(), settings=["source.side=64"]
    )
    assert finish(build_set(plan, tmp_path / "set")).records == 1
    picture.save(pictures / "b.png")
    with pytest.raises(UsageError, match=r"count was 1, is 2; reads\.pictures was 1, is 2"):
        finish(build_set(plan, tmp_path / "set"))


def test_a_portrait_of_another_side_keeps_its_face_in_place():
    portrait = sample_portrait(96)
    small = resized(portrait, 64)
    assert small.picture.shape == (64, 64, 3)
    np.testing.assert_allclose(
        (small.landmarks[:, :2] + 0.5) / 64, (portrait.landmarks[:, :2] + 0.5) / 96, atol=1e-5
    )
    point = np.zeros((1, 3), np.float32)
    np.testing.assert_allclose(
        (small.fit.project(point)[0, :2] + 0.5) / 64,
        (portrait.fit.project(point)[0, :2] + 0.5) / 96,
        atol=1e-5,
    )
