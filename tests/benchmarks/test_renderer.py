"""What ``aa bench renderer`` finds of a renderer whose parts are known."""

import json
from pathlib import Path

import pytest

from avatarartist_core.benchmarks.against import differences, ratios, read_result
from avatarartist_core.benchmarks.measured import Measured
from avatarartist_core.benchmarks.plan import resolve_bench
from avatarartist_core.benchmarks.renderer import bench_renderer
from avatarartist_core.config import RunConfig
from avatarartist_core.entries import EncoderEntry, RendererEntry
from avatarartist_core.errors import IncompatibleError, InputError
from avatarartist_core.plugins import Plugins
from avatarartist_core.running.events import finish
from avatarartist_core.specs import AvatarSpec
from tests.benchmarks.toy import ENCODER, INNER, OUTER


def measure(renderer: str, frames: int) -> Measured:
    plugins = Plugins()
    reads = AvatarSpec("toy")
    for name in ("toy", "plain"):
        factory = f"tests.benchmarks.toy:{name.title()}"
        plugins.add(RendererEntry(name, "s", factory, accepts=reads), "t")
    plugins.add(EncoderEntry("facemesh", "s", "a.b:C", finds_faces=True), "t")
    config = RunConfig.model_validate(
        {"portrait": "a.png", "renderer": {"name": renderer}, "size": 64}
    )
    plan = resolve_bench(config, plugins, portrait=None, frames=frames, threads=None)
    return finish(bench_renderer(plan))


@pytest.fixture(scope="module")
def toy() -> Measured:
    return measure("toy", 8)


def test_each_part_has_its_own_arithmetic_a_frame(toy: Measured) -> None:
    first = {part.name: part.gflop * 1e9 for part in toy.first.parts}
    each = {part.name: part.gflop * 1e9 for part in toy.following.parts}
    every = {"outer": OUTER, "inner": INNER, "stated": 1003}
    assert each == pytest.approx(every)
    assert first == pytest.approx({"encoder": ENCODER, **every})


def test_parts_are_shares_of_the_peak_and_of_the_wall_time(toy: Measured) -> None:
    outer = next(part for part in toy.following.parts if part.name == "outer")
    assert outer.seconds >= 0.02
    assert toy.following.sum <= toy.following.seconds * 1.001
    assert outer.share == pytest.approx(OUTER / 1e9 / outer.seconds / max(toy.peak.values()))


def test_the_renderer_s_own_motion_limits_the_frames(toy: Measured) -> None:
    assert toy.frames == 3
    assert any("has 3 frames" in note for note in toy.notes)


def test_a_renderer_that_nothing_fits_is_named() -> None:
    with pytest.raises(IncompatibleError, match=r"no installed generator .* 'plain'"):
        measure("plain", 1)


def test_a_result_against_itself_is_one(toy: Measured, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(toy.as_json()))
    before = read_result(file, "renderer")
    found = ratios(toy.as_json(), before)
    assert {"first", "following", "following/outer", "first/encoder"} <= set(found)
    assert set(found.values()) == {1.0}
    assert differences(toy.as_json(), before) == []


def test_what_two_results_differ_in_is_said(toy: Measured) -> None:
    now, before = toy.as_json(), toy.as_json()
    before["machine"] = {**before["machine"], "threads": 64}
    before["following"] = {**before["following"], "seconds": now["following"]["seconds"] / 2}
    assert ratios(now, before)["following"] == pytest.approx(2)
    (said,) = differences(now, before)
    assert said.startswith("machine threads was 64, is ")


@pytest.mark.parametrize("text", [None, "{", "[]", '{"benchmark": "other"}'])
def test_what_is_no_result_is_refused(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_result(tmp_path / "a.json", "renderer")
    assert "aa bench renderer NAME --json" in caught.value.hint
