"""``aa weights``: bundles of weights: what there is, bringing more, checking, removing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from avatarartist_core.cli.console import complain, result, result_json, say, terminal
from avatarartist_core.cli.options import Json, Quiet
from avatarartist_core.cli.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from avatarartist_core.cli.progress import Drawing
    from avatarartist_core.plugins import Plugins
    from avatarartist_core.weights.bundle import Place
    from avatarartist_core.weights.importing import Outcome
    from avatarartist_core.weights.manifest import Bundle

app = typer.Typer(no_args_is_help=True, help="See, bring, check and remove weights.")

NONE_YET = (
    "No weights are installed. The default parts need none. To bring some: "
    "aa weights import NAME FOLDER, or aa weights pull NAME"
)


def bundle_names(incomplete: str) -> list[str]:
    """Complete the name of an installed bundle for the shell's TAB key."""
    return sorted({place.name for place in _places() if place.name.startswith(incomplete)})


def importable_names(incomplete: str) -> list[str]:
    """Complete the name of a bundle that some component can import."""
    from avatarartist_core.plugins import installed

    components = [entry for entry, _ in installed().components()]
    names = {importer.bundle for entry in components for importer in entry.importers}
    return sorted(name for name in names if name.startswith(incomplete))


Importable = Annotated[
    str,
    typer.Argument(
        help="What to bring: official, or a name that a plugin knows.",
        show_default=False,
        autocompletion=importable_names,
    ),
]
Component = Annotated[
    str | None,
    typer.Argument(help="Only of this component.", show_default=False),
]


@app.command("list")
def list_(json: Json = False) -> None:
    """List every bundle: whose, how large, under which licence, and what is broken."""
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.errors import WeightsError

    found: list[tuple[Place, Bundle | None, str]] = []
    for place in _places(installed()):
        try:
            found.append((place, place.read(), ""))
        except WeightsError as error:
            found.append((place, None, str(error)))
    if json:
        result_json([_described(place, bundle, fault) for place, bundle, fault in found])
        return
    if not found:
        say("No weights are installed. The default parts need none.")
        _say_what_can_be_brought(())
        return
    from rich.text import Text

    shown = table("bundle", "component", "size", "licence", "spec", "where", bold=0)
    for place, bundle, fault in found:
        where = "shipped" if place.shipped else "yours"
        if bundle is None:
            told = Text(f"broken: {fault}", "red")
            shown.add_row(place.name, place.component, "", "", told, where)
        else:
            size, licence = megabytes(bundle.size), Text(bundle.licence)
            shown.add_row(place.name, place.component, size, licence, _spec(bundle), where)
    terminal().print(shown)
    _say_what_can_be_brought({(place.name, place.component) for place, _, _ in found})


