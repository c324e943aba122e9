"""The key names of the released checkpoint, paired with ours: facts, and the only place of them."""

from collections.abc import Iterator

from aa_dit.config import DiTShape

POSITION_KEYS = ("pos_embed", "model.pos_embed", "base_model.pos_embed")
"""The position table, which follows from the shape and is not read; older files prefix it."""

Pairs = Iterator[tuple[str, str]]


def dit_pairs(shape: DiTShape) -> Pairs:
    """Yield (official, ours) for every parameter of the transformer (spec 2.7)."""
    yield from _affine("x_embedder.proj", "patches")
    yield from _affine("t_embedder.mlp.0", "time.embed")
    yield from _affine("t_embedder.mlp.2", "time.mix")
    yield from _affine("t_block.1", "modulation.1")
    yield from _resampler("y_embedder", "clip_resampler", shape.resampler_depth)
    yield from _resampler("dino_embedder", "dino_resampler", shape.resampler_depth)
    for index in range(shape.depth):
        yield from _block(f"blocks.{index}")
    yield "final_layer.scale_shift_table", "output.table"
    yield from _affine("final_layer.linear", "output.linear")


def _block(name: str) -> Pairs:
    yield f"{name}.scale_shift_table", f"{name}.table"
    yield from _affine(f"{name}.attn.qkv", f"{name}.joint_attention.qkv")
    yield from _affine(f"{name}.attn.proj", f"{name}.joint_attention.out")
    yield from _affine(f"{name}.cross_attn.q_linear", f"{name}.clip_attention.query")
    yield from _affine(f"{name}.cross_attn.kv_linear", f"{name}.clip_attention.key_value")
    yield from _affine(f"{name}.cross_attn.proj", f"{name}.clip_attention.out")
    yield from _affine(f"{name}.mlp.fc1", f"{name}.mlp.0")
    yield from _affine(f"{name}.mlp.fc2", f"{name}.mlp.2")


def _resampler(official: str, ours: str, depth: int) -> Pairs:
    yield f"{official}.latents", f"{ours}.latents"
    yield from _affine(f"{official}.proj_in", f"{ours}.embed")
    for index in range(depth):
        theirs, layer = f"{official}.layers.{index}", f"{ours}.layers.{index}"
        yield from _affine(f"{theirs}.0.norm1", f"{layer}.attention.norm_features")
        yield from _affine(f"{theirs}.0.norm2", f"{layer}.attention.norm_latents")
        yield f"{theirs}.0.to_q.weight", f"{layer}.attention.query.weight"
        yield f"{theirs}.0.to_kv.weight", f"{layer}.attention.key_value.weight"
        yield f"{theirs}.0.to_out.weight", f"{layer}.attention.out.weight"
        yield from _affine(f"{theirs}.1.0", f"{layer}.mlp.0")
        yield f"{theirs}.1.1.weight", f"{layer}.mlp.1.weight"
        yield f"{theirs}.1.3.weight", f"{layer}.mlp.3.weight"
    yield from _affine(f"{official}.proj_out.fc1", f"{ours}.project.0")
    yield from _affine(f"{official}.proj_out.fc2", f"{ours}.project.2")
    yield from _affine(f"{official}.norm_out", f"{ours}.norm")


def _affine(official: str, ours: str) -> Pairs:
    yield f"{official}.weight", f"{ours}.weight"
    yield f"{official}.bias", f"{ours}.bias"
