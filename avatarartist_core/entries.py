"""Descriptions a plugin yields: a name, a sentence, and where the class is, still unimported."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel

from avatarartist_core.specs import AvatarSpec, MotionSpec


class NoOptions(BaseModel, frozen=True, extra="forbid"):
    """The config of a component that has no options."""


@dataclass(frozen=True)
class Importer:
    """How a component's weights are made of somebody else's files.

    Attributes:
        bundle: name of the bundle it makes, ``"official"``.
        reads: files it needs, as paths inside the folder the user gives; ``"a.bin|a.safetensors"``
            is whichever of the two is there.
        convert: ``"package.module:function"``, called as ``convert(folder, draft, progress)``: it
            reads the files in ``folder`` and fills the ``BundleDraft``.
        repository: the hub repository that ``aa weights pull`` fetches, or an empty string.
        licence: licence of the foreign weights, as their owners state it.
        revert: ``"package.module:function"``, called as ``revert(bundle, folder)``: writes the
            files again as their owners lay them out; empty: there is no way back.
    """

    bundle: str
    reads: tuple[str, ...]
    convert: str
    repository: str = ""
    licence: str = "unknown"
    revert: str = ""

    def files(self) -> list[tuple[str, ...]]:
        """List what it needs, each with its alternatives."""
        return [tuple(name.split("|")) for name in self.reads]


@dataclass(frozen=True)
class Entry:
    """One component.

    Attributes:
        name: what the user types.
        summary: one sentence for ``aa plugins list``.
        factory: ``"package.module:Class"``, imported on first use and called as
            ``Class(config, device=device)``.
        config: pydantic model (frozen, extra forbidden) of the component's options.
        licence: SPDX name of the licence of code and shipped weights.
        importers: how weights of other projects become bundles of this component.
    """

    name: str
    summary: str
    factory: str
    config: type[BaseModel] = NoOptions
    licence: str = "Apache-2.0"
    importers: tuple[Importer, ...] = ()

    kind: ClassVar[str] = "component"


@dataclass(frozen=True)
class GeneratorEntry(Entry):
    """A ``FourDGenerator``: portrait to avatar.

    Attributes:
        produces: the spec of its avatars, when it is always the same.
        specify: for a learned generator: its options to the spec of its avatars, read off the
            bundle's manifest without torch; raises an ``AvatarArtistError`` when there is none.
        avatar: ``"package.module:Class"`` of its avatars, to load a saved one.
        samples: whether its class is an ``AvatarSampler`` too, so that pairs can be drawn with it.
    """

    produces: AvatarSpec = field(default_factory=AvatarSpec)
    specify: Callable[[Any], AvatarSpec] | None = None
    avatar: str = ""
    samples: bool = False

    kind: ClassVar[str] = "generator"

    def produces_with(self, options: BaseModel) -> AvatarSpec:
        """Return the spec of the avatars it makes under these options."""
        return self.specify(options) if self.specify else self.produces


@dataclass(frozen=True)
class RendererEntry(Entry):
    """A ``Renderer``: avatar and motion to frames.

    Attributes:
        accepts: the avatars it reads; an unnamed field may hold anything.
        needs: the motion it reads; an unnamed field may hold anything.
        specify: for a learned renderer: its options to (accepts, needs), read off the bundle's
            manifest without torch; raises an ``AvatarArtistError`` when there is none.
        cuts_out: whether it can draw the person without the background, or for a learned renderer a
            function of its options that tells; one that cannot is never asked for ``transparent``
            frames.
    """

    accepts: AvatarSpec = field(default_factory=AvatarSpec)
    needs: MotionSpec = field(default_factory=MotionSpec)
    specify: Callable[[Any], tuple[AvatarSpec, MotionSpec]] | None = None
    cuts_out: bool | Callable[[Any], bool] = True

    kind: ClassVar[str] = "renderer"

    def reads_with(self, options: BaseModel) -> tuple[AvatarSpec, MotionSpec]:
        """Return the avatars and the motion it reads under these options."""
        return self.specify(options) if self.specify else (self.accepts, self.needs)

    def cuts_out_with(self, options: BaseModel) -> bool:
        """Tell whether it can draw the person alone under these options."""
        return self.cuts_out if isinstance(self.cuts_out, bool) else self.cuts_out(options)


@dataclass(frozen=True)
class EncoderEntry(Entry):
    """A ``MotionEncoder``: frames to motion.

    Attributes:
        provides: the spec of its motion.
        finds_faces: whether its class is a ``FaceFinder`` too, so that ``prepare`` can use it.
    """

    provides: MotionSpec = field(default_factory=MotionSpec)
    finds_faces: bool = False

    kind: ClassVar[str] = "motion encoder"


@dataclass(frozen=True)
class TransferEntry(Entry):
    """A ``DomainTransfer``: portrait to portrait of another domain.

    Attributes:
        domains: names it can reach; empty means every installed domain.
        needs_recipe: whether it reaches a domain only by that domain's recipe for it.
        ready: its options to None; raises an ``AvatarArtistError`` when something that it needs
            is not there, such as weights. Asked while a run is planned: torch-free and quick.
        ablations: variants that ``aa domains ablate`` compares, by title: the options of each.
    """

    domains: tuple[str, ...] = ()
    needs_recipe: bool = False
    ready: Callable[[Any], None] | None = None
    ablations: dict[str, dict[str, object]] = field(default_factory=dict)

    kind: ClassVar[str] = "domain transfer"

    def reaches(self, domain: "DomainEntry") -> bool:
        """Tell whether it can carry a portrait into a domain."""
        if domain.as_is:
            return False
        if self.needs_recipe and self.name not in domain.recipe:
            return False
        return not self.domains or domain.name in self.domains


@dataclass(frozen=True)
class HeadEntry(Entry):
    """A ``HeadModel``.

    Attributes:
        topology: the name its meshes and coefficients go by.
    """

    topology: str = ""

    kind: ClassVar[str] = "head model"


@dataclass(frozen=True)
class SourceEntry(Entry):
    """A ``PortraitSource``: numbers to labelled portraits, for data sets.

    Attributes:
        takes_path: whether it reads a place that the user names: ``--source folder:PATH``.
    """

    takes_path: bool = False

    kind: ClassVar[str] = "portrait source"


@dataclass(frozen=True)
class StageEntry(Entry):
    """A ``TrainingStage``: what ``aa train NAME`` teaches, and how.

    Attributes:
        presets: ``"package/folder"`` of the TOML files that ship with it, one a preset.
    """

    presets: str = ""

    kind: ClassVar[str] = "training stage"


@dataclass(frozen=True)
class FeatureEntry(Entry):
    """A ``FeatureNetwork``: pictures to features that losses and distances compare."""

    kind: ClassVar[str] = "feature network"


@dataclass(frozen=True)
class DomainEntry:
    """A style a portrait can be carried into.

    Attributes:
        name: what the user types, in kebab-case.
        title: what people call it.
        prompt: what a diffusion model is asked for.
        negative_prompt: what it is asked to avoid.
        recipe: options of transfers by transfer name, plain values only; a plan lays them under
            the options that the user gives the transfer.
        licence: note on the origin of prompt and recipe.
        number: the paper's number of it, 0 to 27; None: not one of the paper's.
        wording: whose wording the prompt is, and where other sources differ.
        base_model: what the prompt was written for; a note, the recipe says what is loaded.
        as_is: whether portraits are in it as they come, so that no transfer goes there.
    """

    name: str
    title: str
    prompt: str = ""
    negative_prompt: str = ""
    recipe: dict[str, dict[str, object]] = field(default_factory=dict)
    licence: str = "Apache-2.0"
    number: int | None = None
    wording: str = ""
    base_model: str = ""
    as_is: bool = False

    kind: ClassVar[str] = "domain"


@dataclass(frozen=True)
class FaultyDomain:
    """What ``aa_domains`` yields for a domain it cannot read: reported, and the others go on.

    Attributes:
        name: the domain it would have been.
        reason: what is wrong and where, lower case.
    """

    name: str
    reason: str
