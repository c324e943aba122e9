"""Where the networks are: a folder, a file or the hub's cache; fetched only when asked to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aa_sdedit.config import BASES, SDEditConfig, Weights
from avatarartist_core.errors import AvatarArtistError, UsageError, WeightsError

HALF = "fp16"
"""Variant of a file that holds 16-bit numbers: ``model.fp16.safetensors``."""
NETWORK = ("config.json", "diffusion_pytorch_model.safetensors")
CONFIGS = (
    "model_index.json",
    "scheduler/scheduler_config.json",
    "tokenizer/*",
    "text_encoder/config.json",
    "unet/config.json",
    "vae/config.json",
)
PIPELINE = (
    *CONFIGS,
    "text_encoder/model.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
)
"""Files that are read, or their 16-bit variants; the rest of a repository stays where it is."""


@dataclass(frozen=True)
class Places:
    """Where everything that a configuration names lies.

    Attributes:
        model: folder in diffusers' layout, or a checkpoint in one file.
        configs: folder with the configurations that go with a checkpoint in one file.
        controlnet: folder, or None where none is used.
        vae: folder of another VAE, or None.
        lora: file, or None.
        textual_inversion: file, or None.
    """

    model: Path
    configs: Path
    controlnet: Path | None = None
    vae: Path | None = None
    lora: Path | None = None
    textual_inversion: Path | None = None


@dataclass(frozen=True)
class Wanted:
    """Something on the hub.

    Attributes:
        option: the option that names it.
        weights: the repository, with the folder in it.
        files: which files, as patterns.
    """

    option: str
    weights: Weights
    files: tuple[str, ...]

    def there(self) -> Path | None:
        """Return its folder in the hub's cache, or None when it is not whole."""
        import huggingface_hub as hub

        first = self._patterns()[0]  # always the name of one file
        found = hub.try_to_load_from_cache(self.weights.repository, first)
        if not isinstance(found, str):
            return None
        folder = Path(found).parents[len(Path(first).parts) - 1] / self.weights.folder
        return None if _lacking(folder, self.files) else folder

    def fetch(self) -> Path:
        """Fetch it over the network; what is there already is not fetched again.

        Raises:
            DownloadError: the hub cannot be reached, or it refuses.
            WeightsError: the repository does not have every file.
        """
        import huggingface_hub as hub

        from avatarartist_core.weights.fetching import not_fetched

        repository = self.weights.repository
        try:
            there = hub.list_repo_files(repository)
            files = [_first_there(name, there) for name in self._patterns()]
            hub.snapshot_download(repository, allow_patterns=files)
        except Exception as error:  # the client raises whatever its HTTP library raises
            other = f"Or name a folder: --set transfer.{self.option}=FOLDER"
            raise not_fetched(repository, error, other) from error
        found = self.there()
        if found is None:
            raise WeightsError(
                f"repository {repository!r} has not all of the files that are needed",
                f"Needed: {', '.join(self._patterns())}; files that are not safetensors are not "
                "read.",
            )
        return found

    def _patterns(self) -> list[str]:
        folder = self.weights.folder
        return [f"{folder}/{name}" if folder else name for name in self.files]

    def __str__(self) -> str:
        """Name it, with its size and licence where they are known."""
        size = f"{self.weights.gigabytes:g} GB, " if self.weights.gigabytes else ""
        known = f" ({size}{self.weights.licence})" if self.weights.licence else ""
        return f"{self.weights.repository!r}{known}"


def locate(config: SDEditConfig) -> Places:
    """Find all files that a configuration needs, and fetch what is missing if it says so.

    Raises:
        WeightsError: something is not on this machine; everything that is missing is named.
        DownloadError: it was to be fetched and could not.
        UsageError: a local file or folder is not there, or of the wrong kind.
    """
    found, missing = _looked_up(config)
    if missing and not config.download:
        raise _missing(list(missing.values()))
    for key, wanted in missing.items():
        found[key] = wanted.fetch() / _file(config, wanted.option)
    return Places(**{"configs": found["model"], **found})


def check(config: SDEditConfig) -> None:
    """Look whether all files are there; nothing is fetched.

    Raises:
        WeightsError: something is not on this machine and is not to be fetched either.
        UsageError: a local file or folder is not there, or of the wrong kind.
    """
    _, missing = _looked_up(config)
    if missing and not config.download:
        raise _missing(list(missing.values()))


def _looked_up(config: SDEditConfig) -> tuple[dict[str, Path], dict[str, Wanted]]:
    """Sort what ``Places`` names into what is on this machine and what is not."""
    if config.fine_tune and not config.model:
        raise UsageError(
            f"this domain's look comes from {config.fine_tune}, a fine-tune that has to be named",
            "Its .safetensors file or diffusers folder: --set transfer.model=PLACE. "
            "With the base model's own look instead: --set transfer.fine_tune=",
        )
    found: dict[str, Path] = {}
    missing: dict[str, Wanted] = {}
    for key, option, what in _needed(config):
        if isinstance(what, Path):
            found[key] = what
        elif (place := what.there()) is not None:
            found[key] = place / _file(config, option)
        else:
            missing[key] = what
    return found, missing


