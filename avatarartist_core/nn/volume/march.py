"""Marches rays through triplanes by whatever is quickest here."""

# B batch, P planes, C channels, N rays

import logging
from functools import cache
from importlib.util import find_spec

import torch
from torch import Tensor

from avatarartist_core.compiled import can_compile
from avatarartist_core.nn.volume.composite import Marched
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.plain import Decoder, march_plain
from avatarartist_core.nn.volume.rays import Rays

_log = logging.getLogger(__name__)


def march(
    planes: Tensor,
    rays: Rays,
    decoder: Decoder,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
    *,
    exact: bool = False,
) -> Marched:
    """Render features, depth and opacity along rays.

    Without the random arrays the result is deterministic: samples in the middle of their steps,
    fine ones spread evenly over the cumulative weight. Where neither gradients nor the authors'
    bounds (``config.shared_bounds``) are asked for, a fused marcher takes over; it stops rays early
    and is within 1e-3 of the plain one.

    Args:
        planes: (B, P, C, H, W), or (1, P, C, H, W) seen by all cameras.
        rays: of B cameras.
        decoder: usually a ``FeatureDecoder``; the fused marchers know no other,
            and no neck.
        config: samples, bounds, axes.
        u_coarse: jitter in [0, 1), B x N x coarse values in that order (``draw_jitter``).
        u_fine: shares in [0, 1], B x N x fine values in that order.
        exact: stop no ray early and skip no sample: within 1e-4 of the plain marcher.
    """
    planes = planes.expand(len(rays.origins), -1, -1, -1, -1)
    given = (planes, rays, decoder, config, u_coarse, u_fine)
    # Who asks for the authors' bounds compares with their code: plain torch is that to the bit.
    if config.shared_bounds or rays.torso is not None or not isinstance(decoder, FeatureDecoder):
        return march_plain(*given)
    if _needs_gradients(planes, rays, decoder):
        return march_plain(*given)
    if planes.device.type == "cpu" and can_compile():
        from avatarartist_core.nn.volume.fused import march_fused

        return march_fused(planes, rays, decoder, config, u_coarse, u_fine, exact=exact)
    if planes.device.type == "cuda" and _has_triton():
        try:
            from avatarartist_core.nn.volume.triton_look import march_triton

            return march_triton(planes, rays, decoder, config, u_coarse, u_fine)
        except Exception as error:  # noqa: BLE001 - whatever its compiler raises, torch goes on
            _warn_once(f"{type(error).__name__}: {error}")
    return march_plain(*given)


def _needs_gradients(planes: Tensor, rays: Rays, decoder: FeatureDecoder) -> bool:
    if torch.compiler.is_compiling():
        return True
    tensors = (planes, rays.origins, rays.directions, *decoder.parameters())
    return torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)


@cache
def _has_triton() -> bool:
    return find_spec("triton") is not None


@cache
def _warn_once(fault: str) -> None:
    _log.warning("rays are marched by plain torch, for the Triton kernel fails: %s", fault)
