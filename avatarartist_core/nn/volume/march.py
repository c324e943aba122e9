"""Marches rays through triplanes by whatever is quickest here."""

# B batch, N rays, F features

from torch import Tensor

from avatarartist_core.nn.volume.composite import Marched
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.plain import Decoder, march_plain
from avatarartist_core.nn.volume.rays import Rays


def march(
    planes: Tensor,
    rays: Rays,
    decoder: Decoder,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
) -> Marched:
    """Render features, depth and opacity along rays.

    Without the random arrays the result is deterministic: samples in the middle of their steps,
    fine ones spread evenly over the cumulative weight.

    Args:
        planes: (B, P, C, H, W).
        rays: of B cameras.
        decoder: usually a ``FeatureDecoder``.
        config: samples, bounds, axes.
        u_coarse: jitter in [0, 1), B x N x coarse values in that order (``draw_jitter``).
        u_fine: shares in [0, 1], B x N x fine values in that order.
    """
    return march_plain(planes, rays, decoder, config, u_coarse, u_fine)
