"""The paper's 28 domains as they ship."""

from importlib.resources import files

import pytest

from avatarartist_core.choosing import choose_transfer
from avatarartist_core.config import Choice, validated
from avatarartist_core.entries import DomainEntry
from avatarartist_core.plugins import Plugins, read

TEXTURED = range(1, 21)
"""Numbers of the domains whose look comes from the prompt; that of 21 to 27 from their model."""


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return read({})


@pytest.fixture(scope="module")
def domains(plugins: Plugins) -> dict[str, DomainEntry]:
    brought = {
        name
        for source in plugins.sources
        if source.name == "domains"
        for kind, name in source.brought
        if kind == "domain"
    }
    return {name: domain for name, domain in plugins.domains.items() if name in brought}


def test_there_are_28_and_none_is_faulty(plugins, domains):
    assert len(domains) == 28
    assert len(list(files("aa_domains").joinpath("domains").iterdir())) == 28
    assert [fault for fault in plugins.failures if fault.name == "domains"] == []


def test_they_carry_the_papers_numbers_in_order(domains):
    assert [domain.number for domain in domains.values()] == list(range(28))


def test_titles_are_unique(domains):
    assert len({domain.title.lower() for domain in domains.values()}) == 28


def test_every_recipe_holds_what_its_transfer_takes(plugins, domains):
    for domain in domains.values():
        for name, options in domain.recipe.items():
            assert name in plugins.transfers, f"{domain.name} has a recipe for {name}"
            validated(plugins.transfers[name].config, options, domain.name)


def test_prompts_say_what_the_domain_is(domains):
    prompts = [domain.prompt for domain in domains.values() if domain.number in TEXTURED]
    assert len(set(prompts)) == len(TEXTURED)
    assert domains["greek-statue"].prompt == "a FHD photo of a white Greek statue"
    assert domains["ink"].prompt == "A portrait in ink style, black and white image"
    assert all(domain.negative_prompt for domain in domains.values() if domain.prompt)


def test_every_domain_says_where_its_words_come_from(domains):
    assert all(domain.wording for domain in domains.values())
    assert all(domain.base_model for domain in domains.values() if domain.prompt)


def test_each_kind_of_domain_has_its_base_model(domains):
    bases = {
        domain.number: domain.recipe.get("sdedit", {}).get("base") for domain in domains.values()
    }
    assert bases.pop(0) is None
    assert {number for number, base in bases.items() if base == "sd21"} == set(TEXTURED)
    assert {number for number, base in bases.items() if base == "sd15"} == set(range(21, 28))


def test_diffusion_reaches_every_domain_but_the_realistic_one(plugins, domains):
    sdedit = plugins.transfers["sdedit"]
    assert {name for name, domain in domains.items() if not sdedit.reaches(domain)} == {"realistic"}


def test_portraits_are_realistic_as_they_come(plugins, domains):
    assert domains["realistic"].as_is
    assert choose_transfer(Choice(name=""), domains["realistic"], plugins) is None
