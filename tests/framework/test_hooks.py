"""The plugin API: every hook is written about, and works."""

from pathlib import Path

import pytest

from avatarartist_core import hookspecs
from avatarartist_core.plugins import HOOKS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "hooks.md"


def test_aa_components_brings_every_kind(workshop):
    body = """
@hookimpl
def aa_components():
    yield GeneratorEntry("g", "s", "a.b:C")
    yield RendererEntry("r", "s", "a.b:C")
    yield EncoderEntry("e", "s", "a.b:C")
    yield TransferEntry("t", "s", "a.b:C")
    yield HeadEntry("h", "s", "a.b:C")
"""
    workshop.install("avatarartist-all", {"all": workshop.module(body)})
    plugins = workshop.read()
    assert not plugins.failures
    assert [entry.name for entry, _ in plugins.components()] == ["g", "r", "e", "t", "h"]
    assert {provider for _, provider in plugins.components()} == {"avatarartist-all 0.2"}


def test_aa_domains_brings_domains(workshop):
    body = """
@hookimpl
def aa_domains():
    return [DomainEntry("lego", "Lego"), DomainEntry("oil", "Oil painting")]
"""
    workshop.install("avatarartist-styles", {"styles": workshop.module(body)})
    assert list(workshop.read().domains) == ["lego", "oil"]


def test_hooks_may_live_on_an_object(workshop):
    body = """
class Plugin:
    @hookimpl
    def aa_domains(self):
        yield DomainEntry("lego", "Lego")

plugin = Plugin()
"""
    workshop.install("avatarartist-object", {"object": f"{workshop.module(body)}:plugin"})
    assert list(workshop.read().domains) == ["lego"]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_and_tested(hook):
    assert getattr(hookspecs, hook).__doc__
    assert f"## {hook}\n" in REFERENCE.read_text()
    assert any(name.startswith(f"test_{hook}_") for name in globals())


def test_the_list_of_hooks_is_whole():
    marked = {name for name in vars(hookspecs) if name.startswith("aa_")}
    assert marked == set(HOOKS)
