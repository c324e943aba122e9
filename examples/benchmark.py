"""Times whole commands, each in a process of its own, and prints one table.

    python examples/benchmark.py [--portrait examples/astronaut.png] [--repeat 3]

Cold is the first run of an installation, when the drawing code is compiled; it is measured with an
empty cache folder. Every other row is the median of ``--repeat`` warm runs.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AA = Path(sys.executable).with_name("aa")


def run(arguments: list[str], environ: dict[str, str]) -> tuple[float, float, str]:
    """Run ``aa``; returns wall seconds, peak memory in MB and what it printed."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [AA, *arguments], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"aa {' '.join(arguments)} failed: try it by hand")
    unit = 1e6 if platform.system() == "Darwin" else 1e3
    return seconds, usage.ru_maxrss / unit, printed


def still(frames: int, folder: Path) -> Path:
    """Write a motion file of a talking head, ``frames`` long."""
    file = folder / f"{frames}.csv"
    rows = ["time,jawOpen,headYaw"]
    rows += [f"{i / 25:.2f},{0.2 + 0.2 * (i % 10) / 10:.2f},{(i % 50) - 25}" for i in range(frames)]
    file.write_text("# fps = 25\n" + "\n".join(rows) + "\n")
    return file


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portrait", default="examples/astronaut.png")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--long", type=int, default=3000, help="frames of the long clip")
    arguments = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = str(folder / "out.mp4")
        common = ["run", arguments.portrait, "-o", video, "--overwrite", "--json"]
        motion = ["--motion", str(still(100, folder))]
        cold, _, _ = run([*common, *motion], {**os.environ, "NUMBA_CACHE_DIR": str(folder / "jit")})
        print(f"first run, 100 frames at 512: {cold:.1f} s")
        run([*common, *motion], dict(os.environ))
        for label, command in (("aa --help", ["--help"]), ("aa plugins list", ["plugins", "list"])):
            times = [run(command, dict(os.environ))[0] for _ in range(arguments.repeat)]
            print(f"{label}: {statistics.median(times):.2f} s")
        rows = [run([*common, *motion], dict(os.environ)) for _ in range(arguments.repeat)]
        walls = [wall for wall, _, _ in rows]
        facts = [json.loads(printed) for _, _, printed in rows]

        def median(stage: str) -> float:
            return statistics.median(fact["seconds"].get(stage, 0.0) for fact in facts)

        create, draw = median("prepare") + median("generate"), median("render") + median("encode")
        print(f"aa run, 100 frames at 512, whole process: {statistics.median(walls):.2f} s")
        print(f"  start and end of the process: {statistics.median(walls) - median('total'):.2f} s")
        print(f"  portrait to avatar: {create:.2f} s")
        print(f"  drawn and encoded: {100 / draw:.1f} frames/s")
        print(f"  peak memory: {max(memory for _, memory, _ in rows):.0f} MB")
        motion = ["--motion", str(still(arguments.long, folder))]
        _, memory, _ = run([*common, *motion], dict(os.environ))
        print(f"  peak memory, {arguments.long} frames: {memory:.0f} MB")


if __name__ == "__main__":
    main()
