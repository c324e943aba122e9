"""The diffusers pipeline that a configuration asks for, put together from safetensors alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from aa_sdedit.config import SDEditConfig
from aa_sdedit.tokens import add_word
from aa_sdedit.weights import HALF, Places, is_half, locate
from avatarartist_core.errors import AvatarArtistError, UsageError, WeightsError

# class name and what its configuration is given; latents, unlike pixels, have no range to clip to
_SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "dpmsolver++": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    "dpmsolver++sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "ddim": ("DDIMScheduler", {"clip_sample": False}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
}
_KARRAS = ("dpmsolver++", "dpmsolver++sde", "euler", "heun", "unipc")
_NO_SAFETY = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
_LORA = "lora"


@lru_cache(maxsize=1)
def kept_pipeline(config: SDEditConfig, device: str) -> Any:
    """Make a pipeline, or hand out the last one again when it is the same.

    Many domains differ in prompt and strength alone: each component asks for its pipeline whenever
    it draws and holds none, so the memory of one is enough for all of them.

    Args:
        config: of ``SDEditConfig.networks``.
        device: where it runs.
    """
    return make_pipeline(config, device)


def make_pipeline(config: SDEditConfig, device: str) -> Any:
    """Read every network and put the pipeline on the device.

    Which of four classes it is follows from ``sdedit`` (image to image, or text to image) and
    ``controlnet``.

    Raises:
        WeightsError: a network is missing, damaged or does not fit the others.
        UsageError: an option does not go with this machine.
    """
    _check_machine(config, device)
    places = locate(config)
    with _silence():
        try:
            pipeline = _read(places, config)
        except (OSError, SafetensorError, ValueError, RuntimeError, KeyError) as error:
            first = str(error).strip().partition("\n")[0]
            raise WeightsError(
                f"the networks of 'sdedit' cannot be read: {first}",
                "All of them have to be of one kind of Stable Diffusion: "
                f"--set transfer.base={config.base} says {config.base!r}.",
            ) from error
        if places.textual_inversion is not None:
            word, tensors = config.textual_inversion_token, _tensors(places.textual_inversion)
            add_word(pipeline.tokenizer, pipeline.text_encoder, word, tensors)
        _add_lora(pipeline, places.lora, config)
        _cut(pipeline.text_encoder, config.clip_skip)
        _place(pipeline, config, device)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def dtype_of(config: SDEditConfig, device: str) -> torch.dtype:
    """Return the arithmetic: what is asked for, or half precision on a GPU alone."""
    if config.precision == "auto":
        return torch.float16 if device.startswith(("cuda", "xpu")) else torch.float32
    dtype: torch.dtype = getattr(torch, config.precision)
    return dtype


def _read(places: Places, config: SDEditConfig) -> Any:
    networks = _stable_diffusion(places).components
    width = networks["unet"].config.cross_attention_dim
    if width != networks["text_encoder"].config.hidden_size:
        raise ValueError("the text encoder and the denoiser are of different widths")
    if places.vae is not None:
        networks["vae"] = diffusers.AutoencoderKL.from_pretrained(
            places.vae, use_safetensors=True, variant=_variant(places.vae)
        )
    networks["scheduler"] = make_scheduler(config, networks["scheduler"])
    if places.controlnet is None:
        kind = "StableDiffusionImg2ImgPipeline" if config.sdedit else "StableDiffusionPipeline"
    else:
        controlnet = networks["controlnet"] = diffusers.ControlNetModel.from_pretrained(
            places.controlnet,
            use_safetensors=True,
            variant=_variant(places.controlnet),
        )
        if controlnet.config.cross_attention_dim != width:
            raise ValueError(
                f"the ControlNet reads text of width {controlnet.config.cross_attention_dim}, "
                f"the denoiser {width}"
            )
        kind = f"StableDiffusionControlNet{'Img2Img' if config.sdedit else ''}Pipeline"
    networks |= _NO_SAFETY
    return getattr(diffusers, kind)(**networks)


def _stable_diffusion(places: Places) -> Any:
    """Read denoiser, VAE, text encoder, tokenizer and scheduler."""
    if places.model.is_file():
        return diffusers.StableDiffusionPipeline.from_single_file(
            str(places.model),
            config=str(places.configs),
            local_files_only=True,
            **_NO_SAFETY,
        )
    return diffusers.StableDiffusionPipeline.from_pretrained(
        places.model,
        use_safetensors=True,
        local_files_only=True,
        variant=_variant(places.model),
        image_encoder=None,
        **_NO_SAFETY,
    )


def _variant(folder: Path) -> str | None:
    return HALF if is_half(folder) else None


def make_scheduler(config: SDEditConfig, trained: Any) -> Any:
    """Make the scheduler; noise levels and what the network predicts are the checkpoint's."""
    name, options = _SCHEDULERS[config.scheduler]
    if config.scheduler in _KARRAS:
        options = {**options, "use_karras_sigmas": config.karras}
    return getattr(diffusers, name).from_config(trained.config, **options)


