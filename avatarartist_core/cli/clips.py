"""``aa clips``: the motions that come with the package."""

from __future__ import annotations

import typer

from avatarartist_core.cli.console import result_json, say, terminal
from avatarartist_core.cli.options import Json
from avatarartist_core.cli.tables import table

app = typer.Typer(no_args_is_help=True, help="See the bundled motions.")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the bundled clips: what --motion takes by name."""
    from avatarartist_core.motion.clips import clip_names, load_clip

    clips = {name: load_clip(name) for name in clip_names()}
    if json:
        result_json(
            [
                {
                    "name": name,
                    "frames": len(clip),
                    "fps": clip.fps,
                    "seconds": len(clip) / clip.fps,
                }
                for name, clip in clips.items()
            ]
        )
        return
    shown = table("name", "seconds", "frames", "fps", bold=0)
    for name, clip in clips.items():
        shown.add_row(name, f"{len(clip) / clip.fps:.1f}", str(len(clip)), f"{clip.fps:g}")
    terminal().print(shown)
    say("Use one: aa run PORTRAIT --motion NAME", style="dim")
