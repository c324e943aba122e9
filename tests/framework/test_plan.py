import pytest
from pydantic import BaseModel, Field

from avatarartist_core.choosing import choose_transfer
from avatarartist_core.compatibility import matrix
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.defaults import DEFAULT_TRANSFER
from avatarartist_core.entries import (
    DomainEntry,
    EncoderEntry,
    GeneratorEntry,
    RendererEntry,
    TransferEntry,
)
from avatarartist_core.errors import (
    IncompatibleError,
    UnknownNameError,
    UsageError,
    WeightsError,
)
from avatarartist_core.plan import resolve, resolve_create, resolve_render, resolve_track
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.tensorfile import write_arrays

LAYERS = AvatarSpec(representation="layers", topology="anny-head")
PLANES = AvatarSpec(representation="triplane", topology="flame-2020", channels=16)


class Steps(BaseModel, frozen=True, extra="forbid"):
    steps: int = Field(20, ge=1, description="Steps.")
    strength: float = Field(0.5, ge=0, le=1, description="Strength.")


@pytest.fixture
def plugins() -> Plugins:
    found = Plugins()
    anny = MotionSpec(topology="anny-head")
    for entry in (
        GeneratorEntry("lift", "s", "a.b:C", produces=LAYERS),
        GeneratorEntry("dit", "s", "a.b:C", config=Steps, produces=PLANES),
        RendererEntry("layers", "s", "a.b:C", accepts=LAYERS, needs=anny),
        RendererEntry(
            "vit",
            "s",
            "a.b:C",
            accepts=AvatarSpec(representation="triplane", topology="faceverse-v3", channels=32),
            needs=MotionSpec(embedding="pdfgc"),
        ),
        EncoderEntry("facemesh", "s", "a.b:C", provides=anny, finds_faces=True),
        EncoderEntry("pdfgc", "s", "a.b:C", provides=MotionSpec("anny-head", "pdfgc")),
        TransferEntry("toon", "s", "a.b:C", domains=("toon",)),
        TransferEntry("brush", "s", "a.b:C", config=Steps),
        DomainEntry("toon", "Toon"),
        DomainEntry("lego", "Lego", recipe={"brush": {"steps": 5, "strength": 0.9}}),
    ):
        found.add(entry, "test 1.0")
    return found


def config(**values: object) -> RunConfig:
    return RunConfig.model_validate({"portrait": "a.png", **values})


def test_the_defaults_make_a_plan(plugins):
    plan = resolve(config(), plugins)
    assert plan.generator.entry.name == "lift"
    assert plan.renderer.entry.name == "layers"
    assert plan.encoder.entry.name == "facemesh"
    assert plan.finder.entry.name == "facemesh"
    assert plan.transfer is None
    assert plan.domain is None
    assert {part.provider for part in plan.parts()} == {"test 1.0"}


def test_a_plan_writes_every_option_out(plugins):
    wanted = config(domain="lego", transfer={"name": "brush", "steps": 3})
    written = resolve(wanted, plugins).config
    assert written.transfer == Choice(name="brush", steps=3, strength=0.9)
    assert RunConfig.from_toml(written.to_toml()) == written
    assert resolve(written, plugins).config == written


def test_a_wrong_name_is_answered_with_what_would_do(plugins):
    with pytest.raises(UnknownNameError) as caught:
        resolve(config(generator={"name": "litf"}), plugins)
    assert str(caught.value) == "no generator is named 'litf'; did you mean 'lift'?"
    assert caught.value.hint == "Installed: lift, dit. More: aa plugins list"


def test_a_misfit_lists_every_fault_and_a_way_out(plugins):
    with pytest.raises(IncompatibleError) as caught:
        resolve(config(generator={"name": "dit"}, renderer={"name": "vit"}), plugins)
    said = str(caught.value)
    assert "topology is 'flame-2020', needs 'faceverse-v3'" in said
    assert "channels is 16, needs 32" in said
    assert "motion 'talk': embedding is None, needs 'pdfgc'" in said
    assert "Generators that 'vit' reads: none installed." in caught.value.hint
    assert "motion encoders that 'vit' reads: pdfgc." in caught.value.hint


def test_a_misfit_names_the_generators_and_renderers_that_fit(plugins):
    with pytest.raises(IncompatibleError) as caught:
        resolve(config(generator={"name": "dit"}), plugins)
    assert "representation is 'triplane', needs 'layers'" in str(caught.value)
    assert "Generators that 'layers' reads: lift." in caught.value.hint


def test_faults_of_every_kind_come_together(plugins):
    wanted = config(
        generator={"name": "dit", "stepz": 3},
        renderer={"name": "layerz"},
        motion_encoder={"name": "facemash"},
        domain="leggo",
        device="gpu",
    )
    with pytest.raises(UsageError) as caught:
        resolve(wanted, plugins)
    said = str(caught.value)
    for fault in (
        "'dit' has no option 'stepz'; did you mean 'steps'?",
        "no renderer is named 'layerz'; did you mean 'layers'?",
        "no motion encoder is named 'facemash'; did you mean 'facemesh'?",
        "no domain is named 'leggo'; did you mean 'lego'?",
        "no device is named 'gpu'",
    ):
        assert fault in said


