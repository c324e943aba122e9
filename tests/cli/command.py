"""Runs ``aa`` as a user does: a process of its own, exit code, stdout and stderr apart."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AA_")}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1", **changes}


def aa(*words: str, cwd: Path | None = None, **changes: str) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "avatarartist_core", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**changes),
        timeout=300,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
