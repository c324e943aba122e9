"""Domain files that third parties ship: sound ones come in, faulty ones are named."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from avatarartist_core.plugins import Plugins, read
from tests.cli.command import aa

PLUGIN = """\
from avatarartist_core.domain_files import domains_in
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_domains():
    yield from domains_in({package!r})
"""
SOUND = 'name = "clay"\ntitle = "Clay"\nprompt = "a clay figure"\n'

FAULTS = {
    "no TOML": ('title = "Wax\n', "domains/wax.toml is not TOML: "),
    "no UTF-8": (b'name = "wax"\ntitle = "W\xff"\n', "domains/wax.toml is not TOML: 'utf-8' codec"),
    "an unknown key": (
        'name = "wax"\ntitle = "Wax"\npromt = "wax"\n',
        "'domains/wax.toml' has no key 'promt'; did you mean 'prompt'?",
    ),
    "a missing key": ('name = "wax"\n', "'domains/wax.toml' lacks the key 'title'"),
    "a wrong value": (
        'name = "wax"\ntitle = "Wax"\nnumber = -2\n',
        "domains/wax.toml number = -2: input should be greater than or equal to 0",
    ),
    "another name": (
        'name = "clay"\ntitle = "Wax"\n',
        "domains/wax.toml: name is 'clay', unlike the file's",
    ),
    "a recipe that is no table": (
        'name = "wax"\ntitle = "Wax"\n[recipe]\nstylize = "statue"\n',
        "domains/wax.toml recipe.stylize = 'statue': input should be a valid dictionary",
    ),
    "a recipe where nothing goes": (
        'name = "wax"\ntitle = "Wax"\nas_is = true\n[recipe.stylize]\n',
        "as_is says that no transfer goes there, yet it has recipes",
    ),
}

Ship = Callable[[Mapping[str, str | bytes]], dict[str, str]]


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Lay out a plugin with these domain files; returns the environment that adds it."""

    def lay(toml: Mapping[str, str | bytes]) -> dict[str, str]:
        package = f"stranger_{tmp_path.name.replace('-', '_')}"  # a module is imported only once
        folder = tmp_path / package / "domains"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        (folder.parent / "plugin.py").write_text(PLUGIN.format(package=package), encoding="utf-8")
        for name, text in toml.items():
            data = text if isinstance(text, bytes) else text.encode()
            (folder / name).write_bytes(data)
        monkeypatch.syspath_prepend(tmp_path)
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        return {"AA_PLUGINS": f"stranger={package}.plugin", "PYTHONPATH": path}

    return lay


def reasons(plugins: Plugins) -> list[str]:
    return [fault.reason for fault in plugins.failures if fault.name == "stranger"]


def test_a_file_is_a_domain(ship: Ship) -> None:
    plugins = read(ship({"clay.toml": SOUND, "notes.md": "no domain", "._clay.toml": b"\xff"}))
    assert reasons(plugins) == []
    clay = plugins.domains["clay"]
    assert (clay.title, clay.prompt, clay.recipe) == ("Clay", "a clay figure", {})
    assert clay.number is None
    assert plugins.domains.provider("clay") == "AA_PLUGINS"


def test_numbered_domains_come_first_and_others_by_name(ship: Ship) -> None:
    texts = {
        f"{name}.toml": f'name = "{name}"\ntitle = "{name}"\n{more}'
        for name, more in {"b": "", "a": "", "d": "number = 31\n", "c": "number = 30\n"}.items()
    }
    plugins = read({**ship(texts)})
    assert list(plugins.domains)[-4:] == ["c", "d", "a", "b"]


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_named_and_the_others_are_there(
    ship: Ship, text: str | bytes, said: str
) -> None:
    plugins = read(ship({"clay.toml": SOUND, "wax.toml": text}))
    assert "clay" in plugins.domains
    assert "wax" not in plugins.domains
    (reason,) = reasons(plugins)
    assert reason.startswith("domain 'wax' cannot be used: ")
    assert said in reason


def test_a_domain_that_is_there_already_is_named_and_the_first_stays(ship: Ship) -> None:
    theirs = 'name = "lego"\ntitle = "My bricks"\n'
    plugins = read(ship({"clay.toml": SOUND, "lego.toml": theirs}))
    (reason,) = reasons(plugins)
    assert reason.startswith("domain 'lego' of AA_PLUGINS is already brought by avatarartist")
    assert plugins.domains["lego"].title == "Lego"
    assert "clay" in plugins.domains


def test_a_plugin_without_domain_files_is_named(ship: Ship) -> None:
    (reason,) = reasons(read(ship({})))
    assert "there is no .toml file in 'domains' of" in reason


def test_the_command_line_names_faulty_files_and_shows_the_rest(ship: Ship) -> None:
    added = ship({"clay.toml": SOUND, "wax.toml": "name = wax\n"})
    listed = aa("domains", "list", **added)
    assert listed.code == 0
    assert "clay" in listed.out
    assert "left out of plugin 'stranger': domain 'wax' cannot be used" in listed.err
    others = ",".join(source.name for source in read({}).sources)  # checking them takes seconds
    checked = aa("plugins", "check", **added, AA_PLUGINS_OFF=others)
    assert checked.code == 1
    assert "domains/wax.toml is not TOML" in " ".join(checked.out.split())