def test_a_value_out_of_range_says_which(plugins):
    with pytest.raises(UsageError, match=r"dit steps = 0: .* greater than or equal to 1"):
        resolve(config(generator={"name": "dit", "steps": 0}), plugins)


def test_a_video_needs_an_encoder_that_the_renderer_reads(plugins):
    found = Plugins(encoders=plugins.encoders)
    found.add(GeneratorEntry("lift", "s", "a.b:C", produces=PLANES), "t")
    found.add(RendererEntry("vit", "s", "a.b:C", needs=MotionSpec(embedding="pdfgc")), "t")
    wanted = config(motion="clip.mp4", renderer={"name": "vit"})
    with pytest.raises(IncompatibleError) as caught:
        resolve(wanted, found)
    assert "the motion of motion encoder 'facemesh': embedding is None" in str(caught.value)
    assert caught.value.hint == "Motion encoders that 'vit' reads: pdfgc."
    chosen = wanted.model_copy(update={"motion_encoder": Choice(name="pdfgc")})
    assert resolve(chosen, found).encoder.entry.name == "pdfgc"


def test_faces_are_found_by_the_default_encoder_when_the_chosen_one_cannot(plugins):
    plan = resolve(config(motion_encoder={"name": "pdfgc"}), plugins)
    assert plan.encoder.entry.name == "pdfgc"
    assert plan.finder.entry.name == "facemesh"


def test_the_only_transfer_that_reaches_a_domain_is_taken(plugins):
    plan = resolve(config(domain="lego"), plugins)
    assert plan.transfer.entry.name == "brush"
    assert plan.domain.name == "lego"


def test_the_recipe_of_a_domain_lies_under_the_options(plugins):
    plan = resolve(config(domain="lego", transfer={"name": "brush", "steps": 7}), plugins)
    assert plan.transfer.options == Steps(steps=7, strength=0.9)


def test_options_without_a_name_go_to_the_only_transfer(plugins):
    plan = resolve(config(domain="lego", transfer={"name": "", "steps": 7}), plugins)
    assert plan.transfer.options == Steps(steps=7, strength=0.9)


def test_several_transfers_are_listed(plugins):
    with pytest.raises(UsageError) as caught:
        resolve(config(domain="toon"), plugins)
    assert str(caught.value) == "several domain transfers reach domain 'toon': toon, brush"
    assert caught.value.hint == "Say which: --set transfer.name=toon"


def test_the_default_transfer_is_taken_where_it_reaches_the_domain(plugins):
    plugins.add(TransferEntry(DEFAULT_TRANSFER, "s", "a.b:C", needs_recipe=True), "test")
    with pytest.raises(UsageError, match="several domain transfers reach domain 'toon'"):
        resolve(config(domain="toon"), plugins)
    plugins.add(DomainEntry("oil", "Oil", recipe={DEFAULT_TRANSFER: {}}), "test")
    assert resolve(config(domain="oil"), plugins).transfer.entry.name == DEFAULT_TRANSFER


def test_a_transfer_that_does_not_reach_the_domain_is_refused(plugins):
    with pytest.raises(IncompatibleError) as caught:
        resolve(config(domain="lego", transfer={"name": "toon"}), plugins)
    assert caught.value.hint == "Transfers that do: brush. Domains that 'toon' reaches: toon."


def test_a_recipe_chooses_among_transfers_that_reach_a_domain(plugins):
    plugins.add(DomainEntry("oil", "Oil", recipe={"knife": {}}), "test")
    plugins.add(TransferEntry("knife", "s", "a.b:C", needs_recipe=True), "test")
    assert resolve(config(domain="oil"), plugins).transfer.entry.name == "knife"


def test_recipes_for_what_is_not_installed_are_named():
    oil = DomainEntry("oil", "Oil", recipe={"knife": {}, "spray": {}})
    with pytest.raises(IncompatibleError) as caught:
        choose_transfer(Choice(name=""), oil, Plugins())
    assert str(caught.value) == "no installed domain transfer reaches domain 'oil'"
    assert caught.value.hint.startswith("It has recipes for knife, spray, not installed here. ")


def test_portraits_are_in_an_as_is_domain_as_they_come(plugins):
    plugins.add(DomainEntry("plain", "Plain", as_is=True), "test")
    plan = resolve(config(domain="plain"), plugins)
    assert plan.transfer is None
    assert plan.domain.name == "plain"
    for transfer in ({"name": "brush"}, {"name": "", "steps": 7}):
        with pytest.raises(IncompatibleError, match="no domain transfer goes to 'plain'"):
            resolve(config(domain="plain", transfer=transfer), plugins)


