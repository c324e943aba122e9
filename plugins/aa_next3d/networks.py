"""Options of the ``next3d`` generator and the ``cnn`` renderer, and their networks; no torch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from aa_next3d.config import RASTER, RELEASED, TINY, InversionConfig, Next3DShape
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.weights.learned import LearnedConfig, LearnedRendererConfig, NetworkKind


class Next3DConfig(LearnedConfig, InversionConfig, frozen=True, extra="forbid"):
    """How the ``next3d`` generator makes an avatar."""

    source: Literal["portrait", "chance"] = Field(
        "portrait",
        description="Whose avatar: the portrait's, found by inversion, or nobody's, drawn by the "
        "seed.",
    )
    truncation: float = Field(
        0.7, ge=0, le=1, description="How far nobody's latent may stray from the mean; 1: freely."
    )


class CNNConfig(LearnedRendererConfig, frozen=True, extra="forbid"):
    """How the ``cnn`` renderer draws."""


class Network(BaseModel, frozen=True, extra="forbid"):
    """What a bundle's ``config`` says.

    Attributes:
        shape: sizes of the network.
        topology: head model of its mesh maps.
    """

    shape: Next3DShape = RELEASED
    topology: str = "faceverse-v3"


_FULL = Network(shape=RASTER, topology="anny-head")
_TINY = Network(shape=TINY, topology="anny-head")
GAN = NetworkKind(
    "next3d",
    "aa_next3d",
    Network,
    {
        "released": Network(),
        "raster": Network(shape=RASTER),
        "full": _FULL,
        "tiny": _TINY,
    },
)
CNN = NetworkKind(
    "cnn", "aa_next3d", Network, {"released": Network(shape=RASTER), "full": _FULL, "tiny": _TINY}
)
"""Find the networks that options ask for."""


def makes(options: Next3DConfig) -> AvatarSpec:
    """Tell what avatars the generator makes under these options.

    Raises:
        WeightsError: the bundle that the options name is not installed or not whole.
        InputError: the network configuration cannot be used.
    """
    return avatar_of(GAN.asked(options)[0])


def reads(options: CNNConfig) -> tuple[AvatarSpec, MotionSpec]:
    """Tell what avatars and motion the renderer reads under these options.

    Raises:
        WeightsError: the bundle that the options name is not installed or not whole.
        InputError: the network configuration cannot be used.
    """
    about = CNN.asked(options)[0]
    return avatar_of(about), MotionSpec(about.topology)


def cuts_out(options: CNNConfig) -> bool:
    """Tell whether the network draws the person without the background."""
    return CNN.asked(options)[0].shape.surface is not None


def avatar_of(about: Network) -> AvatarSpec:
    """Describe the triplanes of a network."""
    shape = about.shape
    return AvatarSpec(
        representation="triplane",
        topology=about.topology,
        channels=shape.plane_channels,
        resolution=shape.plane_resolution,
        axes=shape.volume.axes,
        extent=shape.volume.extent,
        face_box=shape.face_box.shares,
    )
