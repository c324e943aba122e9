"""Options of the ``vit`` renderer, and which network they ask for; no torch."""

from __future__ import annotations

from pydantic import BaseModel, Field

from aa_vit.config import PRESETS, ViTShape
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.weights.learned import LearnedRendererConfig, NetworkKind


class ViTConfig(LearnedRendererConfig, frozen=True, extra="forbid"):
    """How the ``vit`` renderer draws."""

    motion_scale: float = Field(
        1.0, ge=0, le=2, description="Strength of the implicit motion; 0: the mesh map alone."
    )


class Network(BaseModel, frozen=True, extra="forbid"):
    """What a bundle's ``config`` says.

    Attributes:
        shape: sizes of the network.
        topology: head model of its mesh maps.
        embedding: name of the implicit motion embedding that it reads.
    """

    shape: ViTShape = ViTShape()
    topology: str = "faceverse-v3"
    embedding: str = "pdfgc"


NETWORKS = {
    "released": Network(shape=PRESETS["released"]),
    "paper": Network(shape=PRESETS["paper"]),
    "full": Network(
        shape=PRESETS["released"].model_copy(update={"motion_size": 54}),
        topology="anny-head",
        embedding="arkit-gaze",
    ),
    "tiny": Network(shape=PRESETS["tiny"], topology="anny-head", embedding="arkit-gaze"),
    "small-surface": Network(
        shape=PRESETS["small-surface"], topology="anny-head", embedding="arkit-gaze"
    ),
}
"""Networks by name: of the published weights, of the paper's text, the published size and two
small ones on the head model that ships."""

KIND = NetworkKind("vit", "aa_vit", Network, NETWORKS)
"""Finds the network that options ask for."""


def reads(options: ViTConfig) -> tuple[AvatarSpec, MotionSpec]:
    """Tell what avatars and motion the renderer reads under these options.

    Raises:
        WeightsError: the bundle that the options name is not installed or not whole.
        InputError: the network configuration cannot be used.
    """
    return specs_of(KIND.asked(options)[0])


def cuts_out(options: ViTConfig) -> bool:
    """Tell whether the network draws the person without the background."""
    return KIND.asked(options)[0].shape.surface is not None


def specs_of(about: Network) -> tuple[AvatarSpec, MotionSpec]:
    """Tell what avatars and motion a network reads."""
    shape = about.shape
    volume = shape.volume
    avatar = AvatarSpec(
        representation="triplane",
        topology=about.topology,
        channels=shape.plane_channels,
        resolution=shape.plane_resolution,
        axes=volume.axes,
        extent=volume.extent,
        face_box=shape.face_box.shares,
    )
    derived = about.embedding == "arkit-gaze"  # any motion of the topology holds it
    return avatar, MotionSpec(about.topology, None if derived else about.embedding)
