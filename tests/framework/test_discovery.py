import pytest

DOMAIN = """
@hookimpl
def aa_domains():
    yield DomainEntry("{name}", "Title")
"""


def test_an_installed_distribution_is_found_with_its_version(workshop):
    module = workshop.module(DOMAIN.format(name="one"))
    workshop.install("avatarartist-one", {"one": module}, version="3.1.4")
    (source,) = workshop.read().sources
    assert source.provider == "avatarartist-one 3.1.4"
    assert source.module == module
    assert source.brought == (("domain", "one"),)


def test_bundled_plugins_come_before_others_and_added_ones_last(workshop):
    workshop.install("avatarartist-aaa", {"aaa": workshop.module(DOMAIN.format(name="third"))})
    workshop.install("avatarartist", {"zzz": workshop.module(DOMAIN.format(name="second"))})
    added = workshop.module(DOMAIN.format(name="last"))
    plugins = workshop.read(AA_PLUGINS=f"added={added}")
    assert list(plugins.domains) == ["second", "third", "last"]


def test_aa_plugins_adds_code_that_is_not_installed(workshop):
    first, second = (workshop.module(DOMAIN.format(name=name)) for name in ("one", "two"))
    plugins = workshop.read(AA_PLUGINS=f" a = {first} , b={second},")
    assert list(plugins.domains) == ["one", "two"]
    assert plugins.domains.provider("one") == "AA_PLUGINS"
    assert not plugins.failures


@pytest.mark.parametrize("text", ["module.only", "name=", "=module", "a=not a module", "a=b:"])
def test_malformed_aa_plugins_is_reported_with_how_to_write_it(workshop, text):
    good = workshop.module(DOMAIN.format(name="good"))
    plugins = workshop.read(AA_PLUGINS=f"{text},good={good}")
    assert list(plugins.domains) == ["good"]
    (failure,) = plugins.failures
    assert failure.provider == "AA_PLUGINS"
    assert "name=package.module" in failure.hint


def test_a_module_that_is_nowhere_is_told_about_pythonpath(workshop):
    (failure,) = workshop.read(AA_PLUGINS="a=surely_not_there.plugin").failures
    assert failure.reason == "there is no module 'surely_not_there'"
    assert "PYTHONPATH" in failure.hint


def test_aa_plugins_off_leaves_plugins_out(workshop):
    for name in ("one", "two", "three"):
        module = workshop.module(DOMAIN.format(name=name))
        workshop.install(f"avatarartist-{name}", {name: module})
    plugins = workshop.read(AA_PLUGINS_OFF="one, three")
    assert list(plugins.domains) == ["two"]
    assert not plugins.failures


def test_a_plugin_that_is_off_is_not_imported(workshop):
    workshop.install("avatarartist-bad", {"bad": workshop.module("raise OSError")})
    assert not workshop.read(AA_PLUGINS_OFF="bad").failures


def test_a_misspelt_aa_plugins_off_is_reported(workshop):
    module = workshop.module(DOMAIN.format(name="one"))
    workshop.install("avatarartist-one", {"stylize": module})
    (failure,) = workshop.read(AA_PLUGINS_OFF="stylise").failures
    assert "'stylise', which is not there; did you mean 'stylize'?" in failure.reason


def test_an_entry_point_nobody_can_parse_is_reported(workshop):
    workshop.install("avatarartist-odd", {"odd": "not a module!"})
    (failure,) = workshop.read().failures
    assert failure.provider == "avatarartist-odd 0.2"
    assert "'not a module!'" in failure.reason


def test_metadata_nobody_can_parse_does_not_hide_its_neighbours(workshop):
    workshop.install("avatarartist-one", {"one": workshop.module(DOMAIN.format(name="one"))})
    workshop.install("avatarartist-zzz", {"zzz": workshop.module(DOMAIN.format(name="zzz"))})
    broken = workshop.folder / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text("no section here\n")
    assert {"one", "zzz"} <= set(workshop.read().domains)
