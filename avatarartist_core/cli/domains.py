"""``aa domains``: the styles a portrait can be carried into."""

from __future__ import annotations

from typing import Annotated

import typer

from avatarartist_core.cli.console import result_json, say, terminal
from avatarartist_core.cli.options import Json
from avatarartist_core.cli.tables import table

NONE_YET = (
    "No domain is installed. A domain is a style that a portrait can be carried into; plugins "
    "bring them.\nMany styles need none: a painting, a statue or a cartoon moves as it is. "
    "To write a plugin that brings one: docs/how-to/write-a-plugin.md"
)

app = typer.Typer(no_args_is_help=True, help="See the styles there are.")


@app.command("list")
def list_(json: Json = False) -> None:
    """List every domain and the transfers that reach it."""
    from avatarartist_core.cli.installed import installed

    plugins = installed()
    reach = {
        name: [transfer.name for transfer in plugins.transfers.values() if transfer.reaches(domain)]
        for name, domain in plugins.domains.items()
    }
    if json:
        result_json(
            [
                {
                    "name": name,
                    "title": domain.title,
                    "transfers": reach[name],
                    "provider": plugins.domains.provider(name),
                }
                for name, domain in plugins.domains.items()
            ]
        )
        return
    if not reach:
        say(NONE_YET)
        return
    shown = table("name", "title", "transfers", "from", bold=0)
    for name, domain in plugins.domains.items():
        by = ", ".join(reach[name]) or "none installed"
        shown.add_row(name, domain.title, by, plugins.domains.provider(name))
    terminal().print(shown)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A domain's name.", show_default=False)],
    json: Json = False,
) -> None:
    """Show a domain: its prompts, its recipes for classical transfers, its licence."""
    from dataclasses import asdict

    from avatarartist_core.cli.installed import installed

    plugins = installed()
    domain = plugins.domains[name]
    facts = {**asdict(domain), "provider": plugins.domains.provider(name)}
    if json:
        result_json(facts)
        return
    shown = table("", "", bold=-1, header=False)
    for word, value in facts.items():
        if word == "recipe":
            for transfer, options in domain.recipe.items():
                said = ", ".join(f"{key} {setting}" for key, setting in options.items())
                shown.add_row(f"recipe for {transfer}", said)
        elif value:
            shown.add_row(word.replace("_", " "), str(value))
    terminal().print(shown)
