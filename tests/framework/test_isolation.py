"""One broken plugin leaves the others usable, and its fault has a name."""

import pytest

from avatarartist_core.checking import check

BROKEN = {
    "an import error": ("import no_such_package", "missing module 'no_such_package'"),
    "an exception on import": ("raise OSError('disk on fire')", "raised OSError: disk on fire"),
    "a syntax error": ("def aa_components(:", "raised SyntaxError"),
    "an exit on import": ("raise SystemExit(3)", "raised SystemExit: 3"),
    "an exception while yielding": (
        """
@hookimpl
def aa_components():
    yield TransferEntry(name="half", summary="s", factory="a.b:C")
    raise ValueError("later")
""",
        "raised ValueError: later",
    ),
    "an exit while yielding": (
        """
@hookimpl
def aa_domains():
    raise SystemExit
    yield
""",
        "raised SystemExit",
    ),
    "a misspelt hook": (
        "@hookimpl\ndef aa_component():\n    return ()",
        "no hook 'aa_component'; did you mean 'aa_components'?",
    ),
    "a hook that takes arguments": (
        "@hookimpl\ndef aa_components(registry):\n    return ()",
        "registry",
    ),
    "no hook at all": ("def aa_components():\n    return ()", "marks no function as a hook"),
    "a hook that forgets to yield": (
        "@hookimpl\ndef aa_components():\n    return None",
        "aa_components returned None",
    ),
    "a hook that returns one entry": (
        "@hookimpl\ndef aa_domains():\n    return DomainEntry('d', 'D')",
        "aa_domains returned DomainEntry",
    ),
}


@pytest.mark.parametrize(("body", "said"), BROKEN.values(), ids=BROKEN)
def test_one_broken_plugin_leaves_the_others_usable(workshop, sound_plugin, body, said):
    workshop.install("avatarartist-bad", {"bad": workshop.module(body)})
    workshop.install("avatarartist-good", {"good": workshop.module(sound_plugin)})
    plugins = workshop.read()
    assert list(plugins.transfers) == ["sound"]
    (failure,) = plugins.failures
    assert (failure.name, failure.provider) == ("bad", "avatarartist-bad 0.2")
    assert said in failure.reason
    assert failure.hint
    assert [source.name for source in plugins.sources] == ["good"]


def test_ctrl_c_while_a_plugin_loads_stops_the_program(workshop):
    workshop.install("avatarartist-slow", {"slow": workshop.module("raise KeyboardInterrupt")})
    with pytest.raises(KeyboardInterrupt):
        workshop.read()


def test_an_entry_of_the_wrong_kind_is_left_out_alone(workshop):
    body = """
@hookimpl
def aa_components():
    yield DomainEntry("misplaced", "Misplaced")
    yield "text"
    yield TransferEntry
    yield Entry(name="abstract", summary="s", factory="a.b:C")
    yield TransferEntry(name="sound", summary="s", factory="a.b:C")
"""
    workshop.install("avatarartist-mixed", {"mixed": workshop.module(body)})
    plugins = workshop.read()
    assert list(plugins.transfers) == ["sound"]
    reasons = [failure.reason for failure in plugins.failures]
    assert reasons[0] == "aa_components yielded a DomainEntry; domains come from aa_domains"
    assert reasons[1].startswith("aa_components yielded a str, not a GeneratorEntry")
    assert reasons[2].startswith("aa_components yielded the class TransferEntry")
    assert reasons[3].startswith("aa_components yielded an Entry")


INVALID = {
    "empty name": ("TransferEntry('', 's', 'a.b:C')", "name ''"),
    "name with a space": ("TransferEntry('a b', 's', 'a.b:C')", "name 'a b'"),
    "name with a dot": ("TransferEntry('a.b', 's', 'a.b:C')", "name 'a.b'"),
    "name of another type": ("TransferEntry(7, 's', 'a.b:C')", "name 7"),
    "factory without a class": ("TransferEntry('x', 's', 'a.b')", "factory 'a.b'"),
    "factory that is a class": ("TransferEntry('x', 's', Entry)", "factory <class"),
    "config that is no model": ("TransferEntry('x', 's', 'a.b:C', config=dict)", "config is"),
    "domains as text": ("TransferEntry('x', 's', 'a.b:C', domains='toon')", "domains is 'toon'"),
    "produces as text": ("GeneratorEntry('x', 's', 'a.b:C', produces='t')", "produces is 't'"),
    "avatar without a class": ("GeneratorEntry('x', 's', 'a.b:C', avatar='a')", "avatar 'a'"),
}


@pytest.mark.parametrize(("entry", "said"), INVALID.values(), ids=INVALID)
def test_an_invalid_entry_is_left_out_alone(workshop, entry, said):
    body = f"""
@hookimpl
def aa_components():
    yield {entry}
    yield HeadEntry("head", "s", "a.b:C", topology="t")
"""
    workshop.install("avatarartist-invalid", {"invalid": workshop.module(body)})
    plugins = workshop.read()
    assert list(plugins.heads) == ["head"]
    (failure,) = plugins.failures
    assert said in failure.reason


def test_of_two_plugins_that_bring_one_name_the_first_keeps_it(workshop, sound_plugin):
    for number in (2, 1):
        point = {f"plugin{number}": workshop.module(sound_plugin)}
        workshop.install(f"avatarartist-sound{number}", point)
    plugins = workshop.read()
    assert plugins.transfers.provider("sound") == "avatarartist-sound1 0.2"
    (failure,) = plugins.failures
    assert "avatarartist-sound1 0.2" in failure.reason
    assert failure.provider == "avatarartist-sound2 0.2"


def test_what_a_plugin_prints_does_not_reach_stdout(workshop, sound_plugin, capsys):
    workshop.install("avatarartist-loud", {"loud": workshop.module(f"print('hi'){sound_plugin}")})
    workshop.read()
    assert capsys.readouterr().out == ""


def test_every_failure_is_a_finding(workshop):
    workshop.install("avatarartist-bad", {"bad": workshop.module("raise OSError('on fire')")})
    (finding,) = check(workshop.read())
    assert finding.subject == "plugin 'bad'"
    assert "on fire" in finding.problem
