from pathlib import Path
from typing import ClassVar

import cv2
import pytest

from avatarartist_core.datasets.folder.config import FolderConfig
from avatarartist_core.datasets.plugin import aa_components
from avatarartist_core.testing import PortraitSourceContract

ASTRONAUT = Path(__file__).parents[2] / "examples" / "astronaut.png"


class TestFolder(PortraitSourceContract):
    entry = next(entry for entry in aa_components() if entry.name == "folder")
    config = FolderConfig(side=128, least=64)
    plugin = "avatarartist_core.datasets.plugin"
    pictures: ClassVar[Path]

    def path(self) -> str:
        return str(self.pictures)


@pytest.fixture(autouse=True, scope="module")
def two_pictures(tmp_path_factory):
    """A woman, and the same one mirrored."""
    folder = TestFolder.pictures = tmp_path_factory.mktemp("portraits")
    picture = cv2.imread(str(ASTRONAUT))
    cv2.imwrite(str(folder / "a.png"), picture)
    cv2.imwrite(str(folder / "b.png"), picture[:, ::-1])
