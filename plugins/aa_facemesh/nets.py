"""Runs the shipped networks through LiteRT, read from the package data."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats

DETECTOR = "face_detector.tflite"
LANDMARKS = "face_landmarks_detector.tflite"
BLENDSHAPES = "face_blendshapes.tflite"
SEGMENTER = "selfie_segmentation.tflite"

_BUNDLE = "face_landmarker.task"


class Net:
    """One network with one input; calls from several threads wait for one another.

    Args:
        name: one of the file names above.
        threads: threads it may use.
    """

    def __init__(self, name: str, threads: int = 2) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._lock = Lock()
        self._content = content(name)
        with _quiet_stderr():
            self._net = Interpreter(model_content=self._content, num_threads=threads)
            self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]["index"]
        self._outputs = {each["name"]: each["index"] for each in self._net.get_output_details()}

    def __call__(self, values: Floats) -> dict[str, NDArray[np.float32]]:
        """Run on a whole input batch; returns copies of the outputs by name."""
        with self._lock:
            self._net.set_tensor(self._input, values)
            self._net.invoke()
            return {name: self._net.get_tensor(index) for name, index in self._outputs.items()}


def content(name: str) -> bytes:
    """Return the file of a network."""
    data = resources.files("aa_facemesh").joinpath("data")
    if name == SEGMENTER:
        return data.joinpath(name).read_bytes()
    with data.joinpath(_BUNDLE).open("rb") as file, zipfile.ZipFile(file) as bundle:
        return bundle.read(name)


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 nowhere: the first network prints a line about its delegate."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is needed
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
