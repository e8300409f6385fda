"""report.html: what a plan says, for people, in one file that needs no network and no script."""

from __future__ import annotations

from recommender.export.manifest import Manifest
from recommender.planning.plan import Plan


def report_html(plan: Plan, manifest: Manifest, language: str = "en") -> str:
    """Return the report of a plan as a self-contained page."""
    return f"<!doctype html><html lang={language}><title>{manifest.version} {plan.summary.pupils}</title></html>\n"
