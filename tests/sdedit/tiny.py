"""A tiny Stable Diffusion with random weights, written as a real one is, and nothing downloaded."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    PNDMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

ARRAY_COPY = (
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning:diffusers"
)
"""NumPy's wish to PyTorch, said wherever diffusers makes an array of a tensor."""
ENDS = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>"}


def write_tiny(folder: Path, *, width: int = 32, prediction: str = "epsilon") -> tuple[Path, Path]:
    """Write pipeline and ControlNet; returns their folders.

    Args:
        folder: where.
        width: of the text features: kinds of Stable Diffusion differ in it.
        prediction: what the denoiser was trained to predict.
    """
    torch.manual_seed(width)
    pipeline = StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=_text_encoder(width),
        tokenizer=_tokenizer(folder / "words"),
        unet=_denoiser(width),
        scheduler=PNDMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type=prediction,
            skip_prk_steps=True,
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder / "model", safe_serialization=True)
    controlnet = _controlnet(width)
    controlnet.save_pretrained(folder / "controlnet", safe_serialization=True)
    return folder / "model", folder / "controlnet"


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=[16, 16],
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        latent_channels=4,
        norm_num_groups=8,
    ).eval()


def _denoiser(width: int) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=width,
        attention_head_dim=8,
        norm_num_groups=8,
    ).eval()


def _controlnet(width: int) -> ControlNetModel:
    made = ControlNetModel(
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        cross_attention_dim=width,
        attention_head_dim=8,
        norm_num_groups=8,
        # as many halvings as the VAE has
        conditioning_embedding_out_channels=(16, 32),
    ).eval()
    for layer in (*made.controlnet_down_blocks, made.controlnet_mid_block):
        torch.nn.init.normal_(layer.weight, std=0.1)  # they start at zero, which shows nothing
    torch.nn.init.normal_(made.controlnet_cond_embedding.conv_out.weight, std=0.5)
    return made


def _text_encoder(width: int) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(_vocabulary()),
            hidden_size=width,
            intermediate_size=2 * width,
            num_attention_heads=4,
            num_hidden_layers=3,
            bos_token_id=len(_vocabulary()) - 2,
            eos_token_id=len(_vocabulary()) - 1,
            pad_token_id=len(_vocabulary()) - 1,
        )
    ).eval()


def _vocabulary() -> list[str]:
    letters = sorted(ByteLevel.alphabet())
    return [*letters, *(f"{letter}</w>" for letter in letters), *ENDS.values()]


def _tokenizer(folder: Path) -> CLIPTokenizer:
    folder.mkdir(parents=True)
    numbers = {word: number for number, word in enumerate(_vocabulary())}
    (folder / "vocab.json").write_text(json.dumps(numbers), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    settings = {"model_max_length": 77, "pad_token": ENDS["eos_token"], **ENDS}
    settings |= {"unk_token": ENDS["eos_token"], "tokenizer_class": "CLIPTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return CLIPTokenizer.from_pretrained(folder)
