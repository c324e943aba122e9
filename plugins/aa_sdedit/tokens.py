"""Textual inversion (Gal et al. 2023): a word that stands for learned vectors.

Diffusers does this too, but finds a word with capital letters no more where transformers 5 writes
every word small, and then uses the first of its vectors alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from avatarartist_core.errors import WeightsError


def add_word(tokenizer: Any, text_encoder: Any, word: str, tensors: dict[str, Tensor]) -> None:
    """Give tokenizer and text encoder one token a vector.

    Args:
        tokenizer: of the text encoder; changed.
        text_encoder: changed.
        word: what ``spelled`` looks for.
        tensors: one tensor (vectors, width) or (width,), as files of learned words have it.

    Raises:
        WeightsError: it is anything else, or of another width.
    """
    width = text_encoder.config.hidden_size
    vectors = [tensor for tensor in tensors.values() if tensor.shape[-1:] == (width,)]
    if len(tensors) != 1 or len(vectors) != 1 or vectors[0].ndim > 2:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors.values()) or "nothing"
        raise WeightsError(
            f"the file of the word {word!r} holds {shapes}, not one tensor of vectors of {width} "
            "numbers",
            "Take one that was trained for this kind of Stable Diffusion: 768 for 1.5, "
            "1024 for 2.1.",
        )
    learned = vectors[0].reshape(-1, width)
    names = [f"{_stem(word)}{number}>" for number in range(len(learned))]
    tokenizer.add_tokens(names)
    text_encoder.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    table = text_encoder.get_input_embeddings().weight
    with torch.no_grad():
        table[tokenizer.convert_tokens_to_ids(names)] = learned.to(table)


def spelled(prompt: str, word: str, tokenizer: Any) -> str:
    """Write the tokens of a learned word in place of the word."""
    names = [name for name in tokenizer.get_added_vocab() if name.startswith(_stem(word))]
    numbers = sorted(names, key=lambda name: int(name.removeprefix(_stem(word)).rstrip(">")))
    return prompt.replace(word, " ".join(numbers)) if word and names else prompt


def _stem(word: str) -> str:
    return f"<{word.lower()}-"
