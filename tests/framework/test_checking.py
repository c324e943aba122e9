from avatarartist_core.checking import check, heavy_imports

SOUND = """
from avatarartist_core.interfaces import DomainTransfer, MotionEncoder

class Whole(DomainTransfer):
    def transfer(self, portrait, domain, *, seed=0, progress=None):
        return portrait

class Partial(DomainTransfer):
    pass

class Stranger:
    pass

class Tracker(MotionEncoder):
    def encode(self, frames, fps, *, total=None, progress=None):
        raise NotImplementedError

def function(config, device): ...
"""


def problems(workshop, *entries: str, before: str = "") -> list[tuple[str, str]]:
    classes = workshop.module(SOUND)
    yields = "\n".join(f"    yield {entry}".replace("HERE", classes) for entry in entries)
    body = f"{before}\n@hookimpl\ndef aa_components():\n{yields}\n"
    workshop.install("avatarartist-checked", {"checked": workshop.module(body)})
    return [(finding.subject, finding.problem) for finding in check(workshop.read())]


def test_a_sound_plugin_has_no_findings(workshop):
    assert problems(workshop, "TransferEntry('t', 's', 'HERE:Whole')") == []


def test_each_wrong_class_is_named(workshop):
    found = dict(
        problems(
            workshop,
            "TransferEntry('partial', 's', 'HERE:Partial')",
            "TransferEntry('stranger', 's', 'HERE:Stranger')",
            "TransferEntry('typo', 's', 'HERE:Whol')",
            "TransferEntry('function', 's', 'HERE:function')",
            "TransferEntry('lost', 's', 'no_such_module:Class')",
            "TransferEntry('whole', 's', 'HERE:Whole')",
            "EncoderEntry('blind', 's', 'HERE:Tracker', finds_faces=True)",
        )
    )
    assert found.keys() == {
        *(f"domain transfer {name!r}" for name in ("partial", "stranger", "typo", "function")),
        "domain transfer 'lost'",
        "motion encoder 'blind'",
    }
    assert found["domain transfer 'partial'"].endswith("does not implement transfer")
    assert found["domain transfer 'stranger'"].endswith("is not a DomainTransfer")
    assert found["domain transfer 'typo'"].endswith("has no 'Whol'; did you mean 'Whole'?")
    assert found["domain transfer 'function'"].endswith("is not a class")
    assert "no module 'no_such_module'" in found["domain transfer 'lost'"]
    assert found["motion encoder 'blind'"].endswith("is not a FaceFinder")


def test_a_loose_config_is_found(workshop):
    config = """
from pydantic import BaseModel

class Loose(BaseModel):
    needed: int
"""
    entry = "TransferEntry('t', 's', 'HERE:Whole', config=Loose)"
    said = [problem for _, problem in problems(workshop, entry, before=config)]
    assert said == [
        "Loose is not frozen, or takes options it does not know",
        "option 'needed' of Loose has no default",
        "option 'needed' of Loose has no description",
    ]


def test_a_plugin_module_that_imports_numpy_is_found(workshop):
    entry = "TransferEntry('t', 's', 'HERE:Whole')"
    ((subject, problem),) = problems(workshop, entry, before="import numpy")
    assert subject == "plugin 'checked'"
    assert "imports numpy, which slows every aa command" in problem


def test_a_wrong_recipe_is_found(workshop):
    body = """
@hookimpl
def aa_domains():
    yield DomainEntry("lego", "Lego", recipe={"sound": {"studs": 4}, "absent": {"x": 1}})
"""
    workshop.install("avatarartist-lego", {"lego": workshop.module(body)})
    classes = workshop.module(SOUND)
    sound = f"""
@hookimpl
def aa_components():
    yield TransferEntry("sound", "s", "{classes}:Whole")
"""
    workshop.install("avatarartist-sound", {"sound": workshop.module(sound)})
    (finding,) = check(workshop.read())
    assert finding.subject == "domain 'lego'"
    assert "'sound' has no option 'studs'" in finding.problem


def test_heavy_imports_are_told_apart_from_light_ones():
    assert heavy_imports("avatarartist_core.plan") == []
    assert heavy_imports("avatarartist_core.data") == ["numpy"]
