"""Tests of the threads of linear algebra: one unless the user says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from recommender.cli.main import THREADS

COUNT = """
import sys
from recommender.cli.main import main
assert "numpy" not in sys.modules
try:
    main(["--version"])
except SystemExit:
    pass
import scipy.linalg, threadpoolctl
print(*{pool["num_threads"] for pool in threadpoolctl.threadpool_info()})
"""


@pytest.mark.parametrize(
    ("said", "threads"),
    [({}, "1"), ({"OMP_NUM_THREADS": "2"}, "2"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")],
)
def test_linear_algebra_has_one_thread_unless_the_user_says_otherwise(said, threads) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one processor has one thread anyway")
    environment = {name: value for name, value in os.environ.items() if name not in THREADS}
    found = subprocess.run(
        [sys.executable, "-c", COUNT], env=environment | said, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert found.stdout.split()[-1] == threads
