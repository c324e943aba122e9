"""The GAN and its discriminator from and to the tensors of the authors' pickles."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from aa_next3d.config import DISCRIMINATOR, RASTER, RELEASED, DiscriminatorShape, Next3DShape
from aa_next3d.discriminator import DualDiscriminator
from aa_next3d.gan import Next3D
from aa_next3d.official import discriminator_keys, generator_keys
from avatarartist_core.weights.keys import shapes_of

ENCODER = "triplnae_encoder."
"""Begins the names that only the variant with ``conditions="raster"`` has."""


def generator_from_official(
    state_dict: Mapping[str, Tensor], shape: Next3DShape | None = None
) -> Next3D:
    """Build the GAN that the tensors of ``gan_models/<domain>.pkl`` (its ``G_ema``) make.

    The model uses the tensors given, it does not copy them. Call it with the inputs of the
    official renderer's section 6, by name, and it returns that section's results::

        gan = generator_from_official(state_dict)
        with torch.inference_mode():
            result = gan(
                z=z, c=c, c_render=c_render, mesh=mesh, psi=0.7, cutoff=14,
                noises=BackboneNoise(texture, static, face), u_coarse=u_coarse, u_fine=u_fine,
            )                                        # or ws=ws in place of z, c, psi and cutoff
        result["image"], result["image_raw"], result["image_depth"], result["image_feature"]
        result["planes"], result["triplane"], result["ws"]

    ``c`` is the conditioning camera, ``c_render`` the one drawn from; each noise is 13 arrays in
    call order (b4.conv1, b8.conv0, b8.conv1, ...); ``u_coarse`` and ``u_fine`` are the numbers in
    [0, 1) behind the samples of the rays. See ``Next3D.forward`` for what None stands for.

    Args:
        state_dict: tensors by the authors' names, of Next3D++ or of AvatarArtist's variant.
        shape: sizes of the network; None: the released one of either kind.

    Raises:
        WeightsError: a tensor is missing, not known or of another shape.
    """
    if shape is None:
        has_encoder = any(name.startswith(ENCODER) for name in state_dict)
        shape = RASTER if has_encoder else RELEASED
    with torch.device("meta"):
        gan = Next3D(shape.model_dump(mode="json"))
    tensors = generator_keys(shape).to_ours(state_dict, shapes_of(gan.state_dict()), "generator")
    gan.load_state_dict(tensors, assign=True)
    return gan.eval()


def generator_to_official(gan: Next3D) -> dict[str, Tensor]:
    """Return the tensors in the authors' layout, the constant filters included."""
    return generator_keys(gan.shape).to_official(gan.state_dict())


def discriminator_from_official(
    state_dict: Mapping[str, Tensor], shape: DiscriminatorShape = DISCRIMINATOR
) -> DualDiscriminator:
    """Build the discriminator that the tensors of a pickle's ``D`` make.

    The model uses the tensors given, it does not copy them. Call it with pictures (B, 3, 512, 512)
    and raw pictures (B, 3, 128, 128), both in [-1, 1], and conditioning cameras (B, 25)::

        discriminator = discriminator_from_official(state_dict)
        scores = discriminator(image=image, image_raw=image_raw, c=c)      # (B, 1)

    Args:
        state_dict: tensors by the authors' names.
        shape: sizes of the network.

    Raises:
        WeightsError: a tensor is missing, not known or of another shape.
    """
    with torch.device("meta"):
        discriminator = DualDiscriminator(shape.model_dump(mode="json"))
    shapes = shapes_of(discriminator.state_dict())
    tensors = discriminator_keys(shape).to_ours(state_dict, shapes, "discriminator")
    discriminator.load_state_dict(tensors, assign=True)
    return discriminator.eval()


def discriminator_to_official(discriminator: DualDiscriminator) -> dict[str, Tensor]:
    """Return the tensors in the authors' layout, the constant filters included."""
    return discriminator_keys(discriminator.shape).to_official(discriminator.state_dict())
