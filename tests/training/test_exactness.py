"""A run that was killed and went on is the run that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from avatarartist_core.errors import AvatarArtistError, UsageError, WeightsError
from avatarartist_core.training.checkpoint import checkpoint_at, checkpoints
from avatarartist_core.training.log import read_log
from tests.training.line import train

ROOT = Path(__file__).parents[2]
STEPS = 23


def in_process(home, die_at, *flags):
    command = [sys.executable, "-m", "tests.training.line", str(home), str(STEPS), str(die_at)]
    return subprocess.run(
        [*command, *flags], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


def contents(home):
    """Every tensor of the newest checkpoint, by file and name."""
    folder = checkpoints(home)[-1].folder
    return {
        f"{path.relative_to(folder)}:{name}": value
        for path in sorted(folder.rglob("*.safetensors"))
        for name, value in load_file(path).items()
    }


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole")
    train(home, steps=STEPS)
    return home


def test_killed_twice_and_resumed_it_ends_bit_equal(uninterrupted, tmp_path):
    """Kills fall after a checkpoint and before one, so that steps are done again."""
    assert in_process(tmp_path, 7).returncode == -signal.SIGKILL
    assert checkpoints(tmp_path)[-1].step == 5
    assert in_process(tmp_path, 13, "--resume").returncode == -signal.SIGKILL
    assert in_process(tmp_path, 0, "--resume").returncode == 0
    whole, mended = contents(uninterrupted), contents(tmp_path)
    assert whole.keys() == mended.keys()
    assert len(whole) > 10
    for name, value in whole.items():
        assert value.equal(mended[name]), name
    assert checkpoints(tmp_path)[-1].state == checkpoints(uninterrupted)[-1].state


def test_the_log_goes_on_without_a_gap_or_a_step_twice(uninterrupted, tmp_path):
    in_process(tmp_path, 14)
    with (tmp_path / "log.jsonl").open("a") as stream:
        stream.write('{"step": 12, "cut o')
    in_process(tmp_path, 0, "--resume")
    assert read_log(tmp_path) == read_log(uninterrupted)
    steps = [line["step"] for line in read_log(tmp_path) if "line.loss" in line]
    assert steps == [3, 6, 9, 12, 15, 18, 21]


def test_a_half_written_checkpoint_is_passed_over(uninterrupted, tmp_path):
    train(tmp_path, steps=STEPS, keep={"every": 5, "last": 9})
    newest = checkpoints(tmp_path)[-1].folder
    file = newest / "networks" / "line.safetensors"
    os.truncate(file, file.stat().st_size - 1)
    (tmp_path / "checkpoints" / ".step-00000099").mkdir()
    assert checkpoints(tmp_path)[-1].step == 20
    train(tmp_path, resume=True, steps=STEPS)
    for name, value in contents(uninterrupted).items():
        assert value.equal(contents(tmp_path)[name]), name


def test_ctrl_c_keeps_the_step_that_was_done(tmp_path):
    done = in_process(tmp_path, 7, "INT")
    assert "KeyboardInterrupt" in done.stderr
    assert "step 7 of 23 is kept, --resume goes on" in done.stderr
    assert checkpoints(tmp_path)[-1].step == 7


def test_a_run_of_some_minutes_stops_and_goes_on(tmp_path, uninterrupted):
    notes = []
    train(tmp_path, after=lambda told: notes.append(told.note), steps=STEPS, minutes=1e-9)
    assert notes[-1] == f"time is over at step 1 of {STEPS}, --resume goes on"
    train(tmp_path, resume=True, steps=STEPS)
    assert read_log(tmp_path) == read_log(uninterrupted)


def test_a_loss_that_is_not_finite_is_named_and_nothing_is_spoilt(tmp_path):
    with pytest.raises(AvatarArtistError, match="loss of 'line' is nan in step 13") as caught:
        train(tmp_path, steps=STEPS, spoilt_at=12)
    assert "step 10 is kept" in str(caught.value)
    assert "--resume" in caught.value.hint
    assert checkpoints(tmp_path)[-1].step == 10
    train(tmp_path, resume=True, steps=STEPS)
    assert checkpoints(tmp_path)[-1].step == STEPS


def test_the_newest_and_the_best_are_kept(tmp_path):
    trainer = train(tmp_path, keep={"every": 2, "last": 2}, steps=STEPS)
    errors = {line["step"]: line["error"] for line in read_log(tmp_path) if "error" in line}
    best = min((step for step in errors if step), key=errors.__getitem__)
    assert trainer.best == {"step": best, "value": errors[best]}
    assert {found.step for found in checkpoints(tmp_path)} == {22, STEPS, best}


def test_reading_ahead_changes_nothing(uninterrupted, tmp_path):
    train(tmp_path, steps=STEPS, data={"ahead": 0})
    for name, value in contents(uninterrupted).items():
        assert value.equal(contents(tmp_path)[name]), name


def test_another_seed_is_another_run(uninterrupted, tmp_path):
    train(tmp_path, steps=STEPS, seed=1)
    other = contents(tmp_path)
    assert any(not value.equal(other[name]) for name, value in contents(uninterrupted).items())


def test_tuning_starts_from_the_averages_of_another_run(uninterrupted, tmp_path):
    trainer = train(tmp_path, steps=1, resume_from=str(uninterrupted), line={"rate": 1e-12})
    kept = checkpoint_at(uninterrupted).tensors("averages", "line")
    assert trainer.networks["line"].slope.item() == pytest.approx(kept["slope"].item(), abs=1e-6)
    assert trainer.networks["line"].seen == kept["seen"] + 6


def test_a_checkpoint_of_other_networks_is_refused(uninterrupted, tmp_path):
    place = uninterrupted / "checkpoints"
    with pytest.raises(AvatarArtistError, match="holds no checkpoint"):
        train(tmp_path, steps=1, resume_from=str(place / "nowhere"))
    newest = checkpoint_at(uninterrupted)
    with pytest.raises(WeightsError, match="holds no 'curve' among its networks"):
        newest.tensors("networks", "curve")


def test_a_batch_must_divide_by_the_processes():
    from avatarartist_core.training.processes import Processes

    processes = Processes()
    processes.count = 4
    with pytest.raises(UsageError, match="batch is 6, which 4 processes cannot share"):
        processes.check(6)
