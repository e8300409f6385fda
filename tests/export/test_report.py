"""The report: self-contained, without script or network, escaped, and adding up to the plan."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.errors import UsageError
from recommender.export import figures
from recommender.export.manifest import Manifest, Name
from recommender.export.phrases import ENGLISH, LANGUAGES
from recommender.export.report import report_html
from recommender.inputs.catalogue import Text
from recommender.planning.plan import Plan

Region = tuple[Plan, Manifest]


class Page(html.parser.HTMLParser):
    """Tags with their attributes, and the tables of a page as rows of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.strip()

    def table_under(self, head: str) -> list[list[str]]:
        """The rows of the first table whose first head is this."""
        return next(t for t in self.tables if t and t[0] and t[0][0] == head)


def test_a_report_refers_to_nothing_outside_itself(region: Region) -> None:
    page = Page(report_html(*region))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for _, attrs in page.tags:
        for name, value in attrs.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "style", "action", "poster", "data")
            if name in ("href", "xlink:href"):
                assert value is not None
                assert value.startswith("#")
    style = re.search(r"<style>(.*?)</style>", report_html(*region), re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_security_policy_allows_the_style_sheet_by_its_hash_and_nothing_else(
    region: Region,
) -> None:
    text = report_html(*region)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(
        attrs["content"]
        for tag, attrs in Page(text).tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


PAYLOADS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><b>", "{{7*7}}"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_ids_and_names_cannot_become_markup(region: Region, payload: str) -> None:
    plan, manifest = region
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(intervention=payload, bundle=payload, site=payload),
        not_served=plan.not_served.assign(reason=payload, site=payload),
        resources=plan.resources.assign(role=payload, rule=payload),
        summary=replace(plan.summary, engine=payload, scenario=payload),
    )
    names = tuple(replace(name, text=Text(en=payload)) for name in manifest.names)
    plain = {tag for tag, _ in Page(report_html(*region)).tags}
    text = report_html(hostile, replace(manifest, names=names, engine=payload))
    assert {tag for tag, _ in Page(text).tags} <= plain
    assert "49" not in Page(text).words
    if "<" in payload:
        assert payload not in text


def test_the_headline_says_help_benefit_and_proven_gap(region: Region) -> None:
    plan, manifest = region
    words = " ".join(" ".join(Page(report_html(plan, manifest)).words).split())
    assert f"Help for {plan.summary.served:,.0f} of {plan.summary.pupils:,} pupils" in words
    assert "0.43%" in words
    assert "proven, not estimated" in words
    assert "too few" in words
    assert "running takes more hours than there are" in words


def test_synthetic_pupils_are_said_to_be_synthetic_and_real_ones_are_not(region: Region) -> None:
    plan, manifest = region
    assert "do not exist" in report_html(plan, manifest).replace("\n", " ")
    real = replace(plan, summary=replace(plan.summary, synthetic=False))
    assert "do not exist" not in report_html(real, manifest)


def test_no_unit_is_named_in_a_report(region: Region) -> None:
    plan, manifest = region
    text = report_html(plan, manifest)
    assert not [unit for unit in plan.profiles["unit_id"].unique() if unit in text]


def test_the_tables_of_the_report_add_up_to_the_plan(region: Region) -> None:
    plan, manifest = region
    page = Page(report_html(plan, manifest))
    by_risk = page.table_under("Risk group")
    assert sum(int(row[3]) for row in by_risk[1:-1]) == int(by_risk[-1][3]) == plan.summary.served
    by_site = page.table_under("Site")
    served = next(t for t in page.tables if t[0][:3] == ["Site", "Pupils", "Offered help"])
    assert sum(int(row[2]) for row in served[1:-1]) == plan.summary.served
    assert float(served[-1][5]) == pytest.approx(plan.summary.benefit, abs=0.005)
    assert by_site
    why_not = page.table_under("Reason")
    assert int(why_not[-1][1].replace(",", "")) == plan.summary.pupils - plan.summary.served


def test_every_chart_has_words_or_is_part_of_a_table_and_every_table_a_caption(
    region: Region,
) -> None:
    tags = Page(report_html(*region)).tags
    cells = re.sub(r'<(td|ul)[^>]*aria-hidden="true".*?</\1>', "", report_html(*region), flags=re.S)
    for tag, attrs in Page(cells).tags:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or attrs.get("aria-label")
    count = [tag for tag, _ in tags].count
    assert count("table") == count("caption")
    assert dict(tags)["html"]["lang"] == "en"


def test_a_plan_for_nobody_still_has_a_report(region: Region) -> None:
    plan, manifest = region
    empty = Plan(
        summary=replace(
            plan.summary, pupils=0, served=0.0, benefit=0.0, standard_error=0.0, must_serve=0,
            hours_capacity=0.0, hours_used=0.0, shortages=(), gap=float("inf"), budget=None,
        ),
        **{name: getattr(plan, name).iloc[:0] for name in
           ("assignments", "not_served", "sessions", "resources", "caseload", "memberships",
            "profiles")},
    )  # fmt: skip
    words = " ".join(Page(report_html(empty, manifest)).words)
    assert "Help for 0 of 0 pupils" in words
    assert "No pupil is under a statutory rule" in words
    assert "No hour has a price" in words


def test_a_report_in_an_unknown_language_is_refused(region: Region) -> None:
    with pytest.raises(UsageError, match="choose en"):
        report_html(*region, language="xx")


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_language_has_every_phrase_with_the_same_places(code: str) -> None:
    phrases = LANGUAGES[code].phrases
    assert set(phrases) == set(ENGLISH)
    for key, phrase in phrases.items():
        assert set(re.findall(r"\{(\w+)\}", phrase)) == set(re.findall(r"\{(\w+)\}", ENGLISH[key]))


def test_every_phrase_is_said_somewhere() -> None:
    folder = Path(figures.__file__).parent
    source = (folder / "report.py").read_text() + (folder / "templates/report.html").read_text()
    built = ("proof_", "hours_", "level_", "scale_", "status_", "rule_", "example_")
    unsaid = [k for k in ENGLISH if not re.search(rf"['\"]{k}['\"]", source)]
    assert [key for key in unsaid if not key.startswith(built)] == []


def test_numbers_are_written_as_the_language_does() -> None:
    english = LANGUAGES["en"]
    assert english.number(1234567.891, 2) == "1,234,567.89"
    assert english.number(-0.0001, 1) == "0.0"
    assert english.number(-2.5, 1) == "−2.5"
    assert english.number(float("nan")) == "–"
    assert english.percent(0.1234, 1) == "12.3%"


def test_a_bundle_and_a_shared_site_have_names(region: Region) -> None:
    plan, manifest = region
    both = "mentoring+parent_course"
    pair = replace(
        plan, assignments=plan.assignments.assign(bundle=both, runner_up=f"{both}@winter")
    )
    text = report_html(pair, replace(manifest, names=(*manifest.names, Name("x", "y", Text("z")))))
    assert "Mentoring + Parenting course" in text
    assert "Mentoring + Parenting course, Winter" in text


def test_reasons_name_roles_and_interventions_not_their_ids(region: Region) -> None:
    plan, manifest = region
    reasons = ["the hours of youth_worker would do more good", "a place in anxiety_group is dear"]
    left = plan.not_served.assign(reason=[reasons[n % 2] for n in range(len(plan.not_served))])
    words = " ".join(Page(report_html(replace(plan, not_served=left), manifest)).words)
    assert "the hours of Youth worker would do more good" in words
    assert "a place in Group course against anxiety is dear" in words


def test_a_demand_is_no_example_of_a_decision_on_its_merits(region: Region) -> None:
    plan, manifest = region
    first = plan.assignments.index == plan.assignments["net_value"].idxmax()
    demanded = plan.assignments.assign(
        status=["must_serve" if f else "proposed" for f in first],
        price_paid=[
            -799.376 if f else p for f, p in zip(first, plan.assignments["price_paid"], strict=True)
        ],
    )
    assert "799.376" not in report_html(replace(plan, assignments=demanded), manifest)
