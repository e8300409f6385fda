"""HiGHS kept quiet and interruptible: options, running and what a run ended with."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import highspy

TIGHT = 1e-9
"""Feasibility asked of HiGHS, on rows scaled to uses of about 1: well within ``TOLERANCE``."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run of HiGHS ended.

    Attributes:
        found: whether a point that HiGHS calls feasible is there.
        proven: whether that point is optimal within the gap that was asked.
        infeasible: whether no point exists.
        bound: the best bound on the (minimised) objective of an integer model.
        interrupted: whether the user asked to stop.
    """

    found: bool
    proven: bool
    infeasible: bool
    bound: float
    interrupted: bool


def run_highs(highs: highspy.Highs, stop: threading.Event | None = None) -> Ending:
    """Return how a run ended; Ctrl-C or ``stop`` ends it early and keeps the best point.

    Args:
        highs: a model ready to run.
        stop: an event that ends the run when it is set by another thread.
    """
    interrupted = _run_in_thread(highs, stop)
    status, info = highs.getModelStatus(), highs.getInfo()
    statuses = highspy.HighsModelStatus
    return Ending(
        found=info.primal_solution_status == 2,
        proven=status in (statuses.kOptimal, statuses.kModelEmpty),
        infeasible=status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible),
        bound=float(info.mip_dual_bound),
        interrupted=interrupted,
    )


def _cancel(highs: highspy.Highs) -> None:
    highs.cancelSolve()  # type: ignore[no-untyped-call]


def quiet(highs: highspy.Highs, **options: Any) -> highspy.Highs:
    """Return the same HiGHS with its output off and tight tolerances, and further options set."""
    settings = {
        "output_flag": False,
        "primal_feasibility_tolerance": TIGHT,
        "dual_feasibility_tolerance": TIGHT,
        "mip_feasibility_tolerance": TIGHT,
        **options,
    }
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    return highs


def _run_in_thread(highs: highspy.Highs, stop: threading.Event | None) -> bool:
    # Python handles Ctrl-C only between bytecodes: the run is left to a thread (HiGHS lets go
    # of the interpreter lock) while this one waits.
    if not highs.HandleUserInterrupt:
        highs.HandleUserInterrupt = True
    failure: list[BaseException] = []

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:
            failure.append(error)
        finally:
            done.set()

    # an event, since a join that Ctrl-C interrupts takes a running thread for a stopped one
    done = threading.Event()
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    interrupted = False
    while not done.is_set():
        try:
            done.wait(0.05)
            if stop is not None and stop.is_set():
                interrupted = True
                _cancel(highs)
        except KeyboardInterrupt:
            interrupted = True
            _cancel(highs)
    if failure:
        raise failure[0]
    return interrupted