def _add_lora(pipeline: Any, file: Path | None, config: SDEditConfig) -> None:
    """Lay a LoRA over denoiser and text encoder."""
    if file is None:
        return
    tensors = _tensors(file)
    try:
        pipeline.load_lora_weights(tensors, adapter_name=_LORA)
        pipeline.set_adapters([_LORA], [config.lora_weight])
    except (RuntimeError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise WeightsError(
            f"LoRA {str(file)!r} does not fit: {first}",
            f"Take one that was trained for base {config.base!r}.",
        ) from error


def _cut(text_encoder: Any, layers: int) -> None:
    """Leave out the last layers; what is left still ends in the final normalisation.

    The pipelines have an option for it, which fails where transformers 5 holds the text model flat.
    """
    if not layers:
        return
    encoder = getattr(text_encoder, "text_model", text_encoder).encoder
    if layers >= len(encoder.layers):
        raise UsageError(
            f"clip_skip = {layers} leaves none of the text encoder's {len(encoder.layers)} layers",
            "1 is usual for fine-tunes of Stable Diffusion 1.5, 0 for 2.1.",
        )
    del encoder.layers[-layers:]
    text_encoder.config.num_hidden_layers = len(encoder.layers)


def _tensors(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{str(file)!r} is no safetensors file: {error}", "Get it again from its owners."
        ) from error


def _place(pipeline: Any, config: SDEditConfig, device: str) -> None:
    pipeline.to(dtype_of(config, device))
    if config.attention_slicing:
        pipeline.enable_attention_slicing()
    if config.offload == "model":
        pipeline.enable_model_cpu_offload(device=device)
    elif config.offload == "sequential":
        pipeline.enable_sequential_cpu_offload(device=device)
    else:
        pipeline.to(device)


def _check_machine(config: SDEditConfig, device: str) -> None:
    if config.offload != "none" and device == "cpu":
        raise UsageError(
            f"offload = {config.offload!r} has no meaning on the CPU",
            "Leave it out, or run on a GPU: --device cuda",
        )
    needed = {"peft": bool(config.lora), "accelerate": config.offload != "none"}
    for module in [name for name, used in needed.items() if used and find_spec(name) is None]:
        raise AvatarArtistError(
            f"these options of 'sdedit' need the missing module {module!r}",
            f"Install it: pip install {module}",
        )


@contextmanager
def _silence(libraries: Sequence[Any] = (diffusers, transformers)) -> Iterator[None]:
    """Keep the libraries' own bars and remarks off the terminal while networks are read."""
    before = [library.utils.logging.get_verbosity() for library in libraries]
    for library in libraries:
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        for library, verbosity in zip(libraries, before, strict=True):
            library.utils.logging.set_verbosity(verbosity)
            library.utils.logging.enable_progress_bar()
