"""Weights fetched from a hub on this machine, in a process of its own as a user's run is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import environment
from tests.cli.hub import hub

SCRIPT = """
import sys
from aa_sdedit.config import SDEditConfig
from aa_sdedit.weights import locate
options = SDEditConfig(model="owner/sd", controlnet=False, download=sys.argv[1] == "fetch")
print(locate(options).model)
"""


def located(how: str, cache: Path, address: str) -> subprocess.CompletedProcess[str]:
    env = environment(HF_ENDPOINT=address, HF_HUB_CACHE=str(cache), HF_HUB_DISABLE_XET="1")
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, how], env=env, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("half", [False, True])
def test_only_what_is_read_is_fetched_and_only_when_asked(tiny, tmp_path, half):
    theirs = tmp_path / "theirs"
    shutil.copytree(tiny["model"], theirs)
    if half:
        for file in list(theirs.rglob("*.safetensors")):
            file.rename(file.with_suffix(".fp16.safetensors"))
    for name in ("unet/diffusion_pytorch_model.bin", "v2-1.ckpt", "unet/nonema.safetensors"):
        (theirs / name).write_bytes(b"not for us")
    cache = tmp_path / "cache"
    with hub("owner/sd", theirs) as (address, sent):
        refused = located("look", cache, address)
        assert "'owner/sd', which is not on this machine" in refused.stderr
        assert sent == []
        fetched = located("fetch", cache, address)
        assert fetched.returncode == 0, fetched.stderr
        assert {name for name in sent if not name.endswith((".json", ".txt"))} == {
            f"{network}{'.fp16' if half else ''}.safetensors"
            for network in (
                "text_encoder/model",
                "unet/diffusion_pytorch_model",
                "vae/diffusion_pytorch_model",
            )
        }
        sent.clear()
        again = located("look", cache, address)
        assert again.returncode == 0, again.stderr
        assert again.stdout == fetched.stdout
        assert sent == []