def test_a_wrong_recipe_is_laid_to_the_domain(plugins):
    plugins.add(DomainEntry("oil", "Oil", recipe={"brush": {"stepz": 5}}), "test")
    with pytest.raises(UsageError) as caught:
        resolve(config(domain="oil"), plugins)
    assert str(caught.value) == (
        "the recipe of domain 'oil' is wrong: 'brush' has no option 'stepz'; did you mean 'steps'?"
    )


def test_a_transfer_that_is_not_ready_says_so_before_anything_starts(plugins):
    def ready(options: Steps) -> None:
        if options.steps > 9:
            raise WeightsError(f"no weights for {options.steps} steps")

    plugins.add(TransferEntry("net", "s", "a.b:C", config=Steps, ready=ready), "test")
    wanted = config(domain="lego", transfer={"name": "net", "steps": 9})
    assert resolve(wanted, plugins).transfer.entry.name == "net"
    with pytest.raises(WeightsError, match="no weights for 12 steps") as caught:
        resolve(config(domain="lego", transfer={"name": "net", "steps": 12}), plugins)
    assert caught.value.hint == "Or another transfer that reaches 'lego': --transfer brush"


def test_a_transfer_without_a_domain_is_refused(plugins):
    with pytest.raises(UsageError) as caught:
        resolve(config(transfer={"name": "brush"}), plugins)
    assert caught.value.hint == "Add --domain with one of: toon, lego."


def test_creating_does_not_look_at_renderer_and_motion(plugins):
    wanted = config(generator={"name": "dit", "steps": 3}, renderer={"name": "nope"})
    creation = resolve_create(wanted, plugins)
    assert creation.generator.options == Steps(steps=3)
    assert creation.finder.entry.name == "facemesh"


def test_tracking_looks_at_the_encoder_alone(plugins):
    assert resolve_track(Choice(name="pdfgc"), plugins).entry.name == "pdfgc"
    with pytest.raises(UnknownNameError):
        resolve_track(Choice(name="pdfg"), plugins)


def test_rendering_compares_the_file_with_the_renderer(plugins):
    renderer, encoder = Choice(name="layers"), Choice(name="facemesh")
    drawing, _ = resolve_render(renderer, encoder, LAYERS, "talk", plugins)
    assert drawing.entry.name == "layers"
    with pytest.raises(IncompatibleError) as caught:
        resolve_render(renderer, encoder, PLANES, "talk", plugins)
    assert "representation is 'triplane', needs 'layers'" in str(caught.value)


def test_the_matrix_has_every_pair_and_says_why_not(plugins):
    pairs = {(pair.given.name, pair.renderer.name): pair for pair in matrix(plugins)}
    assert len(pairs) == 8
    assert pairs["lift", "layers"].fits
    assert pairs["pdfgc", "vit"].fits
    assert not pairs["facemesh", "vit"].fits
    assert pairs["dit", "vit"].faults == (
        "topology is 'flame-2020', needs 'faceverse-v3'",
        "channels is 16, needs 32",
    )


def test_a_missing_plugin_that_failed_to_load_is_hinted_at(workshop):
    workshop.install("avatarartist-bad", {"bad": workshop.module("raise OSError")})
    with pytest.raises(UnknownNameError) as caught:
        resolve_track(Choice(name="bad"), workshop.read())
    assert "Some plugins failed to load: aa plugins check" in caught.value.hint


def test_a_motion_file_needs_no_encoder_and_keeps_what_it_says(plugins, tmp_path):
    found = Plugins(encoders=plugins.encoders)
    found.add(GeneratorEntry("lift", "s", "a.b:C", produces=PLANES), "t")
    found.add(RendererEntry("vit", "s", "a.b:C", needs=MotionSpec(embedding="pdfgc")), "t")
    values = {"spec": {"topology": "anny-head", "embedding": "pdfgc"}}
    kept, plain = tmp_path / "kept.safetensors", tmp_path / "plain.csv"
    write_arrays(kept, {}, {"kind": "motion", "values": values})
    plain.write_text("jawOpen\n")
    wanted = {"renderer": {"name": "vit"}, "motion_encoder": {"name": "facemesh"}}
    assert resolve(config(motion=str(kept), **wanted), found).renderer.entry.name == "vit"
    with pytest.raises(IncompatibleError, match=r"does not read the motion '.*plain\.csv'"):
        resolve(config(motion=str(plain), **wanted), found)


def test_a_folder_of_frames_is_tracked(plugins, tmp_path):
    found = Plugins(encoders=plugins.encoders)
    found.add(GeneratorEntry("lift", "s", "a.b:C", produces=PLANES), "t")
    found.add(RendererEntry("vit", "s", "a.b:C", needs=MotionSpec(embedding="pdfgc")), "t")
    wanted = {"renderer": {"name": "vit"}, "motion_encoder": {"name": "pdfgc"}}
    assert resolve(config(motion=str(tmp_path), **wanted), found).encoder.entry.name == "pdfgc"
