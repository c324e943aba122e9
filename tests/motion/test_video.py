import gc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from avatarartist_core.errors import InputError
from avatarartist_core.motion.video import open_video
from tests.motion.samples import film, grey


def levels(source):
    return [int(picture.mean()) for picture in source]


def test_frames_come_in_order_at_the_real_rate(tmp_path):
    pictures = [grey(10 * index) for index in range(20)]
    source = open_video(film(tmp_path / "a.mp4", pictures, rate=Fraction(30000, 1001)))
    assert source.fps == Fraction(30000, 1001)
    assert source.total == 20
    assert source.size == (64, 48)
    np.testing.assert_allclose(levels(source), np.arange(20) * 10, atol=3)
    assert len(levels(source)) == 20, "it can be read again"


@pytest.mark.parametrize("name", ["a.webm", "a.mkv", "a.avi", "a.mov"])
def test_any_container_is_read(tmp_path, name):
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    path = film(tmp_path / name, [grey(12 * index) for index in range(15)], codec=codec)
    source = open_video(path)
    assert source.fps == 25
    np.testing.assert_allclose(levels(source), np.arange(15) * 12, atol=4)


def test_a_phone_video_is_turned_upright(tmp_path):
    picture = grey(0)
    picture[:24, :32] = 255
    path = film(tmp_path / "a.mp4", [picture] * 5, rotation=90)
    source = open_video(path)
    first = next(iter(source))
    assert source.size == (48, 64)
    assert first.shape == (64, 48, 3)
    assert first[40:60, 4:20].mean() > 240, "a quarter turn counter-clockwise: top left goes down"
    assert first[4:24].mean() < 10


def test_a_varying_rate_becomes_constant(tmp_path):
    # 1 s at 40 ms, 1 s at 80 ms, 1 s at 40 ms a frame
    stamps = np.cumsum([0] + [1] * 25 + [2] * 12 + [1] * 25)
    pictures = [grey(int(stamp) * 3) for stamp in stamps]
    source = open_video(film(tmp_path / "a.mkv", pictures, stamps=[int(stamp) for stamp in stamps]))
    shown = levels(source)
    seconds = np.arange(len(shown)) / float(source.fps)
    np.testing.assert_allclose(shown, seconds * 25 * 3, atol=9)
    assert abs(len(shown) / float(source.fps) - 3.0) < 0.15


def test_a_video_cut_off_in_the_middle_gives_what_it_holds(tmp_path):
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(40)]
    whole = film(tmp_path / "a.mkv", pictures).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) // 2])
    source = open_video(cut)
    assert 5 < len(levels(source)) < 35


def test_a_download_that_broke_off_is_noted(tmp_path):
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(40)]
    path = film(tmp_path / "a.mp4", pictures, options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    source = open_video(path)
    shown = len(levels(source))
    assert 10 < shown < 35
    assert source.notes == [f"the file is damaged or cut off: {shown} frames could be decoded"]


def test_a_damaged_stretch_is_noted_and_left_out(tmp_path):
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(40)]
    path = film(tmp_path / "a.mp4", pictures)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    source = open_video(path)
    assert 5 < len(levels(source)) <= 40
    assert all("\n" not in note for note in source.notes)


def only_sound(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 44100, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_what_is_no_video_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "text.mp4").write_text("hello" * 100)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    (tmp_path / "text.jpg").write_text("hello")
    whole = film(tmp_path / "whole.mp4", [grey(9)] * 30).read_bytes()
    (tmp_path / "headless.mp4").write_bytes(whole[: len(whole) // 2])
    only_sound(tmp_path / "song.m4a")
    for name, said in {
        "none.mp4": "does not exist",
        "empty.mp4": "is empty",
        "text.mp4": "cannot be read as a video",
        "headless.mp4": "cannot be read as a video",
        "song.m4a": "has no video stream",
        "folder": "holds no pictures",
        "broken.png": "cannot be read",
        "text.jpg": "cannot be read",
    }.items():
        with pytest.raises(InputError, match=said) as caught:
            open_video(tmp_path / name)
        assert "\n" not in str(caught.value)
        assert caught.value.hint


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_animated_pictures_are_videos(tmp_path, suffix):
    frames = [Image.fromarray(grey(25 * index)) for index in range(8)]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40, loop=0)
    source = open_video(path)
    assert source.fps == 25
    assert source.total == 8
    np.testing.assert_allclose(levels(source), np.arange(8) * 25, atol=4)


def test_a_still_is_a_video_of_one_frame(tmp_path):
    still = Image.fromarray(grey(80))
    exif = still.getexif()
    exif[0x0112] = 6
    still.save(tmp_path / "a.jpg", exif=exif)
    source = open_video(tmp_path / "a.jpg")
    assert source.total == 1
    assert source.size == (48, 64), "turned as its EXIF says"
    assert [picture.shape for picture in source] == [(64, 48, 3)]


def test_a_folder_of_pictures_counts_as_people_do(tmp_path):
    for number in (1, 2, 10, 9):
        Image.fromarray(grey(number * 20)).save(tmp_path / f"f{number}.png")
    (tmp_path / "notes.txt").touch()
    assert levels(open_video(tmp_path)) == [20, 40, 180, 200]
    Image.fromarray(grey(1, height=50)).save(tmp_path / "f11.png")
    with pytest.raises(InputError, match="64x50"):
        levels(open_video(tmp_path))


def test_large_frames_are_scaled_and_long_clips_cut(tmp_path):
    path = film(tmp_path / "a.mp4", [grey(60, height=900, width=1600)] * 6)
    source = open_video(path, frame_limit=4)
    assert source.size == (1280, 720)
    assert source.total == 4
    assert [picture.shape for picture in source] == [(720, 1280, 3)] * 4


def test_frames_that_were_read_are_let_go(tmp_path: Path) -> None:
    """Nothing but the garbage collector would find a frame that is part of a cycle."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for shade in range(60):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8))
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    gc.collect()
    gc.disable()
    try:
        shown = sum(1 for _ in open_video(path))
        left = sum(type(each) is av.VideoFrame for each in gc.get_objects())
    finally:
        gc.enable()
    assert shown == 60
    assert left < 10
