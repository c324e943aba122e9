import subprocess
import sys

import pytest

from avatarartist_core.datasets.plan import resolve_build
from avatarartist_core.errors import UsageError


def test_all_are_the_domains_that_the_transfer_reaches(parts):
    plan = resolve_build("tiny", "all", parts, transfer="tint", count=3)
    reached = [route.domain.name for route in plan.routes if route.transfer]
    assert reached == ["warm", "cold"]
    assert "plain" in plan.config.domains, "a domain that needs no transfer is among them"


def test_options_of_the_user_lie_over_the_recipe(parts):
    settings = ["tint.strength=0.7", "source.side=32"]
    plan = resolve_build("tiny", "warm,cold", parts, transfer="tint", settings=settings)
    assert [route.transfer.options.strength for route in plan.routes] == [0.7, 0.7]
    assert plan.source.options.side == 32


@pytest.mark.parametrize(
    ("source", "domains", "options", "said"),
    [
        ("tinny", "plain", {}, "no portrait source is named 'tinny'; did you mean 'tiny'"),
        ("tiny", "plain,wram", {}, "no domain is named 'wram'; did you mean 'warm'"),
        ("tiny", "all", {"transfer": "tnt"}, "no domain transfer is named 'tnt'"),
        ("tiny:/tmp", "plain", {}, "'tiny' reads no place"),
        ("folder", "plain", {}, "'folder' needs a place"),
        ("tiny", " , ", {}, "no domain is named in"),
        ("tiny", "plain", {"settings": ["source.sied=3"]}, "no option 'sied'; did you mean 'side'"),
        ("tiny", "plain", {"settings": ["sauce.side=3"]}, "is not written 'source.option=value'"),
        ("tiny", "plain", {"device": "cpuu"}, "no device is named 'cpuu'"),
        ("tiny", "plain", {"count": 0}, "data build count = 0"),
    ],
)
def test_what_is_wrong_is_named(parts, source, domains, options, said):
    with pytest.raises(UsageError) as caught:
        resolve_build(source, domains, parts, **options)
    assert said in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(parts):
    with pytest.raises(UsageError) as caught:
        resolve_build("tinny", "wram", parts)
    assert "tinny" in str(caught.value)
    assert "wram" in str(caught.value)


def test_planning_a_build_imports_nothing_heavy():
    script = (
        "import sys\n"
        "from avatarartist_core.cli.data.app import app\n"
        "from avatarartist_core.datasets.plan import resolve_build\n"
        "from avatarartist_core.plugins import installed\n"
        "resolve_build('synthetic', 'realistic', installed(), count=3)\n"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    heavy = {"torch", "numpy", "numba", "cv2", "PIL", "ray", "pyarrow"}
    assert heavy & set(done.stdout.split()) == set()
