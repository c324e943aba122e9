"""Which networks options ask for, and what is said when they are not there."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from avatarartist_core.errors import InputError, UsageError, WeightsError
from avatarartist_core.weights.learned import LearnedConfig, NetworkKind


class Net(BaseModel, frozen=True, extra="forbid"):
    width: int = Field(8, ge=1)


class Options(LearnedConfig, frozen=True, extra="forbid"):
    steps: int = Field(1, description="Steps.")


KIND = NetworkKind("deep", "no_such_package", Net, {"tiny": Net(width=2), "large": Net(width=64)})

MANIFEST = """
format = 1
name = "mine"
component = "deep"
licence = "CC0-1.0"
source = "made here"
files = []
[config]
width = {width}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path))
    return tmp_path


def bundle(home: Path, width: str) -> None:
    folder = home / "mine" / "deep"
    folder.mkdir(parents=True)
    (folder / "bundle.toml").write_text(MANIFEST.format(width=width))


def test_a_bundle_says_what_its_network_is(home):
    bundle(home, "16")
    about, found = KIND.asked(Options(weights="mine"))
    assert about == Net(width=16)
    assert found is not None
    assert found.folder == home / "mine" / "deep"


def test_a_bundle_can_be_named_by_the_folder_it_lies_in(tmp_path, monkeypatch):
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path / "empty"))
    bundle(tmp_path, "16")
    for folder in ("mine/deep", "mine"):
        about, found = KIND.asked(Options(weights=str(tmp_path / folder)))
        assert about == Net(width=16)
        assert found is not None
        assert found.folder == tmp_path / "mine/deep"
    monkeypatch.chdir(tmp_path / "mine")
    assert KIND.asked(Options(weights="./deep"))[0] == Net(width=16)
    with pytest.raises(WeightsError, match="has no weights called 'deep'"):
        KIND.asked(Options(weights="deep"))


def test_a_folder_without_the_components_weights_is_named(tmp_path):
    with pytest.raises(WeightsError, match="holds no weights of 'deep'"):
        KIND.asked(Options(weights=str(tmp_path)))
    bundle(tmp_path, "16")
    other = NetworkKind("flat", "no_such_package", Net, {})
    with pytest.raises(WeightsError, match="holds weights of 'deep', not of 'flat'"):
        other.asked(Options(weights=str(tmp_path / "mine/deep")))


def test_a_configuration_asks_for_untrained_networks(home):
    assert KIND.asked(Options(config="large")) == (Net(width=64), None)
    assert KIND.asked(Options(weights="random")) == (Net(width=2), None)


def test_a_configuration_can_be_a_file(home, tmp_path):
    file = tmp_path / "wide.toml"
    file.write_text("width = 128")
    assert KIND.asked(Options(config=str(file))) == (Net(width=128), None)


def test_missing_weights_are_answered_with_what_would_do(home):
    with pytest.raises(WeightsError, match="'deep' has no weights called 'tiny'") as caught:
        KIND.asked(Options())
    assert "aa weights list" in caught.value.hint
    assert "--weights random" in caught.value.hint


def test_a_wrong_configuration_is_answered_with_the_nearest(home):
    with pytest.raises(InputError, match="did you mean 'tiny'") as caught:
        KIND.asked(Options(config="tinny"))
    assert caught.value.hint == "Configurations: tiny, large, or a TOML file."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width = 0", "greater than or equal to 1"),
        ("width =", "is not TOML"),
        ("depth = 2", "depth"),
    ],
)
def test_a_file_that_describes_nothing_is_refused_by_name(home, tmp_path, text, said):
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said) as caught:
        KIND.asked(Options(config=str(file)))
    assert "wrong.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(home):
    with pytest.raises(InputError, match=r"'gone\.toml' cannot be read"):
        KIND.asked(Options(config="gone.toml"))


def test_a_bundle_of_other_networks_is_refused(home):
    bundle(home, '"wide"')
    with pytest.raises(WeightsError, match="'mine' of 'deep' describes no networks: width"):
        KIND.asked(Options(weights="mine"))
