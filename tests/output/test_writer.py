import time
from fractions import Fraction

import av
import numpy as np
import pytest

from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.output.formats import FORMATS, format_of
from avatarartist_core.output.writer import open_writer
from tests.output.frames import SIDE, frame, psnr, read

NAMES = ["a.mp4", "a.webm", "a.gif", "a.png", "folder"]


def write(path, count=60, transparent=False, **options):
    settings = {"size": SIDE, "fps": 25, "total": count, "transparent": transparent} | options
    with open_writer(path, **settings) as writer:
        for index in range(writer.already, count):
            writer.write(frame(index, transparent))
    return writer


@pytest.mark.parametrize("name", NAMES)
def test_frames_come_out_as_they_went_in(tmp_path, name):
    write(tmp_path / "new" / name)
    assert [file.name for file in (tmp_path / "new").iterdir()] == [name], "nothing else is left"
    shown = read(tmp_path / "new" / name)
    wanted = [frame(30)] if name == "a.png" else [frame(index) for index in range(60)]
    assert len(shown) == len(wanted)
    least = {"a.gif": 26, "a.webm": 33, "a.mp4": 36}.get(name, 99)
    assert min(psnr(*pair) for pair in zip(shown, wanted, strict=True)) >= least


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif"])
def test_colours_and_time_are_kept(tmp_path, name):
    colours = [(200, 30, 30), (30, 160, 40), (40, 50, 190), (128, 128, 128), (245, 240, 235)]
    with open_writer(tmp_path / name, size=SIDE, fps=29.97) as writer:
        for colour in colours * 20:
            writer.write(np.full((SIDE, SIDE, 3), colour, np.uint8))
    shown = read(tmp_path / name)
    for picture, colour in zip(shown, colours * 20, strict=True):
        np.testing.assert_allclose(picture.mean((0, 1)), colour, atol=4)
    with av.open(str(tmp_path / name)) as container:
        seconds = [picture.time for picture in container.decode(video=0)]
    np.testing.assert_allclose(seconds, np.arange(100) * 1001 / 30000, atol=0.006)


def test_mp4_states_its_colours_and_plays_while_it_loads(tmp_path):
    write(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == 25
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_range, context.color_trc) == (1, 1, 1)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("name", ["a.webm", "a.png", "folder"])
def test_alpha_is_kept(tmp_path, name):
    write(tmp_path / name, transparent=True)
    shown = read(tmp_path / name)
    first = 30 if name == "a.png" else 0
    for index, picture in enumerate(shown, first):
        wanted = frame(index, transparent=True)
        assert picture.shape == (SIDE, SIDE, 4)
        assert np.abs(picture[..., 3].astype(int) - wanted[..., 3]).mean() < 6
        inside = wanted[..., 3] > 0
        assert psnr(picture[inside][:, :3], wanted[inside][:, :3]) > 28


def fill(writer, count):
    with writer:
        for index in range(count):
            writer.write(frame(index))


def fail(path, count, error, wait_for=None):
    """Write some frames, wait for a part to be whole if asked to, then raise."""
    with open_writer(path, size=SIDE, fps=25, overwrite=True) as writer:
        for index in range(count):
            writer.write(frame(index))
        while wait_for is not None and not any(path.parent.glob(wait_for)):
            time.sleep(0.01)
        raise error


@pytest.mark.parametrize("name", NAMES)
def test_an_error_leaves_nothing_under_the_name(tmp_path, name):
    with pytest.raises(RuntimeError, match="renderer"):
        fail(tmp_path / name, 5, RuntimeError("renderer"))
    assert not (tmp_path / name).exists()


def test_an_interruption_keeps_what_is_whole(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "a.mp4", 70, KeyboardInterrupt(), wait_for=".a.mp4.part/000000-048.mp4")
    assert [file.name for file in tmp_path.iterdir()] == [".a.mp4.part"]
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "a.mp4", 3, KeyboardInterrupt())
    assert not list(tmp_path.iterdir()), "parts of no use go"


def test_what_exists_is_not_touched_without_leave(tmp_path):
    for name in NAMES:
        write(tmp_path / name, count=3)
        with pytest.raises(UsageError, match="exists") as caught:
            write(tmp_path / name, count=3)
        assert "--overwrite" in caught.value.hint
        write(tmp_path / name, count=4, overwrite=True)
        assert len(read(tmp_path / name)) == (1 if name == "a.png" else 4)


def test_overwriting_spares_a_folder_with_other_things(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").touch()
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        write(tmp_path / "home", overwrite=True)
    assert (tmp_path / "home" / "thesis.txt").exists()


def test_an_old_output_stays_until_the_new_one_is_whole(tmp_path):
    write(tmp_path / "a.mp4", count=3)
    with pytest.raises(RuntimeError):
        fail(tmp_path / "a.mp4", 1, RuntimeError())
    assert len(read(tmp_path / "a.mp4")) == 3


def test_no_frame_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="no frame"), open_writer(
        tmp_path / "a.mp4", size=SIDE, fps=25
    ):  # fmt: skip
        pass
    assert not list(tmp_path.iterdir())


def test_names_decide_formats():
    assert {format_of(f"a{form.suffix}").title for form in FORMATS} == {f.title for f in FORMATS}
    assert format_of("a.MP4").suffix == ".mp4"
    assert format_of("frames.v2/").suffix == ""
    with pytest.raises(UsageError, match=r"did you mean '\.mp4'"):
        format_of("a.mp3")
    with pytest.raises(UsageError, match="cannot be transparent") as caught:
        format_of("a.mp4", transparent=True)
    assert ".webm" in caught.value.hint
    assert ".png" in caught.value.hint


def test_odd_sides_are_refused_where_they_cannot_be(tmp_path):
    with pytest.raises(UsageError, match="even"):
        open_writer(tmp_path / "a.mp4", size=63, fps=25)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write in"):
        open_writer(tmp_path / "file" / "a.mp4", size=SIDE, fps=25)


def test_trouble_in_the_background_reaches_the_caller(tmp_path):
    writer = open_writer(tmp_path / "folder", size=SIDE, fps=25)
    (tmp_path / "folder.part" / "picture.png").mkdir()
    with pytest.raises(OutputError, match="could not be written") as caught:
        fill(writer, 50)
    assert caught.value.hint


def test_odd_frames_are_a_mistake_of_the_program(tmp_path):
    with pytest.raises(ValueError, match="float"), open_writer(
        tmp_path / "a.mp4", size=SIDE, fps=Fraction(25)
    ) as writer:  # fmt: skip
        writer.write(np.zeros((SIDE, SIDE, 3)))


def test_two_runs_do_not_write_one_output(tmp_path):
    with open_writer(tmp_path / "a.mp4", size=SIDE, fps=25) as writer:
        writer.write(frame(0))
        with pytest.raises(UsageError, match="another run"):
            open_writer(tmp_path / "a.mp4", size=SIDE, fps=25, overwrite=True)
