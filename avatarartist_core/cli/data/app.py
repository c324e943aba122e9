"""The commands of ``aa data``."""

from __future__ import annotations

import typer

from avatarartist_core.cli.data.build import build
from avatarartist_core.cli.data.pairs import pairs
from avatarartist_core.cli.data.show import show
from avatarartist_core.cli.data.stats import stats
from avatarartist_core.cli.data.verify import verify

app = typer.Typer(no_args_is_help=True, help="Build data sets for training, and look at them.")
app.command()(build)
app.command()(stats)
app.command()(show)
app.command()(verify)
app.command()(pairs)
