from __future__ import annotations

import pytest

from tests.sdedit.tiny import write_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Options that name the folders of a tiny pipeline, few steps at a small size, no check."""
    model, controlnet = write_tiny(tmp_path_factory.mktemp("tiny"))
    return {
        "model": str(model),
        "controlnet_model": str(controlnet),
        "steps": 5,
        "resolution": 64,
        "check": False,
    }
