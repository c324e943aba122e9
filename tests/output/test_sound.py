from fractions import Fraction

import av
import numpy as np
import pytest

from avatarartist_core.output.writer import open_writer
from tests.output.frames import SIDE, frame

RATE = 44100


def driving(path, audio, seconds=3.0, video="libx264"):
    """A video with a sine of 440 Hz beside it."""
    with av.open(str(path), "w") as container:
        film = container.add_stream(video, rate=25)
        film.width = film.height = SIDE
        film.pix_fmt = "yuv420p"
        rate = 48000 if audio == "libopus" else RATE
        sound = container.add_stream(audio, rate=rate, layout="mono")
        for index in range(int(seconds * 25)):
            picture = av.VideoFrame.from_ndarray(frame(index), format="rgb24")
            container.mux(film.encode(picture))
        container.mux(film.encode(None))
        wave = np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
        samples = (wave * 20000).astype(np.int16)
        for start in range(0, len(samples), 1024):
            block = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "s16", "mono")
            block.sample_rate, block.pts, block.time_base = rate, start, Fraction(1, rate)
            container.mux(sound.encode(block))
        container.mux(sound.encode(None))
    return path


def heard(path):
    """Return codec, seconds and the strongest frequency of the sound track."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        blocks = [
            block.to_ndarray()[0]
            for picture in container.decode(stream)
            for block in resampler.resample(picture)
        ]
        wave = np.concatenate(blocks)
        spectrum = np.abs(np.fft.rfft(wave))
        strongest = np.fft.rfftfreq(len(wave), 1 / RATE)[spectrum.argmax()]
        return stream.codec_context.name, len(wave) / RATE, strongest


def write(path, source, count=50):
    with open_writer(path, size=SIDE, fps=25, audio_from=source) as writer:
        for index in range(count):
            writer.write(frame(index))
    return writer


@pytest.mark.parametrize(
    ("source", "audio", "video", "target", "codec"),
    [
        ("a.mp4", "aac", "libx264", "o.mp4", "aac"),
        ("a.mp4", "aac", "libx264", "o.webm", "opus"),
        ("a.mkv", "libopus", "libx264", "o.webm", "opus"),
        ("a.mkv", "pcm_s16le", "libx264", "o.mp4", "aac"),
        ("a.ts", "aac", "libx264", "o.mp4", "aac"),
        ("a.webm", "libopus", "libvpx-vp9", "o.mp4", "aac"),
    ],
)
def test_sound_is_kept_and_cut_to_the_length(tmp_path, source, audio, video, target, codec):
    writer = write(tmp_path / target, driving(tmp_path / source, audio, video=video))
    name, seconds, frequency = heard(tmp_path / target)
    assert name == codec
    assert abs(seconds - 2.0) < 0.1
    assert abs(frequency - 440) < 2
    assert writer.notes == []
    with av.open(str(tmp_path / target)) as container:
        assert len(list(container.decode(video=0))) == 50


def test_copied_sound_is_not_encoded_again(tmp_path):
    source = driving(tmp_path / "a.mp4", "aac")
    write(tmp_path / "o.mp4", source)

    def packets(path):
        with av.open(str(path)) as container:
            return [bytes(packet) for packet in container.demux(audio=0) if packet.size]

    copied, original = packets(tmp_path / "o.mp4"), packets(source)
    assert copied == original[: len(copied)]
    assert len(copied) > 80


def test_no_sound_is_no_trouble(tmp_path):
    (tmp_path / "text.mp4").write_text("no film")
    write(tmp_path / "a.mp4", None)
    write(tmp_path / "b.mp4", tmp_path / "a.mp4")
    writer = write(tmp_path / "c.mp4", tmp_path / "text.mp4")
    assert "left out" in writer.notes[0]
    with av.open(str(tmp_path / "c.mp4")) as container:
        assert not container.streams.audio
