"""Brings ``sdedit``."""

from collections.abc import Iterator

from aa_sdedit.config import SDEditConfig
from avatarartist_core.entries import TransferEntry
from avatarartist_core.hookspecs import hookimpl

_UNCHECKED: dict[str, object] = {"check": False}  # what fails the check is to be counted too


def ready(options: SDEditConfig) -> None:
    """Look for the networks before a run; what is to be fetched is fetched later.

    Raises:
        WeightsError: some are not on this machine.
    """
    from aa_sdedit.weights import check

    check(options)


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    """Yield the transfer."""
    yield TransferEntry(
        name="sdedit",
        summary="Stable Diffusion from the portrait and a prompt, landmarks held by a ControlNet; "
        "weights are not shipped.",
        factory="aa_sdedit.transfer:SDEdit",
        config=SDEditConfig,
        ready=ready,
        ablations={
            "full": _UNCHECKED,
            "without ControlNet": {**_UNCHECKED, "controlnet": False},
            "without SDEdit": {**_UNCHECKED, "sdedit": False},
        },
    )
