"""One thread a process: tests run side by side, and spinning threads only wait for others."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")


LONGEST = ("test_docs.py", "test_house.py")
"""Files whose tests take longest: they go first, so that nobody waits for them at the end."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Put the longest tests first, and leave most variants of ``many`` to the slow run."""
    variants: dict[tuple[Path, str], list[Any]] = {}
    for item in items:
        mark = item.get_closest_marker("many")
        if mark is not None and item.get_closest_marker("slow") is None:
            variants.setdefault((item.path, item.originalname), []).append(item)
    for alike in variants.values():
        keep = alike[0].get_closest_marker("many").args[0]
        kept = {len(alike) * n // keep for n in range(keep)}
        for at, item in enumerate(alike):
            if at not in kept:
                item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays: libraries and tests, a gigabyte of them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what passed tests tried to break: kills, full disks, canaries, payloads."""
    totals: dict[str, int] = {}
    for report in terminalreporter.getreports("passed"):
        for name, number in report.user_properties:
            if isinstance(number, int):
                totals[name] = totals.get(name, 0) + number
    if totals:
        tried = ", ".join(f"{number:,} {name}" for name, number in sorted(totals.items()))
        terminalreporter.write_line(f"tried, and all held: {tried}")
