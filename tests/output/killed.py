"""Write frames to a file and die in the middle: python -m tests.output.killed PATH TOTAL DIE_AT."""

import os
import signal
import sys
import time

from avatarartist_core.output.writer import open_writer
from tests.output.frames import SIDE, frame


def main(path, total, die_at, transparent):
    with open_writer(
        path, size=SIDE, fps=25, transparent=transparent, total=total, fingerprint="a"
    ) as writer:
        for index in range(total):
            writer.write(frame(index, transparent))
            if index == die_at:
                time.sleep(0.3)
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), "transparent" in sys.argv)
