"""``aa domains``: the styles a portrait can be carried into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli.ablate import ablate
from avatarartist_core.cli.console import counted, result_json, say, terminal
from avatarartist_core.cli.options import Json
from avatarartist_core.cli.preview import preview
from avatarartist_core.cli.tables import table
from avatarartist_core.defaults import DEFAULT_TRANSFER

if TYPE_CHECKING:
    from avatarartist_core.entries import DomainEntry
    from avatarartist_core.plugins import Plugins

NONE_YET = (
    "No domain is installed: AA_PLUGINS_OFF leaves out the plugins that bring them.\n"
    "Many styles need none: a painting, a statue or a cartoon moves as it is. "
    "To bring domains of your own: docs/how-to/write-a-plugin.md"
)
AS_IS = "none needed"

app = typer.Typer(no_args_is_help=True, help="See the styles there are.")


@app.command("list")
def list_(json: Json = False) -> None:
    """List every domain and the transfers that reach it."""
    from avatarartist_core.cli.installed import installed

    plugins = installed()
    domains = plugins.domains
    reach = {name: _reaching(domain, plugins) for name, domain in domains.items()}
    if json:
        result_json(
            [
                {
                    "name": name,
                    "number": domain.number,
                    "title": domain.title,
                    "transfers": reach[name],
                    "as_is": domain.as_is,
                    "provider": domains.provider(name),
                }
                for name, domain in domains.items()
            ]
        )
        return
    if not reach:
        say(NONE_YET)
        return
    shown = table("no.", "name", "title", "transfers", "from")
    for name, domain in domains.items():
        number = "" if domain.number is None else f"{domain.number:2}"
        by = AS_IS if domain.as_is else ", ".join(reach[name]) or "none installed"
        shown.add_row(number, name, domain.title, by, domains.provider(name))
    terminal().print(shown)
    say(f"{counted(len(domains), 'domain')}. See them: aa domains preview PORTRAIT", style="dim")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A domain's name.", show_default=False)],
    json: Json = False,
) -> None:
    """Show a domain: its prompts, a recipe for each transfer, its licence."""
    from dataclasses import asdict

    from avatarartist_core.cli.installed import installed

    plugins = installed()
    domain = plugins.domains[name]
    reaching = _reaching(domain, plugins)
    facts = {**asdict(domain), "provider": plugins.domains.provider(name), "transfers": reaching}
    if json:
        result_json(facts)
        return
    shown = table("", "", bold=-1, header=False)
    for word in ("name", "number", "title", "prompt", "negative_prompt", "wording", "base_model"):
        if facts[word] not in ("", None):
            shown.add_row(word.replace("_", " "), str(facts[word]))
    shown.add_row("transfers", AS_IS if domain.as_is else ", ".join(reaching) or "none installed")
    for transfer, options in domain.recipe.items():
        said = ", ".join(f"{key} {_written(setting)}" for key, setting in options.items())
        shown.add_row(f"recipe for {transfer}", said or "its defaults")
    shown.add_row("licence", domain.licence)
    shown.add_row("from", str(facts["provider"]))
    terminal().print(shown)


app.command()(preview)
app.command()(ablate)


def _reaching(domain: DomainEntry, plugins: Plugins) -> list[str]:
    """Name what reaches a domain, the one that a run takes by default first."""
    found = [transfer.name for transfer in plugins.transfers.values() if transfer.reaches(domain)]
    return sorted(found, key=lambda name: name != DEFAULT_TRANSFER)


def _written(setting: object) -> str:
    if isinstance(setting, list | tuple):
        return " ".join(map(str, setting))
    return str(setting).lower() if isinstance(setting, bool) else str(setting)
