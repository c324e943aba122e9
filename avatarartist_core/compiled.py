"""Whether numba may compile, and a place for its code where it would find none, and fail."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def place_compiled_code() -> None:
    """Give numba a folder for the life of this process when it could write nowhere.

    It keeps compiled code beside the sources, else in the user's cache, else it refuses to import
    what asks for a cache. The folder is new and private, since numba unpickles what lies in it.
    Call this before numba is imported.
    """
    import platformdirs

    users = Path(platformdirs.user_cache_dir("numba"))
    if "NUMBA_CACHE_DIR" in os.environ or _is_writable(HERE) or _is_writable(users):
        return
    folder = tempfile.mkdtemp(prefix="avatarartist-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = folder


@cache
def can_compile() -> bool:
    """Tell whether numba may compile here; call this before what it compiles is imported."""
    place_compiled_code()
    import numba

    return not numba.config.DISABLE_JIT


def _is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, or where it would have to be made."""
    nearest = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return os.access(nearest, os.W_OK | os.X_OK)
