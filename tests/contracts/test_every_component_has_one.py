import runpy
from pathlib import Path

from avatarartist_core.discovery import BUNDLED
from avatarartist_core.plugins import read
from avatarartist_core.testing.component import ComponentContract

HERE = Path(__file__).parent


def test_every_bundled_component_passes_its_contract():
    bundled = {
        (entry.kind, entry.name)
        for entry, provider in read({}).components()
        if provider.startswith(f"{BUNDLED} ")
    }
    assert bundled, "the package is not installed"
    assert bundled - _under_contract() == set()


def _under_contract() -> set[tuple[str, str]]:
    values = [
        value
        for file in HERE.glob("test_*.py")
        if file != Path(__file__)
        for value in runpy.run_path(str(file)).values()
    ]
    kits = [
        value
        for value in values
        if isinstance(value, type) and issubclass(value, ComponentContract)
    ]
    return {(kit.entry.kind, kit.entry.name) for kit in kits if hasattr(kit, "entry")}