@app.command("import")
def import_(
    name: Importable,
    folder: Annotated[
        Path,
        typer.Argument(help="The folder with the owners' files.", show_default=False),
    ],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn somebody else's files into bundles: no network, and nothing in them is executed.

    Each component takes the files it knows; those without any are left out.
    """
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.weights.importing import import_folder, importers

    able = importers(installed(quiet=quiet).components(), name)
    with drawing(quiet=quiet) as draw:
        outcomes = import_folder(able, folder, lambda stage: _reporting(draw, stage))
    _answer(outcomes, json=json, quiet=quiet)


@app.command()
def pull(name: Importable, json: Json = False, quiet: Quiet = False) -> None:
    """Fetch somebody else's files over the network, then import them.

    An interrupted download goes on where it stopped.
    """
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.weights import fetching
    from avatarartist_core.weights.importing import importers

    able = importers(installed(quiet=quiet).components(), name)
    with drawing(quiet=quiet) as draw:
        outcomes = fetching.pull(able, lambda stage: _reporting(draw, stage), quiet=quiet)
    _answer(outcomes, json=json, quiet=quiet)


@app.command()
def export(
    name: Annotated[
        str,
        typer.Argument(help="A bundle.", show_default=False, autocompletion=bundle_names),
    ],
    folder: Annotated[
        Path, typer.Argument(help="A folder that is not there yet.", show_default=False)
    ],
    component: Component = None,
) -> None:
    """Write a bundle's tensors in its owners' layout again, bit for bit."""
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.weights.exporting import export as write

    entries = {entry.name: entry for entry, _ in installed().components()}
    places = [place for place in _named(name, component) if place.component in entries]
    written = write([(entries[place.component], place.read()) for place in places], folder)
    for place in places:
        if place.component not in written:
            say(f"{place.component}: its plugin has no way back to its owners' layout")
    result(folder)


@app.command()
def verify(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A bundle. Default: all.", show_default=False, autocompletion=bundle_names
        ),
    ] = None,
    component: Component = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read every byte of bundles and compare; exit code 1 if one is not as it was made."""
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.weights.verifying import faults_of

    places = _named(name, component)
    faults: dict[Place, list[str]] = {}
    with drawing(quiet=quiet) as draw:
        for place in places:
            stage = f"{place.name}/{place.component}"
            faults[place] = list(faults_of(place, _reporting(draw, stage)))
    broken = any(faults.values())
    if json:
        result_json([{**_place(place), "faults": said} for place, said in faults.items()])
        raise typer.Exit(1 if broken else 0)
    from rich.text import Text

    if not places:
        say(NONE_YET)
    for place, said in faults.items():
        mark = ("✗ ", "bold red") if said else ("✓ ", "green")
        line = Text.assemble(mark, f"{place.name} {place.component}")
        terminal().print(line, soft_wrap=True)
        for words in said:
            terminal().print(Text(f"  {words}", "yellow"), soft_wrap=True)
    raise typer.Exit(1 if broken else 0)


@app.command()
def remove(
    name: Annotated[
        str,
        typer.Argument(
            help="The exact name of a bundle.", show_default=False, autocompletion=bundle_names
        ),
    ],
    component: Component = None,
    json: Json = False,
) -> None:
    """Remove a bundle of yours from the disk; what is shipped stays."""
    from avatarartist_core.errors import WeightsError
    from avatarartist_core.weights import leftovers

    places = _named(name, component)
    yours = [place for place in places if not place.shipped]
    if not yours:
        raise WeightsError(
            f"bundle {name!r} is shipped inside a package and cannot be removed",
            "Remove the package that ships it: aa weights list",
        )
    for place in yours:
        leftovers.remove(place.folder)
    if json:
        result_json([_place(place) for place in yours])
        return
    for place in yours:
        result(place.folder)


def _say_what_can_be_brought(there: Collection[tuple[str, str]]) -> None:
    """Name the bundles that installed components could import and have not."""
    from avatarartist_core.plugins import installed

    able: dict[str, list[str]] = {}
    for entry, _ in installed().components():
        for importer in entry.importers:
            if (importer.bundle, entry.name) not in there:
                able.setdefault(importer.bundle, []).append(entry.name)
    for name, components in able.items():
        say(
            f"To bring {name!r} for {', '.join(dict.fromkeys(components))}: "
            f"aa weights pull {name}, or aa weights import {name} FOLDER"
        )


def _places(plugins: Plugins | None = None) -> list[Place]:
    """Find every bundle, sound or not, of the installed packages and of the user."""
    from avatarartist_core.plugins import installed
    from avatarartist_core.weights.bundle import places

    entries = [entry for entry, _ in (plugins or installed()).components()]
    packages = dict.fromkeys(entry.factory.partition(":")[0].split(".")[0] for entry in entries)
    return list(places(packages=packages))


def _named(name: str | None, component: str | None) -> list[Place]:
    from avatarartist_core.errors import UnknownNameError, did_you_mean

    there = _places()
    if name is None:
        return there
    found = [place for place in there if place.name == name]
    if not found:
        names = list(dict.fromkeys(place.name for place in there))
        raise UnknownNameError(
            f"no bundle is called {name!r}{did_you_mean(name, names)}",
            f"Installed: {', '.join(names) or 'none'}. More: aa weights list",
        )
    if component is None:
        return found
    of = [place.component for place in found]
    if component not in of:
        raise UnknownNameError(
            f"bundle {name!r} has no weights of {component!r}{did_you_mean(component, of)}",
            f"It has those of: {', '.join(of)}",
        )
    return [place for place in found if place.component == component]


def _answer(outcomes: list[Outcome], *, json: bool, quiet: bool) -> None:
    """Say what became of each component; leave with the exit code of the first that failed."""
    failed = [outcome.error for outcome in outcomes if outcome.error]
    made = [outcome.bundle for outcome in outcomes if outcome.bundle]
    if json:
        result_json([_outcome(outcome) for outcome in outcomes])
    else:
        for bundle in made:
            result(bundle.folder)
    if not quiet:
        for outcome in outcomes:
            if outcome.state == "not found":
                say(f"{outcome.kind} {outcome.component!r}: none of its files is there")
        for bundle in made:
            say(f"{bundle.component}: {megabytes(bundle.size)}, licence: {bundle.licence}")
    for error in failed:
        complain(error)
    if failed:
        raise typer.Exit(failed[0].exit_code)


def _reporting(draw: Drawing, stage: str) -> Callable[[int, int | None], None]:
    from avatarartist_core.data import Event

    return lambda done, total: draw(Event(stage, done, total))


def _place(place: Place) -> dict[str, Any]:
    return {
        "bundle": place.name,
        "component": place.component,
        "folder": str(place.folder),
        "shipped": place.shipped,
    }


def _described(place: Place, bundle: Bundle | None, fault: str) -> dict[str, Any]:
    from dataclasses import asdict

    told = {} if bundle is None else {**asdict(bundle), "size": bundle.size}
    for word in ("name", "folder"):
        told.pop(word, None)
    return {**_place(place), **told, "fault": fault}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "component": outcome.component,
        "kind": outcome.kind,
        "state": outcome.state,
        "folder": str(outcome.bundle.folder) if outcome.bundle else None,
        "reason": str(outcome.error or ""),
        "hint": outcome.error.hint if outcome.error else "",
    }


def _spec(bundle: Bundle) -> str:
    from dataclasses import asdict

    told = {**asdict(bundle.motion)} if bundle.motion else {}
    told |= asdict(bundle.spec) if bundle.spec else {}
    short = ("representation", "topology", "channels", "resolution", "embedding")
    return ", ".join(f"{key} {told[key]}" for key in short if told.get(key) is not None)


def megabytes(size: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
