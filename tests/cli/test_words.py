"""What the command line answers to words it does not know."""

from pathlib import Path

import pytest

from tests.cli.command import aa


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--generator", "lft"], "error: no generator is named 'lft'; did you mean 'lift'?"),
        (["--renderer", "layer"], "error: no renderer is named 'layer'; did you mean 'layers'?"),
        (["--domain", "toons"], "error: no domain is named 'toons'; did you mean 'toon'?"),
        (["--set", "layers.supersample=2"], "did you mean 'supersampling'?"),
        (["--set", "layer.supersampling=2"], "did you mean 'layers'?"),
        (["--set", "layers"], "not written 'component.option=value'"),
        (["--size", "33"], "error: --size 33: "),
        (["--size", "65"], "try 66"),
        (["--view", "left"], "error: --view left: must be 'front', 'orbit' or 'YAW,PITCH'"),
        (["--background", "grene"], "error: --background grene: must be 'keep'"),
        (["--view", "20,-95"], "at most 90 degrees"),
        (["--device", "cude"], "did you mean 'cuda'?"),
        (["--face", "0"], "error: --face 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_answered_with_what_would_do(words: list[str], said: str) -> None:
    answer = aa("run", "face.png", *words)
    assert answer.code == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) <= 2
    assert answer.out == ""


def test_every_wrong_value_is_named_at_once() -> None:
    answer = aa("run", "face.png", "--size", "33", "--view", "left")
    assert "--size 33" in answer.err
    assert "--view left" in answer.err


def test_an_unknown_option_exits_with_2() -> None:
    answer = aa("run", "face.png", "--sizes", "64")
    assert answer.code == 2
    assert "--sizes" in answer.err


def test_a_missing_portrait_is_asked_for() -> None:
    answer = aa("run")
    assert answer.code == 2
    assert answer.err.startswith("error: PORTRAIT is missing\n")


def test_a_portrait_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = aa("run", "nowhere.png", cwd=tmp_path)
    assert answer.code == 2
    assert "portrait 'nowhere.png' does not exist" in answer.err
    assert not list(tmp_path.iterdir())


def test_a_wrong_key_in_a_section_is_answered_with_its_own_options(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[retarget]\nexpresion = 1\n")
    answer = aa("run", "face.png", "--config", "a.toml", cwd=tmp_path)
    assert answer.code == 2
    assert "'retarget.expresion'; did you mean 'retarget.expression'?" in answer.err


def test_a_config_that_is_not_there_is_named_with_a_hint(tmp_path: Path) -> None:
    answer = aa("run", "--config", "no.toml", cwd=tmp_path)
    assert answer.code == 2
    assert answer.err.splitlines()[0].startswith("error: cannot read the config 'no.toml': no such")
    assert len(answer.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "face.png", "--set", "layers.supersampling=1"], "'layers' takes no part"),
        (["track", "face.mp4", "--set", "lift.teeth=auto"], "'lift' takes no part"),
        (["render", "face.avatar", "--set", "lift.teeth=auto"], "'lift' takes no part"),
        (["create", "face.png", "-o", "face.mp4"], "an avatar file ends in .avatar"),
        (["track", "face.mp4", "-o", "face.txt"], "'face.txt' is no motion file"),
    ],
)
def test_words_for_another_command_are_refused(words: list[str], said: str, tmp_path: Path) -> None:
    answer = aa(*words, cwd=tmp_path)
    assert answer.code == 2
    assert said in answer.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["run"], ["create"], ["track"]])
def test_an_output_never_replaces_what_it_is_made_from(words: list[str], tmp_path: Path) -> None:
    for name in ("face.png", "face.avatar", "face.csv"):
        (tmp_path / name).write_bytes(b"mine")
    name = {"run": "face.png", "create": "face.avatar", "track": "face.csv"}[words[0]]
    answer = aa(*words, name, "-o", f"./{name}", "--overwrite", cwd=tmp_path)
    assert answer.code == 2
    assert "is the file it would be made from" in answer.err
    assert (tmp_path / name).read_bytes() == b"mine"


def test_a_folder_of_portraits_with_a_wrong_motion_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "a.png").write_bytes(b"no picture")
    (tmp_path / "file").write_bytes(b"mine")
    wrong = aa("run", "faces", "-o", "videos", "-m", "wnk", cwd=tmp_path)
    assert wrong.code == 2
    assert wrong.err.count("did you mean 'wink'?") == 1
    nowhere = aa("run", "faces", "-o", "file/videos", "-m", "wink", cwd=tmp_path)
    assert nowhere.code == 1
    assert nowhere.err.startswith("error: cannot make the folder file/videos: ")
    assert {path.name for path in tmp_path.iterdir()} == {"faces", "file"}


def test_a_quiet_batch_still_names_what_failed(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "a.png").write_bytes(b"no picture")
    answer = aa("run", "faces", "-o", "videos.v1/", "-q", cwd=tmp_path)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("a.png: error: ")


def test_an_output_nobody_can_write_is_refused_first(astronaut: Path, tmp_path: Path) -> None:
    answer = aa("run", str(astronaut), "-o", "face.mov", cwd=tmp_path)
    assert answer.code == 2
    assert "'.mov'" in answer.err
    assert ".mp4" in answer.err


def test_an_output_that_exists_is_kept(astronaut: Path, tmp_path: Path) -> None:
    (tmp_path / "face.mp4").write_bytes(b"mine")
    answer = aa("run", str(astronaut), "-o", "face.mp4", cwd=tmp_path)
    assert answer.code == 2
    assert "--overwrite" in answer.err
    assert (tmp_path / "face.mp4").read_bytes() == b"mine"


def test_the_version_goes_to_stdout() -> None:
    answer = aa("--version")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("avatarartist ")


def test_dry_run_shows_the_plan_with_every_default() -> None:
    answer = aa("run", "face.png", "--dry-run", "--set", "retarget.expression=1.5")
    assert answer.code == 0
    assert "expression = 1.5" in answer.out
    assert 'name = "layers"' in answer.out
    assert "supersampling" in answer.out


def test_a_config_file_is_read_and_options_win_over_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('portrait = "face.png"\nsize = 256\nseed = 5\n')
    answer = aa("run", "--config", str(tmp_path / "a.toml"), "--size", "128", "--dry-run")
    assert answer.code == 0
    assert "size = 128" in answer.out
    assert "seed = 5" in answer.out
    assert f'portrait = "{tmp_path / "face.png"}"' in answer.out


def test_a_wrong_key_in_a_config_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('portrait = "face.png"\nsizes = 256\n')
    answer = aa("run", "--config", str(tmp_path / "a.toml"))
    assert answer.code == 2
    assert "no setting is named 'sizes'; did you mean 'size'?" in answer.err


def test_help_of_every_command_fits_the_terminal() -> None:
    for words in (["--help"], ["run", "-h"], ["render", "-h"], ["plugins", "--help"]):
        answer = aa(*words)
        assert answer.code == 0
        assert max(len(line) for line in answer.out.splitlines()) <= 100


def test_the_shell_completes_names_and_clips() -> None:
    def completed(words: str) -> list[str]:
        count = str(len(words.split()) - 1)
        return aa(COMP_WORDS=words, COMP_CWORD=count, _AA_COMPLETE="complete_bash").out.split()

    assert completed("aa run face.png --generator li") == ["lift"]
    assert "surprise" in completed("aa run face.png --motion s")
