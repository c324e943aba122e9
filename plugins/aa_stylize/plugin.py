"""Brings ``stylize``."""

from collections.abc import Iterator

from aa_stylize.config import StylizeConfig
from avatarartist_core.entries import TransferEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    """Yield the transfer."""
    yield TransferEntry(
        name="stylize",
        summary="Redraws a portrait by relief, light, texture and line; needs no weights",
        factory="aa_stylize.transfer:Stylize",
        config=StylizeConfig,
        needs_recipe=True,
    )
