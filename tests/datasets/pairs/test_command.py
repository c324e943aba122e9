"""``aa data pairs`` and what ``aa data stats`` says of its folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from avatarartist_core.cli.app import app
from tests.datasets.pairs.test_building import hashes

SAID = ("data", "pairs", "--gan", "random", "--domain", "lego", "--seed", "2", "--quiet")


@pytest.fixture
def asked(labels):
    def ask(out, *more):
        words = [*SAID, "--labels", str(labels), "--out", str(out), *more]
        return CliRunner().invoke(app, words)

    return ask


def test_it_writes_the_folder_and_says_what_is_in_it(asked, tmp_path):
    done = asked(tmp_path / "pairs", "--count", "2", "--json")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["pairs"], said["made"], said["shards"]) == (2, 2, 1)
    assert len(said["mean"]) == len(said["std"]) == 4
    stats = CliRunner().invoke(app, ["data", "stats", str(tmp_path / "pairs"), "--json"])
    told = json.loads(stats.stdout)
    assert told["kind"] == "pairs"
    assert (told["pairs"], told["domain"], told["triplanes"]) == (2, "lego", "none")
    table = CliRunner().invoke(app, ["data", "stats", str(tmp_path / "pairs")])
    assert "drawn again from the noise" in table.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--count", "1", "--domain", "legg"), "did you mean 'lego'"),
        (("--count", "1", "--gan", "none-such"), "none-such"),
        (("--count", "1", "--planes", "fp8"), "planes"),
    ],
)
def test_what_can_be_mended_is_exit_code_2(asked, tmp_path, more, said):
    done = asked(tmp_path / "pairs", *more)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "pairs").exists()


def test_verify_reads_every_pair(drawn, tmp_path):
    whole = CliRunner().invoke(app, ["data", "verify", str(drawn[0].folder), "--json"])
    assert whole.exit_code == 0
    assert json.loads(whole.stdout) == {"records": 5, "shards": 3, "faults": []}
    folder = shutil.copytree(drawn[0].folder, tmp_path / "copy")
    shard = bytearray((folder / "000001.tar").read_bytes())
    at = shard.index(b".noise.npy") + 512
    shard[at : at + 6] = b"xxxxxx"
    (folder / "000001.tar").write_bytes(shard)
    done = CliRunner().invoke(app, ["data", "verify", str(folder)])
    assert done.exit_code == 1
    assert "000001.tar is not what was written" in done.stdout
    assert "a pair cannot be read" in done.stdout
    assert "aa data pairs" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_process_goes_on_with_the_same_bytes(asked, labels, tmp_path):
    more = ("--count", "6", "--shard-size", "2")
    assert asked(tmp_path / "whole", *more).exit_code == 0
    folder = tmp_path / "killed"
    words = [*SAID, "--labels", str(labels), "--out", str(folder), *more]
    process = subprocess.Popen([sys.executable, "-m", "avatarartist_core", *words])
    deadline = time.monotonic() + 120
    while not (folder / "000000.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "statistics.safetensors").exists()
    assert asked(folder, *more).exit_code == 0
    assert hashes(folder) == hashes(tmp_path / "whole")