def _needed(config: SDEditConfig) -> Iterator[tuple[str, str, Path | Wanted]]:
    """Yield (field of ``Places``, option, where it is or what to look for on the hub)."""
    base = BASES[config.base]
    model = _place("model", config.model, base.model, PIPELINE)
    yield "model", "model", model
    if isinstance(model, Path) and model.is_file():
        yield "configs", "model", Wanted("model", base.model, CONFIGS)
    if config.controlnet:
        named = config.controlnet_model
        yield (
            "controlnet",
            "controlnet_model",
            _place("controlnet_model", named, base.controlnet, NETWORK),
        )
    if config.vae:
        yield "vae", "vae", _place("vae", config.vae, None, NETWORK)
    for option in ("lora", "textual_inversion"):
        if named := getattr(config, option):
            yield option, option, _tensors(option, named)


def _place(
    option: str, named: str, default: Weights | None, files: tuple[str, ...]
) -> Path | Wanted:
    if not named and default is not None:
        return Wanted(option, default, files)
    path = Path(named).expanduser()
    if path.exists():
        if path.is_file() and not (option == "model" and path.suffix == ".safetensors"):
            raise UsageError(
                f"{option} {named!r} is a file that cannot be read here",
                "Name a folder in diffusers' layout"
                + (" or a .safetensors checkpoint." if option == "model" else "."),
            )
        if path.is_dir():
            _check_folder(option, path, files)
        return path
    _check_repository(option, named, 1)
    known = default if default and default.repository == named else Weights(named)
    return Wanted(option, known, files)


def _tensors(option: str, named: str) -> Path | Wanted:
    """Find a file of tensors: on the disk, or OWNER/NAME/FILE on the hub."""
    path = Path(named).expanduser()
    if path.is_file():
        return path
    if not named.endswith(".safetensors"):
        raise UsageError(
            f"{option} {named!r} is no .safetensors file",
            "Name such a file, or one on the hub as OWNER/NAME/FILE.safetensors.",
        )
    _check_repository(option, named, 2)
    owner, name, file = named.split("/", 2)
    return Wanted(option, Weights(f"{owner}/{name}"), (file,))


def _file(config: SDEditConfig, option: str) -> str:
    """Return what comes after OWNER/NAME in an option that names a file on the hub."""
    if option in ("lora", "textual_inversion"):
        return str(getattr(config, option)).split("/", 2)[2]
    return ""


def _check_repository(option: str, named: str, slashes: int) -> None:
    local = named.startswith((".", "/", "~")) or "\\" in named
    if local or named.count("/") < slashes or (slashes == 1 and named.count("/") > 1):
        raise UsageError(
            f"{option} {named!r} is not there",
            "Name what is on this machine, or a repository on the hub as OWNER/NAME.",
        )


def _check_folder(option: str, folder: Path, files: tuple[str, ...]) -> None:
    if lacking := _lacking(folder, files):
        raise WeightsError(
            f"{option} {str(folder)!r} has no {', no '.join(lacking)}",
            "It must be a folder in diffusers' layout with safetensors; "
            "pickled weights (.bin, .ckpt) are not read.",
        )


def is_half(folder: Path) -> bool:
    """Tell whether the weights in a folder are there as 16-bit variants alone."""
    files = [file.name for file in folder.rglob("*.safetensors")]
    return bool(files) and all(name.endswith(f".{HALF}.safetensors") for name in files)


def _lacking(folder: Path, files: tuple[str, ...]) -> list[str]:
    """List the patterns that match nothing in a folder, neither whole nor as 16-bit variants."""
    plain = [name for name in files if not any(folder.glob(name))]
    half = [name for name in files if not any(folder.glob(_halved(name)))]
    return plain and half and plain


def _first_there(pattern: str, names: list[str]) -> str:
    """Return a pattern as it is when some name matches it, else the one of its 16-bit variant."""
    return pattern if fnmatch.filter(names, pattern) else _halved(pattern)


def _halved(name: str) -> str:
    return name.replace(".safetensors", f".{HALF}.safetensors")


def _missing(wanted: list[Wanted]) -> AvatarArtistError:
    named = " and ".join(map(str, wanted))
    are = "is" if len(wanted) == 1 else "are"
    folders = " ".join(f"--set transfer.{each.option}=FOLDER" for each in wanted)
    return WeightsError(
        f"domain transfer 'sdedit' needs {named}, which {are} not on this machine",
        f"Fetch over the network: --set transfer.download=true\nOr name what you have: {folders}",
    )
