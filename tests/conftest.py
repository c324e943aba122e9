"""What holds for every test."""

import os

# The networks of tests are so small that more threads only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
