"""What makes an entry usable, checked before it is registered and without importing its class."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from avatarartist_core.entries import (
    DomainEntry,
    EncoderEntry,
    Entry,
    FeatureEntry,
    GeneratorEntry,
    HeadEntry,
    Importer,
    RendererEntry,
    SourceEntry,
    StageEntry,
    TransferEntry,
)
from avatarartist_core.specs import AvatarSpec, MotionSpec

KINDS = (
    GeneratorEntry,
    RendererEntry,
    EncoderEntry,
    TransferEntry,
    HeadEntry,
    SourceEntry,
    StageEntry,
    FeatureEntry,
)
"""What ``aa_components`` may yield."""

_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_CLASS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")

_FIELD_TYPES: dict[str, type] = {
    "summary": str,
    "licence": str,
    "title": str,
    "wording": str,
    "base_model": str,
    "as_is": bool,
    "prompt": str,
    "negative_prompt": str,
    "recipe": dict,
    "produces": AvatarSpec,
    "accepts": AvatarSpec,
    "provides": MotionSpec,
    "needs": MotionSpec,
    "domains": tuple,
    "topology": str,
    "finds_faces": bool,
    "samples": bool,
    "importers": tuple,
    "takes_path": bool,
    "needs_recipe": bool,
    "ablations": dict,
    "presets": str,
}


def kind_fault(entry: object, hook: str) -> str:
    """Say why ``hook`` may not yield ``entry`` at all, or return an empty string."""
    if isinstance(entry, DomainEntry if hook == "aa_domains" else KINDS):
        return ""
    said = f"{hook} yielded {_described(entry)}"
    if isinstance(entry, DomainEntry):
        return f"{said}; domains come from aa_domains"
    if isinstance(entry, KINDS):
        return f"{said}; components come from aa_components"
    wanted = "DomainEntry" if hook == "aa_domains" else _either(KINDS)
    return f"{said}, not a {wanted}"


def faults(entry: Entry | DomainEntry) -> Iterator[str]:
    """Yield what is wrong with an entry of the right kind, field by field."""
    if not isinstance(entry.name, str) or not _NAME.fullmatch(entry.name):
        yield f"name {entry.name!r} is not lower-case letters, digits and single hyphens"
    for name, wanted in _FIELD_TYPES.items():
        value = getattr(entry, name, None)
        if hasattr(entry, name) and not isinstance(value, wanted):
            yield f"{name} is {value!r}, not a {wanted.__name__}"
    if isinstance(entry, DomainEntry):
        yield from _domain_faults(entry)
        return
    if not _is_class_path(entry.factory):
        yield f"factory {entry.factory!r} is not written 'package.module:Class'"
    if isinstance(entry, GeneratorEntry) and entry.avatar and not _is_class_path(entry.avatar):
        yield f"avatar {entry.avatar!r} is not written 'package.module:Class'"
    if not isinstance(cuts := getattr(entry, "cuts_out", True), bool) and not callable(cuts):
        yield f"cuts_out is {cuts!r}, neither a bool nor a function of the options"
    if (specify := getattr(entry, "specify", None)) is not None and not callable(specify):
        yield f"specify is {specify!r}, not a function of the options"
    if (ready := getattr(entry, "ready", None)) is not None and not callable(ready):
        yield f"ready is {ready!r}, not a function of the options"
    for importer in entry.importers:
        if not isinstance(importer, Importer) or not _is_class_path(importer.convert):
            yield f"importers holds {importer!r}, not an Importer with a function to convert"
    if not isinstance(entry.config, type) or not issubclass(entry.config, BaseModel):
        yield f"config is {entry.config!r}, not a pydantic model class"
    elif "name" in entry.config.model_fields:
        yield "config has an option called 'name', which names the component in run.toml"


def _domain_faults(domain: DomainEntry) -> Iterator[str]:
    number = domain.number
    if number is not None and (not isinstance(number, int) or number < 0):
        yield f"number is {number!r}, not a whole number from 0 or None"
    if not isinstance(domain.recipe, dict):
        return
    for transfer, options in domain.recipe.items():
        if not isinstance(options, dict):
            yield f"recipe for {transfer} is {options!r}, not a table of options"
    if domain.as_is is True and domain.recipe:
        yield "as_is says that no transfer goes there, yet it has recipes"


def _is_class_path(value: object) -> bool:
    return isinstance(value, str) and bool(_CLASS.fullmatch(value))


def _described(entry: object) -> str:
    if isinstance(entry, type):
        return f"the class {entry.__name__}"
    name = type(entry).__name__
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"


def _either(kinds: tuple[type, ...]) -> str:
    names = [kind.__name__ for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}"
