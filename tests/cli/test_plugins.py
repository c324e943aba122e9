"""``aa plugins`` and ``aa domains``, whole and with plugins that are broken."""

import json

import pytest

from tests.cli.command import aa


def test_list_tells_every_component_and_who_brings_it() -> None:
    answer = aa("plugins", "list")
    assert answer.code == 0
    for word in ("lift", "layers", "facemesh", "anny", "avatarartist"):
        assert word in answer.out


def test_list_as_json_is_plain_values() -> None:
    found = json.loads(aa("plugins", "list", "--json").out)
    assert {"generator", "renderer", "motion encoder"} <= {each["kind"] for each in found}
    assert all(each["licence"] for each in found)


def test_info_shows_options_with_defaults_and_ranges() -> None:
    answer = aa("plugins", "info", "facemesh")
    assert answer.code == 0
    assert "threads" in answer.out
    assert "≥ 1, ≤ 64" in answer.out


def test_info_of_a_wrong_name_suggests_the_right_one() -> None:
    answer = aa("plugins", "info", "facemash")
    assert answer.code == 2
    assert "did you mean 'facemesh'?" in answer.err


def test_matrix_says_why_a_pair_does_not_fit(faulty: dict[str, str]) -> None:
    found = json.loads(aa("plugins", "matrix", "--json", **faulty).out)
    fits = {(pair["name"], pair["renderer"]): pair for pair in found}
    assert fits["lift", "layers"]["fits"]
    assert not fits["cubes", "layers"]["fits"]
    assert "representation is 'cubes'" in " ".join(fits["cubes", "layers"]["faults"])


def test_check_passes_what_is_bundled() -> None:
    answer = aa("plugins", "check")
    assert answer.code == 0, answer.out
    assert "facemesh" in answer.out


def test_check_names_each_fault(faulty: dict[str, str]) -> None:
    answer = aa("plugins", "check", **faulty)
    assert answer.code == 1
    assert "'raises'" in answer.out
    assert "RuntimeError: no [32] luck" in answer.out
    assert "'aa_component'; did you mean 'aa_components'?" in answer.out
    assert "generator 'lift' of AA_PLUGINS is already brought by avatarartist" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["plugins", "list"],
        ["plugins", "matrix"],
        ["plugins", "info", "lift"],
        ["domains", "list"],
        ["clips", "list"],
        ["run", "face.png", "--dry-run"],
    ],
    ids=" ".join,
)
def test_broken_plugins_stop_no_command(words: list[str], faulty: dict[str, str]) -> None:
    answer = aa(*words, **faulty)
    assert answer.code == 0, answer.err
    assert "Traceback" not in answer.err


def test_a_misfit_is_answered_with_what_would_fit(faulty: dict[str, str]) -> None:
    answer = aa("run", "face.png", "--generator", "cubes", **faulty)
    assert answer.code == 2
    assert "representation is 'cubes', needs 'layers'" in answer.err
    assert "lift" in answer.err


def test_no_domain_is_explained_in_a_sentence() -> None:
    answer = aa("domains", "list", AA_PLUGINS_OFF="domains")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith("No domain is installed: AA_PLUGINS_OFF leaves out")


def test_an_unknown_domain_exits_with_2() -> None:
    answer = aa("domains", "show", "no-such-style")
    assert answer.code == 2
    assert "no domain is named 'no-such-style'" in answer.err


def test_domains_are_listed_with_what_reaches_them() -> None:
    answer = aa("domains", "list")
    assert answer.code == 0
    rows = {line.split()[1]: line for line in answer.out.splitlines() if line[:3].strip().isdigit()}
    assert len(rows) == 28
    assert "none needed" in rows["realistic"]
    assert "sdedit" in rows["yoda"]
    found = {each["name"]: each for each in json.loads(aa("domains", "list", "--json").out)}
    assert found["ink"]["number"] == 20
    assert found["realistic"]["transfers"] == []
    assert "sdedit" in found["ink"]["transfers"]


def test_a_domain_is_shown_with_its_words_and_recipes() -> None:
    answer = aa("domains", "show", "ink")
    for word in (
        "A portrait in ink style",
        "worst quality",
        "README",
        "strength 0.6",
        "Apache-2.0",
    ):
        assert word in answer.out, word
    shown = json.loads(aa("domains", "show", "ink", "--json").out)
    assert shown["recipe"]["sdedit"]["base"] == "sd21"
    assert shown["number"] == 20


def test_a_domain_that_only_diffusion_reaches_asks_for_its_weights() -> None:
    answer = aa("run", "face.png", "--domain", "yoda", AA_PLUGINS_OFF="stylize")
    assert answer.code == 2
    assert "sdedit" in answer.err
    assert "not on this machine" in answer.err
    assert "No other transfer reaches 'yoda'" in answer.err
