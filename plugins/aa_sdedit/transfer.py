"""The ``sdedit`` component: a portrait noised and denoised under a prompt, landmarks held."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from aa_sdedit.attempts import first_passing
from aa_sdedit.config import SDEditConfig
from aa_sdedit.landmark_picture import landmark_picture
from aa_sdedit.pipeline import kept_pipeline
from aa_sdedit.tokens import spelled
from avatarartist_core.data import Picture, Portrait
from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import UsageError
from avatarartist_core.interfaces import DomainTransfer, FaceFinder, Progress, silent
from avatarartist_core.prepare.finder import default_finder
from avatarartist_core.transfers import Bounds, deviation, is_flat


class SDEdit(DomainTransfer):
    """SDEdit (Meng et al. 2022) with a landmark ControlNet (Zhang et al. 2023).

    The paper's section 3.2 and supplement A; networks are read on first use.
    """

    config: SDEditConfig

    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        """Carry the picture into the domain; size, landmarks and fit stay those of the input.

        A picture that fails the check is made again with the next seed.

        Raises:
            TransferError: no attempt passed the check; it says what was measured.
            WeightsError: networks are missing.
        """
        prompt, negative = prompts(self.config, domain)

        def made(attempt: int) -> Picture:
            def told(done: int, total: int | None) -> None:
                steps = total or 1
                progress(attempt * steps + done, (attempt + 1) * steps)

            return self._drawn(portrait, prompt, negative, seed + attempt, told)

        picture = first_passing(
            made,
            lambda made: self._faults(portrait, made),
            self.config.attempts,
            f"{portrait.source or 'the portrait'} as {domain.name!r}",
        )
        return replace(portrait, picture=picture, domain=domain.name)

    def _faults(self, portrait: Portrait, picture: Picture) -> list[str]:
        """Say what is wrong with a result; an empty list when it passes or nothing is checked."""
        options = self.config
        if not options.check:
            return []
        if is_flat(picture):
            return ["it is of one colour all over"]
        bounds = Bounds(options.most_landmarks, options.most_rotation, options.most_expression)
        return bounds.faults(deviation(portrait, picture, self._finder))

    def _drawn(
        self, portrait: Portrait, prompt: str, negative: str, seed: int, progress: Progress
    ) -> Picture:
        """Run the pipeline once; returns a picture of the portrait's size."""
        options, pipeline = self.config, self._pipeline
        word, tokenizer = options.textual_inversion_token, pipeline.tokenizer

        def step_done(
            pipe: Any, step: int, timestep: Any, values: dict[str, Any]
        ) -> dict[str, Any]:
            progress(step + 1, pipe.num_timesteps)
            return values

        given: dict[str, Any] = {
            "prompt": spelled(prompt, word, tokenizer),
            "negative_prompt": spelled(negative, word, tokenizer),
            "num_inference_steps": options.steps,
            "guidance_scale": options.guidance,
            # drawn on the CPU, so that a seed means the same noise on every device
            "generator": torch.Generator("cpu").manual_seed(seed),
            "callback_on_step_end": step_done,
            "output_type": "np",
        }
        with torch.inference_mode():
            made = pipeline(**given, **self._pictures(portrait)).images[0]
        return _resized(_bytes(made), len(portrait.picture))

    def _pictures(self, portrait: Portrait) -> dict[str, Any]:
        """Return the pictures that this kind of pipeline reads, and what goes with each."""
        options, side = self.config, self.config.resolution
        given: dict[str, Any] = {}
        lines = landmark_picture(portrait.landmarks, len(portrait.picture), side)
        if options.sdedit:
            source = _resized(portrait.picture, side)
            given |= {"image": _floats(source), "strength": options.strength}
        else:
            given |= {"height": side, "width": side}
        if options.controlnet:
            # without a source picture the ControlNet's own goes by the name "image"
            given["control_image" if options.sdedit else "image"] = _floats(lines)
            given["controlnet_conditioning_scale"] = options.controlnet_scale
        return given

    @property
    def _pipeline(self) -> Any:
        return kept_pipeline(self.config.networks(), self.device)

    @cached_property
    def _finder(self) -> FaceFinder:
        return default_finder()


def prompts(options: SDEditConfig, domain: DomainEntry) -> tuple[str, str]:
    """Return what is asked for and what is to be avoided.

    A learned token that neither names is put before what is to be avoided: that is what the
    published recipe's token is for.

    Raises:
        UsageError: there is nothing to ask for.
    """
    wanted = options.prompt or domain.prompt
    if not wanted:
        raise UsageError(
            f"domain {domain.name!r} has no prompt, and 'sdedit' works by one",
            "Give one: --set transfer.prompt='a portrait in ...'",
        )
    avoided, token = options.negative_prompt or domain.negative_prompt, ""
    if options.textual_inversion and options.textual_inversion_token not in wanted + avoided:
        token = options.textual_inversion_token
    return wanted, ", ".join(part for part in (token, avoided) if part)


def _resized(picture: Picture, side: int) -> Picture:
    if len(picture) == side:
        return picture
    method = cv2.INTER_AREA if side < len(picture) else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=method), np.uint8)


def _floats(picture: Picture) -> NDArray[np.float32]:
    """Return (1, S, S, 3) in [0, 1]."""
    return picture[None].astype(np.float32) / np.float32(255)


def _bytes(made: NDArray[np.float32]) -> Picture:
    """Return uint8 of what is in [0, 1]; numbers that half precision lost become black."""
    return np.rint(np.nan_to_num(made).clip(0, 1) * 255).astype(np.uint8)
