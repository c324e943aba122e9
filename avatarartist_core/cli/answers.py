"""How the command line answers: errors become two lines and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from avatarartist_core.cli.console import complain, say
from avatarartist_core.errors import AvatarArtistError, InputError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it: 128 + SIGINT."""


class Answering(TyperGroup):
    """A group of commands whose expected errors are answered in words."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what the user can act on into words and an exit code."""
        try:
            return super().invoke(ctx)
        except AvatarArtistError as error:
            if ctx.find_root().params.get("debug"):
                raise
            complain(error)
            raise typer.Exit(error.exit_code) from error
        except PermissionError as error:
            if ctx.find_root().params.get("debug"):
                raise
            named = "" if error.filename is None else f": {str(error.filename)!r}"
            complain(InputError(f"permission denied{named}", "Check who may use it."))
            raise typer.Exit(InputError.exit_code) from error
        except KeyboardInterrupt as interrupt:
            say(f"interrupted{_way_on(interrupt)}")
            raise typer.Exit(INTERRUPTED) from interrupt
        except BrokenPipeError as pipe:  # whoever read the result has had enough: aa ... | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from pipe


def _way_on(interrupt: KeyboardInterrupt) -> str:
    """What the interrupted stage left a note of, usually how to go on."""
    notes = getattr(interrupt, "__notes__", [])
    return f"; {'; '.join(notes)}" if notes else ""
