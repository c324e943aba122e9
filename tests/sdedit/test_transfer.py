from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import CLIPTextModel

from aa_sdedit.attempts import first_passing
from aa_sdedit.config import SDEditConfig
from aa_sdedit.landmark_picture import landmark_picture
from aa_sdedit.pipeline import kept_pipeline
from aa_sdedit.transfer import SDEdit, prompts
from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import TransferError, UsageError
from avatarartist_core.samples import sample_portrait
from tests.sdedit.tiny import ARRAY_COPY

pytestmark = pytest.mark.filterwarnings(ARRAY_COPY)

STATUE = DomainEntry(name="statue", title="Statue", prompt="a white statue", negative_prompt="blur")


@pytest.fixture
def made(tiny):
    """Carry a portrait over with the tiny pipeline; returns the picture."""

    def make(portrait=None, seed=0, domain=STATUE, **options):
        component = SDEdit(SDEditConfig(**{**tiny, **options}))
        return component.transfer(portrait or sample_portrait(64), domain, seed=seed).picture

    return make


def other_pixels(portrait):
    return replace(portrait, picture=np.ascontiguousarray(portrait.picture[::-1]))


def other_landmarks(portrait):
    return replace(portrait, landmarks=portrait.landmarks * np.float32(0.8))


@pytest.mark.parametrize("sdedit", [True, False])
@pytest.mark.parametrize("controlnet", [True, False])
def test_each_switch_decides_what_is_looked_at(made, sdedit, controlnet):
    portrait, switches = sample_portrait(64), {"sdedit": sdedit, "controlnet": controlnet}
    first = made(portrait, **switches)
    assert (made(other_pixels(portrait), **switches) != first).any() == sdedit
    assert (made(other_landmarks(portrait), **switches) != first).any() == controlnet


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"guidance": 2.0},
        {"controlnet_scale": 0.5},
        {"strength": 1.0},
        {"clip_skip": 1},
        {"scheduler": "ddim"},
        {"karras": False},
        {"prompt": "a red brick"},
        {"negative_prompt": "a red brick"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_option_of_the_recipe_acts(made, change):
    assert (made(steps=6) != made(**{"steps": 6, **change})).any()


@pytest.mark.parametrize(("steps", "strength", "done"), [(5, 0.6, 3), (30, 0.1, 3), (4, 1.0, 4)])
def test_strength_leaves_that_part_of_the_steps(tiny, steps, strength, done):
    options = SDEditConfig(**{**tiny, "steps": steps, "strength": strength})
    told = []
    SDEdit(options).transfer(
        sample_portrait(64), STATUE, progress=lambda *report: told.append(report)
    )
    assert told == [(step + 1, done) for step in range(done)]


@pytest.mark.parametrize("side", [63, 100])
def test_pictures_of_any_side_come_back_at_that_side(made, side):
    assert made(sample_portrait(side)).shape == (side, side, 3)


def test_it_computes_what_sdedit_and_classifier_free_guidance_say(tiny, made):
    """A plain loop over DDIM's equation 12 with sigma 0, in the networks of the same folder."""
    portrait, options = sample_portrait(64), {"scheduler": "ddim", "clip_skip": 1, "steps": 10}
    pipe = SDEdit(SDEditConfig(**{**tiny, **options}))._pipeline
    chance = torch.Generator().manual_seed(3)

    encoder = CLIPTextModel.from_pretrained(f"{tiny['model']}/text_encoder")
    model = getattr(encoder, "text_model", encoder)

    def embedded(text):
        words = pipe.tokenizer(text, padding="max_length", max_length=77, return_tensors="pt")
        layers = encoder(words.input_ids, output_hidden_states=True).hidden_states
        return model.final_layer_norm(layers[-2])  # the last but one of all that are there

    def pixels(picture):
        return torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255

    with torch.no_grad():
        text = torch.cat([embedded(STATUE.negative_prompt), embedded(STATUE.prompt)])
        source = pipe.vae.encode(2 * pixels(portrait.picture) - 1).latent_dist
        latent = source.sample(chance) * pipe.vae.config.scaling_factor
        lines = pixels(landmark_picture(portrait.landmarks, 64, 64)).repeat(2, 1, 1, 1)
        times = [step * 100 + 1 for step in range(10)][::-1][4:]  # 0.6 of ten steps
        kept = pipe.scheduler.alphas_cumprod
        noise = torch.randn(latent.shape, generator=chance)
        latent = kept[times[0]] ** 0.5 * latent + (1 - kept[times[0]]) ** 0.5 * noise
        for time in times:
            both = torch.cat([latent, latent])
            down, middle = pipe.controlnet(
                both, time, text, lines, conditioning_scale=1.5, return_dict=False
            )
            avoided, wanted = pipe.unet(
                both,
                time,
                text,
                down_block_additional_residuals=down,
                mid_block_additional_residual=middle,
            ).sample.chunk(2)
            error = avoided + 7.5 * (wanted - avoided)
            before = kept[time - 100] if time >= 100 else kept[0]
            clean = (latent - (1 - kept[time]) ** 0.5 * error) / kept[time] ** 0.5
            latent = before**0.5 * clean + (1 - before) ** 0.5 * error
        image = pipe.vae.decode(latent / pipe.vae.config.scaling_factor).sample[0]
    expected = ((image / 2 + 0.5).clamp(0, 1) * 255).permute(1, 2, 0).numpy()
    drawn = made(portrait, seed=3, **options)
    assert np.abs(drawn - expected).max() <= 0.51 + 1e-3 * 255
    assert drawn.std() > 5


def test_a_result_without_a_face_is_tried_again_and_then_reported(tiny):
    options = SDEditConfig(**{**tiny, "check": True, "attempts": 2})
    told = []
    with pytest.raises(TransferError) as caught:
        SDEdit(options).transfer(
            sample_portrait(64), STATUE, progress=lambda *report: told.append(report)
        )
    said = "sample portrait as 'statue' did not keep the face in 2 attempts; of the last: "
    assert str(caught.value).startswith(said)
    assert any(word in str(caught.value) for word in ("no face is found", "landmarks moved"))
    assert "transfer.check=false" in caught.value.hint
    assert told == [(1, 3), (2, 3), (3, 3), (4, 6), (5, 6), (6, 6)]


def test_the_first_attempt_that_passes_is_kept():
    drawn = []

    def make(attempt):
        drawn.append(attempt)
        return np.full((2, 2, 3), attempt, np.uint8)

    picture = first_passing(make, lambda each: [] if each.max() == 2 else ["no"], 5, "it")
    assert picture.max() == 2
    assert drawn == [0, 1, 2]


def test_a_learned_token_goes_before_what_is_to_be_avoided():
    options = SDEditConfig(textual_inversion="a.safetensors", textual_inversion_token="Bad")
    assert prompts(options, STATUE) == ("a white statue", "Bad, blur")
    named = replace(STATUE, negative_prompt="blur, Bad")
    assert prompts(options, named) == ("a white statue", "blur, Bad")
    assert prompts(SDEditConfig(), STATUE) == ("a white statue", "blur")
    assert prompts(SDEditConfig(prompt="a cat"), STATUE) == ("a cat", "blur")


def test_a_domain_without_a_prompt_is_refused(made):
    with pytest.raises(UsageError, match="domain 'plain' has no prompt"):
        made(domain=DomainEntry(name="plain", title="Plain"))


def test_steps_that_leave_nothing_to_do_are_refused():
    with pytest.raises(ValueError, match=r"1 steps at strength 0\.6 leave none"):
        SDEditConfig(steps=1)


def test_domains_that_differ_in_prompt_and_strength_share_one_set_of_networks(tiny):
    one = SDEditConfig(**tiny, prompt="a", strength=0.4, guidance=3.0)
    other = SDEditConfig(**{**tiny, "steps": 7}, prompt="b")
    assert kept_pipeline(one.networks(), "cpu") is kept_pipeline(other.networks(), "cpu")
    apart = SDEditConfig(**tiny, controlnet=False)
    assert kept_pipeline(apart.networks(), "cpu") is not kept_pipeline(one.networks(), "cpu")
