"""Names of the GAN's and the discriminator's tensors in the authors' pickles, paired with ours."""

from __future__ import annotations

from aa_next3d.config import DiscriminatorShape, Next3DShape
from avatarartist_core.nn.stylegan import official as styled
from avatarartist_core.nn.stylegan.official import Names, StyleKeyMap

FIELD = Names(
    {
        "decoder.net.0.weight": "field.hidden_weight",
        "decoder.net.0.bias": "field.hidden_bias",
        "decoder.net.2.weight": "field.out_weight",
        "decoder.net.2.bias": "field.out_bias",
    }
)


def generator_keys(shape: Next3DShape) -> StyleKeyMap:
    """Pair every tensor of a GAN of this shape ([A], or with ``conditions="raster"`` [B])."""
    backbone, mapping = styled.synthesis_network(shape.sides), styled.mapping(shape.mapping_layers)
    parts = [
        mapping.under("backbone.mapping.", "mapping."),
        mapping.under("texture_backbone.mapping.", "texture_mapping."),
        mapping.under("face_backbone.mapping.", "face_mapping."),
        backbone.under("texture_backbone.synthesis.", "texture."),
        backbone.under("backbone.synthesis.", "static."),
        backbone.under("face_backbone.synthesis.", "face.generator."),
        styled.super_resolution().under("superresolution.", "super_resolution."),
        FIELD,
    ]
    if shape.conditions == "raster":
        parts.append(styled.raster_encoder().under("triplnae_encoder.", "face.encoder."))
    return StyleKeyMap(styled.joined(parts))


def discriminator_keys(shape: DiscriminatorShape) -> StyleKeyMap:
    """Pair every tensor of a discriminator of this shape ([C])."""
    halving = [
        _block(is_first=place == 0).under(f"b{side}.", f"blocks.{place}.")
        for place, side in enumerate(shape.sides[:-1])
    ]
    last = (
        styled.convolution().under("b4.conv.", "convolution."),
        styled.linear().under("b4.fc.", "dense."),
        styled.linear().under("b4.out.", "out."),
        styled.mapping(shape.mapping_layers, average=False).under("mapping.", "mapping."),
        Names(filters=(styled.FILTER,)),
    )
    return StyleKeyMap(styled.joined((*halving, *last)))


def _block(*, is_first: bool) -> Names:
    parts = [
        styled.convolution().under("conv0.", "first."),
        styled.convolution().under("conv1.", "second."),
        styled.convolution(bias=False).under("skip.", "straight."),
        Names(filters=(styled.FILTER,)),
    ]
    if is_first:
        parts.append(styled.convolution().under("fromrgb.", "from_pictures."))
    return styled.joined(parts)
