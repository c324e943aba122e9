"""Parts of the network against the authors' numbers, on their seeded weights."""

import pytest
import torch

from aa_vit.blocks import MotionBlock, PatchEmbedding, ReducedBlock
from aa_vit.config import RELEASED
from aa_vit.image_encoders import DetailEncoder, GlobalEncoder
from aa_vit.motion_transformer import MotionTransformer
from aa_vit.official import (
    decoder_pairs,
    motion_block_pairs,
    motion_transformer_pairs,
    plane_encoder_pairs,
    portrait_pairs,
    reduced_block_pairs,
)
from aa_vit.plane_encoder import PlaneEncoder
from aa_vit.triplane_decoder import TriplaneDecoder
from tests.vit.goldens import LIMIT, golden, loaded, needs_goldens, recipe, relative_error, seeded

pytestmark = needs_goldens
GRID = (6, 6)


@pytest.fixture(autouse=True)
def _without_gradients():
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def portrait_parts():
    pairs = list(portrait_pairs(RELEASED))
    one, other = (
        [pair for pair in pairs if pair[1].startswith(name)]
        for name in ("global_encoder", "detail_encoder")
    )
    sizes = (RELEASED.stage_widths, RELEASED.stage_depths)
    pyramid = (RELEASED.pyramid_width, RELEASED.pyramid_dilations)
    return (
        seeded(GlobalEncoder(*sizes, *pyramid), one, "global_encoder"),
        seeded(DetailEncoder(RELEASED.detail_widths), other, "detail_encoder"),
    )


@pytest.fixture(scope="module")
def inputs():
    make = recipe()
    return {
        "img": make.uniform("sub.img", (1, 3, 64, 64)) * 2 - 1,
        "planes": make.normal("sub.planes", (1, 3, 32, 32, 32)),
        "motion": make.normal("sub.mot", (1, 548)),
        "motion_app": make.normal("sub.mot_app", (1, 548)),
    }


def error(name, given):
    expected, notes = golden("submodules_recipe")
    return relative_error(given, expected[name], notes.get(name, ""))


@pytest.mark.parametrize(
    ("scale", "name"), [(1.0, "out"), (torch.tensor([1.0, 0.0]), "out_scale_1_0")]
)
def test_a_motion_block_is_the_authors(scale, name):
    tensors, _ = golden("vit_tri")
    block = loaded(MotionBlock(16, 4, 2), motion_block_pairs("", ""), "cross/sd/", tensors)
    given = block(tensors["x"], tensors["y"], GRID, scale)
    assert relative_error(given, tensors[f"cross/{name}"]) < LIMIT


def test_a_reduced_block_is_the_authors():
    tensors, _ = golden("vit_tri")
    block = loaded(ReducedBlock(16, 2, 2, 2), reduced_block_pairs("", ""), "self/sd/", tensors)
    assert relative_error(block(tensors["x"], GRID), tensors["self/out"]) < LIMIT


def test_patches_are_the_authors():
    tensors, _ = golden("vit_tri")
    embed = PatchEmbedding(5, 16)
    names = {"patches": "proj", "norm": "norm"}
    embed.load_state_dict(
        {
            f"{ours}.{kind}": tensors[f"embed/sd/{theirs}.{kind}"]
            for ours, theirs in names.items()
            for kind in ("weight", "bias")
        }
    )
    tokens, grid = embed(tensors["im"])
    assert grid == GRID
    assert relative_error(tokens, tensors["embed/out"]) < LIMIT


def test_a_small_plane_encoder_is_the_authors():
    tensors, _ = golden("vit_tri")
    root = "encoder_global_latent_tri"
    pairs = [
        (theirs.removeprefix(root), ours.removeprefix("plane_encoder"))
        for theirs, ours in plane_encoder_pairs()
    ]
    encoder = loaded(PlaneEncoder(4, (16, 32, 64, 6)), pairs, "tri/sd/", tensors)
    given = encoder(tensors["tri_in"].transpose(1, 2))
    assert relative_error(given, tensors["tri/out"].flatten(1, 2)) < LIMIT


def test_the_portrait_is_encoded_as_the_authors_do(portrait_parts, inputs):
    whole, detail = portrait_parts
    for number, stage in enumerate(whole.stage_features(inputs["img"]), start=1):
        assert error(f"encoder_global.feat{number}", stage) < LIMIT
    assert error("encoder_global", whole(inputs["img"])) < LIMIT
    assert error("encoder_detail", detail(inputs["img"])) < LIMIT


def test_the_rest_is_the_authors_from_end_to_end(portrait_parts, inputs):
    meaning, detail = (encoder(inputs["img"]) for encoder in portrait_parts)
    encoder = PlaneEncoder(RELEASED.plane_channels, RELEASED.plane_encoder_widths)
    encoder = seeded(encoder, plane_encoder_pairs(), "plane_encoder")
    encoded = encoder(inputs["planes"])
    assert error("encoder_global_latent_tri", encoded.unflatten(1, (-1, 3))) < LIMIT

    with torch.device("meta"):
        transformer = MotionTransformer(RELEASED)
    pairs = motion_transformer_pairs(RELEASED)
    transformer = seeded(transformer, pairs, "motion_transformer")
    source = transformer.source_motion(inputs["motion_app"])
    target = transformer.target_motion(inputs["motion"])
    for scale in (0.0, 1.0):
        coarse = transformer.transform(meaning, encoded, source, target, scale)
        assert error(f"encoder_canonical.lr.scale{scale:.0f}", coarse) < LIMIT
        animated = transformer.expand(coarse)
        assert error(f"encoder_canonical.sr.scale{scale:.0f}", animated) < LIMIT

    with torch.device("meta"):
        decoder = TriplaneDecoder(RELEASED)
    decoder = seeded(decoder, decoder_pairs(), "triplane_decoder")
    planes = decoder(animated, detail, inputs["planes"])
    assert error("generator_triplane", planes.flatten(1, 2)) < LIMIT
