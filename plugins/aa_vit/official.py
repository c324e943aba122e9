"""Names of the network's tensors in the authors' ``render.pkl``, paired with ours."""

from __future__ import annotations

from collections.abc import Iterator

from aa_vit.config import ViTShape
from avatarartist_core.nn.stylegan import official as styled
from avatarartist_core.weights.keys import conv_aliases

Pairs = Iterator[tuple[str, str]]


FIELD = {
    "decoder.net.0.weight": "field.hidden_weight",
    "decoder.net.0.bias": "field.hidden_bias",
    "decoder.net.2.weight": "field.out_weight",
    "decoder.net.2.bias": "field.out_bias",
}


def key_map(shape: ViTShape) -> styled.StyleKeyMap:
    """Pair every tensor of a network of this shape, its own style code excepted."""
    pairs = {
        **dict(portrait_pairs(shape)),
        **dict(plane_encoder_pairs()),
        **dict(motion_transformer_pairs(shape)),
        **dict(decoder_pairs()),
        **FIELD,
    }
    return styled.StyleKeyMap(styled.Names(pairs) + styled_names(shape), conv_aliases(pairs))


def styled_names(shape: ViTShape) -> styled.Names:
    """Name the parts that a style code or equalised layers run through."""
    sides = [2**power for power in range(2, shape.plane_resolution.bit_length())]
    generator = styled.synthesis_network(sides)
    return styled.joined(
        (
            generator.under("face_backbone.synthesis.", "face.generator."),
            styled.mapping().under("face_backbone.mapping.", "face_mapping."),
            styled.raster_encoder().under("triplnae_encoder.", "face.encoder."),
            styled.super_resolution().under("superresolution.", "super_resolution."),
        )
    )


def portrait_pairs(shape: ViTShape) -> Pairs:
    """Pair both image encoders."""
    yield from _global("encoder_global", "global_encoder", shape)
    for index in range(len(shape.detail_widths)):
        official = f"encoder_detail.encoder.{2 * index}"
        yield from _affine(official, f"detail_encoder.convs.{index}")


def plane_encoder_pairs() -> Pairs:
    """Pair the 3-D convolutions over the composed planes."""
    theirs, ours = "encoder_global_latent_tri", "plane_encoder"
    yield from _affine(f"{theirs}.conv_first.conv", f"{ours}.first")
    for level, name in enumerate(("half", "quarter")):
        halving = "halve" if level == 0 else "quarter"
        yield from _affine(f"{theirs}.conv_blocks.{level}.down.conv", f"{ours}.{halving}")
        for part in (1, 2):
            block, refine = f"{theirs}.conv_blocks.{level}.res", f"{ours}.refine_{name}"
            yield from _affine(f"{block}.norm{part}", f"{refine}.norm{part}")
            yield from _affine(f"{block}.conv{part}.conv", f"{refine}.conv{part}")
    yield from _affine(f"{theirs}.final_block.0", f"{ours}.norm")
    yield from _affine(f"{theirs}.final_block.2.conv", f"{ours}.last")


def motion_transformer_pairs(shape: ViTShape) -> Pairs:
    """Pair the motion transformer."""
    theirs, ours = "encoder_canonical", "motion_transformer"
    for tail, motion in (("_neutral", "source_motion"), ("", "target_motion")):
        yield from _affine(f"{theirs}.maps{tail}.0", f"{ours}.{motion}.first")
        yield from _affine(f"{theirs}.maps{tail}.2", f"{ours}.{motion}.second")
        yield from _affine(f"{theirs}.proj_y{tail}", f"{ours}.{motion}.project")
    yield from _embedding(f"{theirs}.patch_embed", f"{ours}.embed")
    for index in range(shape.neutral_depth):
        yield from motion_block_pairs(
            f"{theirs}.trans_blocks_neutral.{index}", f"{ours}.neutralise.{index}"
        )
    for index in range(shape.motion_depth):
        yield from motion_block_pairs(
            f"{theirs}.trans_blocks_motion.{index}", f"{ours}.animate.{index}"
        )
    yield from _stack(f"{theirs}.convs_1", f"{ours}.plane_stem", len(shape.plane_stem_widths))
    for number, place in enumerate((1, 4, 6), start=1):
        yield from _affine(f"{theirs}.convs.{place}", f"{ours}.expand.conv{number}")


