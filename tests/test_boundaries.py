"""What may import what, and how large a file may grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "avatarartist_core").rglob("*.py"))
PLUGINS = sorted(folder for folder in (ROOT / "plugins").iterdir() if folder.name.startswith("aa_"))
OURS = [*CORE, *(file for plugin in PLUGINS for file in sorted(plugin.rglob("*.py")))]
OTHERS = [
    file for room in ("tests", "examples", "tools") for file in sorted((ROOT / room).rglob("*.py"))
]
HEAVY = {"torch", "numpy", "numba", "cv2", "PIL", "av", "ai_edge_litert"}
LIGHT = (
    "import avatarartist_core.hookspecs, avatarartist_core.config, avatarartist_core.settings",
    "from avatarartist_core.plugins import installed; installed()",
    "import avatarartist_core.plan, avatarartist_core.compatibility, avatarartist_core.lazy",
    "from avatarartist_core.config import RunConfig; from avatarartist_core.plan import resolve; "
    "from avatarartist_core.plugins import installed; "
    "resolve(RunConfig(portrait='a.png'), installed())",
)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(file: Path) -> set[str]:
    """Return the top-level names of everything a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_core_imports_no_plugin(file):
    assert {name for name in imported(file) if name.startswith("aa_")} == set()


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_core_does_not_name_a_plugin_package(file):
    text = file.read_text(encoding="utf-8")
    assert [plugin.name for plugin in PLUGINS if plugin.name in text] == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
def test_a_plugin_imports_no_other_plugin(plugin):
    for file in plugin.rglob("*.py"):
        others = {name for name in imported(file) if name.startswith("aa_")} - {plugin.name}
        assert others == set(), name_of(file)


@pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
def test_every_plugin_has_its_hooks_and_its_options(plugin):
    assert (plugin / "plugin.py").is_file()
    assert (plugin / "config.py").is_file()


@pytest.mark.parametrize("file", OURS, ids=name_of)
def test_nothing_is_unpickled_and_no_yaml_is_read(file):
    assert imported(file) & {"pickle", "dill", "cloudpickle", "shelve", "yaml"} == set()


@pytest.mark.parametrize("file", [*OURS, *OTHERS], ids=name_of)
def test_no_file_is_longer_than_400_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("statement", LIGHT)
def test_planning_a_run_imports_nothing_heavy(statement):
    script = f"import sys; {statement}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["plugins", "list"], ["domains", "list"], ["weights", "list"]]
)
def test_looking_around_imports_nothing_heavy(arguments):
    script = (
        "import sys\nfrom avatarartist_core.cli.app import main\n"
        f"sys.argv = ['aa', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
        "print('\\nMODULES', *sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stdout.rpartition("MODULES")[2].split()) == set()
