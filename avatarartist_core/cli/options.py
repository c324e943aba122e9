"""The options that commands share, each written once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.defaults import (
    DEFAULT_CLIP,
    DEFAULT_ENCODER,
    DEFAULT_GENERATOR,
    DEFAULT_RENDERER,
)

PARTS, LOOK, OUT = "Parts", "Picture", "Output"


def installed_names(registry: str) -> Callable[[str], list[str]]:
    """Complete the names of one registry of ``Plugins`` for the shell's TAB key."""

    def names(incomplete: str) -> list[str]:
        from avatarartist_core.plugins import installed

        found = getattr(installed(), registry)
        return [name for name in found if name.startswith(incomplete)]

    return names


def clips(incomplete: str) -> list[str]:
    """Complete the name of a bundled clip."""
    from avatarartist_core.motion.clips import clip_names

    return [name for name in clip_names() if name.startswith(incomplete)]


Motion = Annotated[
    str | None,
    typer.Option(
        "--motion",
        "-m",
        help="A driving video, a motion file (CSV, JSON) or a bundled clip "
        f"(aa clips list). Default: {DEFAULT_CLIP}.",
        autocompletion=clips,
        show_default=False,
    ),
]
Generator = Annotated[
    str | None,
    typer.Option(
        "--generator",
        "-g",
        help=f"Makes the avatar. Default: {DEFAULT_GENERATOR}.",
        autocompletion=installed_names("generators"),
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Renderer = Annotated[
    str | None,
    typer.Option(
        "--renderer",
        "-r",
        help=f"Draws the avatar. Default: {DEFAULT_RENDERER}.",
        autocompletion=installed_names("renderers"),
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
MotionEncoder = Annotated[
    str | None,
    typer.Option(
        "--motion-encoder",
        help=f"Tracks a driving video. Default: {DEFAULT_ENCODER}.",
        autocompletion=installed_names("encoders"),
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Transfer = Annotated[
    str | None,
    typer.Option(
        "--transfer",
        help="Carries the portrait into the domain. Default: one that can.",
        autocompletion=installed_names("transfers"),
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Domain = Annotated[
    str | None,
    typer.Option(
        "--domain",
        "-d",
        help="The style to carry the portrait into (aa domains list). Default: its own.",
        autocompletion=installed_names("domains"),
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PART.OPTION=VALUE",
        help="An option of a part, such as retarget.expression=1.2; again for more "
        "(aa plugins info NAME).",
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        help="Where networks run: cpu, cuda, cuda:1, mps or auto. Default: cpu.",
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        help="Decides all chance. Default: 0.",
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Face = Annotated[
    int | None,
    typer.Option(
        "--face",
        metavar="N",
        help="Which face of several, 1 is the largest. Default: 1.",
        rich_help_panel=LOOK,
        show_default=False,
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Go on with what does not look human.", rich_help_panel=LOOK),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="Bundle of weights that learned components read (aa weights list).",
        rich_help_panel=PARTS,
        show_default=False,
    ),
]
Size = Annotated[
    int | None,
    typer.Option(
        "--size",
        "-s",
        help="Side of the frames in pixels, 64 to 2048, even. Default: 512.",
        rich_help_panel=LOOK,
        show_default=False,
    ),
]
View = Annotated[
    str | None,
    typer.Option(
        "--view",
        help="front, orbit, or YAW,PITCH in degrees such as 20,-5. Default: front.",
        rich_help_panel=LOOK,
        show_default=False,
    ),
]
Background = Annotated[
    str | None,
    typer.Option(
        "--background",
        help="keep, transparent, or a colour such as '#202830'. Default: keep.",
        rich_help_panel=LOOK,
        show_default=False,
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace what is there.", rich_help_panel=OUT),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on where an interrupted run stopped.",
        rich_help_panel=OUT,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show the plan and stop.", rich_help_panel=OUT),
]
Json = Annotated[
    bool, typer.Option("--json", help="Write the result to stdout as JSON.", rich_help_panel=OUT)
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=OUT),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="A TOML file of settings, such as the NAME.run.toml beside a video; "
        "other options win over it.",
        show_default=False,
    ),
]