def decoder_pairs() -> Pairs:
    """Pair the triplane decoder."""
    theirs, ours = "generator_triplane", "triplane_decoder"
    yield from _stack(f"{theirs}.convs1", f"{ours}.stem", 2)
    yield from _embedding(f"{theirs}.patch_embed", f"{ours}.embed")
    yield from reduced_block_pairs(f"{theirs}.trans_blocks.0", f"{ours}.block")
    for convs, last, stack in (
        ("convs2", "conv_last", "shape_planes"),
        ("convs3", "conv_last_2", "fuse_planes"),
    ):
        yield from _stack(f"{theirs}.{convs}", f"{ours}.{stack}", 3)
        yield from _affine(f"{theirs}.{last}", f"{ours}.{stack}.convs.3")


def motion_block_pairs(theirs: str, ours: str) -> Pairs:
    """Pair one block of the motion transformer."""
    for official, name in (("2", "motion"), ("1", "self")):
        yield from _affine(f"{theirs}.norm{official}", f"{ours}.before_{name}")
        yield from _attention(f"{theirs}.attn{official}", f"{ours}.{name}_attention")
    yield from _affine(f"{theirs}.norm3", f"{ours}.before_mlp")
    yield from _mlp(f"{theirs}.mlp", f"{ours}.mlp")


def reduced_block_pairs(theirs: str, ours: str) -> Pairs:
    """Pair the block of the triplane decoder."""
    yield from _affine(f"{theirs}.norm1", f"{ours}.before_self")
    yield from _attention(f"{theirs}.attn", f"{ours}.self_attention")
    yield from _affine(f"{theirs}.attn.sr", f"{ours}.self_attention.reduce")
    yield from _affine(f"{theirs}.attn.norm", f"{ours}.self_attention.norm")
    yield from _affine(f"{theirs}.norm2", f"{ours}.before_mlp")
    yield from _mlp(f"{theirs}.mlp", f"{ours}.mlp")


def _global(theirs: str, ours: str, shape: ViTShape) -> Pairs:
    yield f"{theirs}.encoder.conv1.weight", f"{ours}.stem.weight"
    before = shape.stage_widths[0]
    for stage, (width, depth) in enumerate(
        zip(shape.stage_widths, shape.stage_depths, strict=True)
    ):
        for index in range(depth):
            official = f"{theirs}.encoder.layer{stage + 1}.{index}"
            block = f"{ours}.stages.{stage}.{index}"
            yield f"{official}.conv1.weight", f"{block}.conv1.weight"
            yield f"{official}.conv2.weight", f"{block}.conv2.weight"
            if index == 0 and (stage == 1 or width != before):
                yield f"{official}.downsample.0.weight", f"{block}.shortcut.weight"
        before = width
    pyramid, branches = f"{ours}.pyramid", f"{theirs}.decoder.0.convs"
    reaches = len(shape.pyramid_dilations)
    yield f"{branches}.0.0.weight", f"{pyramid}.near.weight"
    for index in range(reaches):
        yield f"{branches}.{index + 1}.0.weight", f"{pyramid}.far.{index}.weight"
    yield f"{branches}.{reaches + 1}.1.weight", f"{pyramid}.everywhere.weight"
    yield f"{theirs}.decoder.0.project.0.weight", f"{pyramid}.merge.weight"
    yield f"{theirs}.decoder.1.weight", f"{pyramid}.smooth.weight"


def _attention(theirs: str, ours: str) -> Pairs:
    yield from _affine(f"{theirs}.q", f"{ours}.query")
    yield from _affine(f"{theirs}.kv", f"{ours}.key_value")
    yield from _affine(f"{theirs}.proj", f"{ours}.out")


def _mlp(theirs: str, ours: str) -> Pairs:
    yield from _affine(f"{theirs}.fc1", f"{ours}.widen")
    yield from _affine(f"{theirs}.dwconv.dwconv", f"{ours}.neighbours")
    yield from _affine(f"{theirs}.fc2", f"{ours}.narrow")


def _embedding(theirs: str, ours: str) -> Pairs:
    yield from _affine(f"{theirs}.proj", f"{ours}.patches")
    yield from _affine(f"{theirs}.norm", f"{ours}.norm")


def _stack(theirs: str, ours: str, convs: int) -> Pairs:
    for index in range(convs):
        yield from _affine(f"{theirs}.{2 * index}", f"{ours}.convs.{index}")


def _affine(theirs: str, ours: str) -> Pairs:
    yield f"{theirs}.weight", f"{ours}.weight"
    yield f"{theirs}.bias", f"{ours}.bias"
