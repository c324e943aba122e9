"""Perform every clip and write it where ``avatarartist_core.motion.clips`` finds it."""

import argparse
from pathlib import Path

from avatarartist_core.motion.author.scenes import SCENES
from avatarartist_core.motion.files import save_motion
from avatarartist_core.shipped import declare


def main() -> None:
    """Write the clips."""
    parser = argparse.ArgumentParser(description="Write the bundled motion clips.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parents[1] / "clips")
    folder = parser.parse_args().folder
    files = {folder / f"{name}.csv": perform for name, perform in SCENES.items()}
    for file, perform in files.items():
        save_motion(perform(), file)
    declare(files, "Apache-2.0", "performed by avatarartist_core.motion.author")


if __name__ == "__main__":
    main()
