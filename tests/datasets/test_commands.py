"""The ``aa data`` commands as they are typed."""

import json

import pytest
from typer.testing import CliRunner

from avatarartist_core.cli.app import app


@pytest.fixture
def run(parts, monkeypatch):
    monkeypatch.setattr("avatarartist_core.plugins.installed", lambda: parts)

    def typed(*words):
        done = CliRunner().invoke(app, ["data", *map(str, words)])
        return done.exit_code, done.stdout, done.stderr

    return typed


@pytest.fixture
def build(run, tmp_path):
    def typed(*more):
        words = ("--source", "tiny", "--domains", "plain,warm", "--count", "5")
        return run("build", *words, "--out", tmp_path / "set", *more)

    return typed


def test_build_stats_show_and_verify(run, build, tmp_path):
    folder = tmp_path / "set"
    code, out, err = build("--set", "source.unlucky=2", "--shard-size", "2")
    assert (code, out.strip()) == (0, str(folder)), err
    assert "4 records in 3 shards" in err
    assert "1 portrait rejected" in err
    code, out, err = run("build", "--resume", "--out", folder, "--json")
    assert code == 0, err
    assert json.loads(out)["made"] == 0
    code, out, err = run("verify", folder)
    assert (code, out) == (0, ""), err
    picture = tmp_path / "stats.png"
    code, out, err = run("stats", folder, "-o", picture, "--json")
    assert json.loads(out)["domains"] == {"plain": 2, "warm": 2}, err
    assert picture.read_bytes().startswith(b"\x89PNG")
    code, out, err = run("show", folder, "-o", tmp_path / "sheet.png")
    assert (code, out.strip()) == (0, str(tmp_path / "sheet.png")), err
    (folder / "000001.tar").write_bytes(b"")
    code, out, err = run("verify", folder, "--quiet")
    assert (code, err) == (1, "")
    assert "000001.tar is not what was written: 0 bytes" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "tinny", "--count", "2"], "did you mean 'tiny'"),
        (["--source", "tiny", "--domains", "plian"], "did you mean 'plain'"),
        (["--source", "tiny", "--domains", "plain"], "--count is missing"),
        (["--source", "folder"], "--source folder:PATH"),
        ([], "--source is missing"),
        (["--resume"], "holds no data set"),
    ],
)
def test_what_is_wrong_is_answered_in_words(run, tmp_path, words, said):
    code, out, err = run("build", "--out", tmp_path / "set", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
