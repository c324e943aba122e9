"""Builds in processes of their own that are killed, starved or lose a worker."""

import contextlib
import random
import resource
import signal
import sys
import time
from importlib.util import find_spec

import pytest

from avatarartist_core.datasets.building import build_set
from avatarartist_core.running.events import finish

COMMAND = ("data", "build", "--source", "tiny", "--domains", "plain,warm,cold")
COMMAND += ("--count", "24", "--seed", "5", "--shard-size", "4")


@pytest.fixture
def whole(tiny, tmp_path, hashes):
    """The hashes of a build that nothing happened to."""

    def of(*settings):
        finish(build_set(tiny(*settings, count=24), tmp_path / "whole"))
        found = hashes(tmp_path / "whole")
        return {name: value for name, value in found.items() if name.endswith("tar")}

    return of


def shards(hashes, folder):
    return {name: value for name, value in hashes(folder).items() if name.endswith("tar")}


def wait_for(what, seconds=120):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_kill_9_three_times_leaves_the_same_bytes(aa, whole, hashes, tmp_path):
    folder, chance = tmp_path / "cut", random.Random(4)
    command = (*COMMAND, "--set", "source.pause=0.08", "--workers", "1", "--out", folder)
    for _ in range(3):
        done = len(list(folder.glob("*.tar")))
        run = aa(*command)
        wait_for(lambda run=run: run.poll() is not None or list(folder.glob(".0*.part")))
        time.sleep(chance.uniform(0, 0.7))
        run.kill()
        run.communicate()
        assert run.returncode == -signal.SIGKILL, "it was to be killed before its end"
        assert done <= len(list(folder.glob("*.tar"))) < 6
    run = aa(*command, "--json")
    said, words = run.communicate()
    assert run.returncode == 0, words
    assert '"records": 24' in said
    assert shards(hashes, folder) == whole("pause=0.08")
    assert not list(folder.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files cannot be limited there")
def test_a_full_disk_is_told_in_one_sentence_and_the_build_goes_on_later(
    aa, whole, hashes, tmp_path
):
    folder, size = tmp_path / "set", 150_000

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    run = aa(*COMMAND, "--workers", "1", "--out", folder, preexec_fn=no_room)
    said, words = run.communicate()
    assert (run.returncode, said) == (1, "")
    assert "error: shard 0 could not be written" in words
    assert "the same command goes on" in words
    assert "Traceback" not in words
    assert [path.name for path in folder.iterdir() if path.name != ".lock"] == ["build.toml"]
    run = aa(*COMMAND, "--workers", "1", "--out", folder)
    assert run.communicate()[0].strip() == str(folder)
    assert shards(hashes, folder) == whole()


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_two_workers_make_the_same_bytes_though_one_is_killed(aa, whole, hashes, tmp_path):
    folder = tmp_path / "set"
    command = (*COMMAND, "--set", "source.pause=0.1", "--workers", "2", "--out", folder)
    run = aa(*command)
    wait_for(lambda: run.poll() is not None or list(folder.glob("*.tar")))
    assert _addresses_of(run.pid) == {"127.0.0.1"}, "whoever reaches Ray may run code"
    victim = next(_workers_of(run.pid))
    victim.kill()
    said, words = run.communicate()
    assert run.returncode == 0, words
    assert said.strip() == str(folder)
    assert not [line for line in words.splitlines() if "ray" in line.lower()], "Ray is heard"
    assert shards(hashes, folder) == whole("pause=0.1")


def _workers_of(pid):
    """Yield the processes below ``pid`` that make records."""
    psutil = pytest.importorskip("psutil")
    for process in psutil.Process(pid).children(recursive=True):
        if "ray::MapWorker" in " ".join(process.cmdline()):
            yield process


def _addresses_of(pid):
    """Tell the addresses at which a process and those below it listen."""
    psutil = pytest.importorskip("psutil")
    found = set()
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            found |= {
                one.laddr.ip.removeprefix("::ffff:")
                for one in process.net_connections(kind="tcp")
                if one.status == psutil.CONN_LISTEN
            }
    return found
