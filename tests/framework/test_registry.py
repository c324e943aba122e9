import pytest

from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import AvatarArtistError, UnknownNameError
from avatarartist_core.registry import Registry


@pytest.fixture
def domains() -> Registry[DomainEntry]:
    registry: Registry[DomainEntry] = Registry("domain", "aa domains list")
    registry.add(DomainEntry("ghibli", "Ghibli"), "avatarartist 0.1")
    registry.add(DomainEntry("lego", "Lego"), "avatarartist-bricks 2.0")
    return registry


def test_a_registry_is_a_mapping_in_the_order_things_came(domains):
    assert list(domains) == ["ghibli", "lego"]
    assert len(domains) == 2
    assert dict(domains)["lego"].title == "Lego"
    assert "lego" in domains
    assert "duplo" not in domains
    assert domains.get("duplo") is None


def test_a_wrong_name_is_answered_with_the_nearest_and_the_installed(domains):
    with pytest.raises(UnknownNameError) as caught:
        domains["gibli"]
    assert str(caught.value) == "no domain is named 'gibli'; did you mean 'ghibli'?"
    assert caught.value.hint == "Installed: ghibli, lego. More: aa domains list"
    assert caught.value.exit_code == 2


def test_nothing_is_suggested_when_nothing_is_near(domains):
    with pytest.raises(UnknownNameError, match=r"^no domain is named 'xyz'$"):
        domains["xyz"]


def test_an_empty_registry_says_so():
    with pytest.raises(UnknownNameError) as caught:
        Registry("renderer")["layers"]
    assert caught.value.hint == "Installed: none. More: aa plugins list"


def test_a_taken_name_is_refused_with_both_providers_and_the_first_stays(domains):
    with pytest.raises(AvatarArtistError) as caught:
        domains.add(DomainEntry("lego", "Other"), "avatarartist-toys 1.0")
    assert "avatarartist-bricks 2.0" in str(caught.value)
    assert "avatarartist-toys 1.0" in str(caught.value)
    assert domains["lego"].title == "Lego"


def test_the_provider_of_a_name_is_known(domains):
    assert domains.provider("lego") == "avatarartist-bricks 2.0"
    with pytest.raises(UnknownNameError):
        domains.provider("leggo")
