"""``aa plugins``: what is installed, its options, what fits what, what is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from avatarartist_core.cli.console import counted, result_json, say, terminal
from avatarartist_core.cli.options import Json
from avatarartist_core.cli.tables import table

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from avatarartist_core.entries import Entry

app = typer.Typer(no_args_is_help=True, help="See what is installed and what fits.")


@app.command("list")
def list_(json: Json = False) -> None:
    """List every component: what it is for and who brings it."""
    from avatarartist_core.plugins import installed

    plugins = installed()
    rows = [(entry, provider) for entry, provider in plugins.components()]
    if json:
        result_json(
            [
                {
                    "kind": entry.kind,
                    "name": entry.name,
                    "summary": entry.summary,
                    "licence": entry.licence,
                    "provider": provider,
                }
                for entry, provider in rows
            ]
        )
        return
    shown = table("kind", "name", "what it does", "from")
    last = ""
    for entry, provider in rows:
        shown.add_row("" if entry.kind == last else entry.kind, entry.name, entry.summary, provider)
        last = entry.kind
    terminal().print(shown)
    say(f"{counted(len(plugins.domains), 'domain')} (aa domains list)", style="dim")
    if plugins.failures:
        count = len(plugins.failures)
        say(f"{counted(count, 'fault')} in plugins; more: aa plugins check", style="yellow")


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="A component's name.", show_default=False)],
    json: Json = False,
) -> None:
    """Show a component: who brings it, what it fits, its options with defaults and ranges."""
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.errors import UnknownNameError, did_you_mean

    components = list(installed().components())
    found = [(entry, provider) for entry, provider in components if entry.name == name]
    if not found:
        known = [entry.name for entry, _ in components]
        raise UnknownNameError(
            f"no component is named {name!r}{did_you_mean(name, known)}",
            hint=f"Installed: {', '.join(known) or 'none'}. More: aa plugins list",
        )
    if json:
        result_json([_described(entry, provider) for entry, provider in found])
        return
    for entry, provider in found:
        _show(entry, provider)


@app.command()
def matrix(json: Json = False) -> None:
    """Show which generators and motion encoders each renderer can work with, and why not."""
    from rich.text import Text

    from avatarartist_core.cli.installed import installed
    from avatarartist_core.compatibility import matrix as pairs

    found = pairs(installed())
    if json:
        result_json(
            [
                {
                    "kind": pair.given.kind,
                    "name": pair.given.name,
                    "renderer": pair.renderer.name,
                    "fits": pair.fits,
                    "faults": pair.faults,
                }
                for pair in found
            ]
        )
        return
    shown = table("kind", "name", "renderer", "fits")
    for pair in found:
        fits = Text("yes", "green") if pair.fits else Text("; ".join(pair.faults), "yellow")
        shown.add_row(pair.given.kind, pair.given.name, pair.renderer.name, fits)
    terminal().print(shown)


@app.command()
def check(json: Json = False) -> None:
    """Import every component and name every fault; exit code 1 if there is one.

    Takes seconds: it imports torch when a component does.
    """
    from dataclasses import asdict

    from avatarartist_core.checking import check as look
    from avatarartist_core.plugins import installed

    plugins = installed()
    faults = look(plugins)
    if json:
        result_json([asdict(fault) for fault in faults])
        raise typer.Exit(1 if faults else 0)

    from rich.text import Text

    out = terminal()
    broken = {fault.subject for fault in faults}
    for source in plugins.sources:
        subjects = [f"{kind} {name!r}" for kind, name in source.brought]
        if not broken & {*subjects, f"plugin {source.name!r}"}:
            names = ", ".join(f"{kind} {name}" for kind, name in source.brought)
            line = f"{source.name} ({source.provider}): {names or 'brings nothing'}"
            out.print(Text.assemble(("✓ ", "green"), line), soft_wrap=True)
    for fault in faults:
        line = f"{fault.subject} ({fault.provider}): {fault.problem}"
        out.print(Text.assemble(("✗ ", "bold red"), line), soft_wrap=True)
        if fault.hint:
            out.print(Text(f"  → {fault.hint}", "yellow"), soft_wrap=True)
    raise typer.Exit(1 if faults else 0)


def _show(entry: Entry, provider: str) -> None:
    from dataclasses import asdict

    from rich.text import Text

    out = terminal()
    out.print(Text.assemble((entry.name, "bold"), f"  {entry.kind}"))
    out.print(Text(entry.summary))
    facts = table("", "", header=False)
    facts.add_row("from", provider)
    facts.add_row("class", entry.factory)
    facts.add_row("licence", entry.licence)
    for word in ("produces", "accepts", "provides", "needs"):
        if (spec := getattr(entry, word, None)) is not None:
            said = [f"{key} {value}" for key, value in asdict(spec).items() if value is not None]
            facts.add_row(word, ", ".join(said) or "anything")
    if domains := getattr(entry, "domains", ()):
        facts.add_row("domains", ", ".join(domains))
    out.print(facts)
    options = entry.config.model_fields
    if not options:
        out.print("No options.")
        return
    shown = table("option", "default", "range", "what it does")
    for name, field in options.items():
        shown.add_row(
            name,
            str(field.get_default(call_default_factory=True)),
            _range(field),
            field.description or "",
        )
    out.print(shown)
    out.print(Text(f"Set one: --set {entry.name}.{next(iter(options))}=VALUE", "dim"))


def _described(entry: Entry, provider: str) -> dict[str, Any]:
    from dataclasses import asdict

    specs = {
        word: asdict(getattr(entry, word))
        for word in ("produces", "accepts", "provides", "needs")
        if hasattr(entry, word)
    }
    return {
        "kind": entry.kind,
        "name": entry.name,
        "summary": entry.summary,
        "provider": provider,
        "class": entry.factory,
        "licence": entry.licence,
        **specs,
        "options": entry.config.model_json_schema().get("properties", {}),
    }


def _range(field: FieldInfo) -> str:
    """Say what an option may hold: its bounds, or its type."""
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    bounds = [
        f"{sign} {getattr(rule, name)}"
        for rule in field.metadata
        for name, sign in signs.items()
        if getattr(rule, name, None) is not None
    ]
    if bounds:
        return ", ".join(bounds)
    from typing import Literal, get_args, get_origin

    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    return getattr(kind, "__name__", str(kind)).replace("NoneType", "none")
