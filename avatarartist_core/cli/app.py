"""The ``aa`` command: what it is made of, and how it ends."""

import os
import sys
from typing import Annotated

import typer

from avatarartist_core import __version__
from avatarartist_core.cli import bench, clips, domains, plugins, weights
from avatarartist_core.cli.answers import INTERRUPTED, Answering
from avatarartist_core.cli.compare import compare
from avatarartist_core.cli.console import say
from avatarartist_core.cli.create import create
from avatarartist_core.cli.data import app as data
from avatarartist_core.cli.doctor import doctor
from avatarartist_core.cli.render import render
from avatarartist_core.cli.run import run
from avatarartist_core.cli.track import track
from avatarartist_core.cli.train import train

app = typer.Typer(
    cls=Answering,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

ONE_BLAS_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""Our matrices are small: more threads only wait for one another, up to seven times as long."""
LARGE_PAGES = ("THP_MEM_ALLOC_ENABLE", "1")
"""Torch asks for large pages: clearing small ones takes a tenth of a large network's time on Linux.
It looks once, at its first tensor."""

STAGES, LOOK_AROUND = "Make", "Look around"

app.command(rich_help_panel=STAGES)(run)
app.command(rich_help_panel=STAGES)(create)
app.command("generate", hidden=True)(create)  # the word of the paper for the same thing
app.command(rich_help_panel=STAGES)(track)
app.command(rich_help_panel=STAGES)(render)
app.command(rich_help_panel=STAGES)(compare)
app.command(rich_help_panel=STAGES)(train)
app.add_typer(data.app, name="data", rich_help_panel=STAGES)
app.add_typer(bench.app, name="bench", rich_help_panel=STAGES)
app.add_typer(plugins.app, name="plugins", rich_help_panel=LOOK_AROUND)
app.add_typer(domains.app, name="domains", rich_help_panel=LOOK_AROUND)
app.add_typer(weights.app, name="weights", rich_help_panel=LOOK_AROUND)
app.add_typer(clips.app, name="clips", rich_help_panel=LOOK_AROUND)
app.command(rich_help_panel=LOOK_AROUND)(doctor)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"avatarartist {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, anywhere on the line.")
    ] = False,
) -> None:
    """Turn one portrait of any style into a moving head avatar.

    Start with: aa run PORTRAIT
    """


def main() -> None:
    """Run the command line; every error becomes words and an exit code."""
    os.environ.setdefault(*ONE_BLAS_THREAD)
    os.environ.setdefault(*LARGE_PAGES)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    if debug:
        arguments = ["--debug", *(word for word in arguments if word != "--debug")]
    try:
        app(args=arguments, prog_name="aa")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # aa --help | head; not a failure
            sys.exit(0)
        raise
    except Exception as error:  # a programming mistake: the user gets one sentence, not a page
        if debug:
            raise
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        say(f"something went wrong inside AvatarArtist: {said}", style="red")
        say("Run it again with --debug for the traceback, and report it with that.")
        sys.exit(1)
