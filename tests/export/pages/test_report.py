"""The report: self-contained, without script or network, escaped, and adding up to the plan."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from recommender.errors import UsageError
from recommender.export import because
from recommender.export.manifest import Manifest, Name
from recommender.export.pages.cards import report_pages
from recommender.export.pages.report import AUDIENCES, report_html
from recommender.export.summaries import plan_tables
from recommender.inputs.catalogue import Text
from recommender.messages import LANGUAGES
from recommender.messages.english import ENGLISH
from recommender.planning.plan.plan import Plan

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


@pytest.mark.many(2)
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
    with pytest.raises(UsageError, match="choose en, nl"):
        report_html(*region, language="xx")


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_language_has_every_phrase_with_the_same_places(code: str) -> None:
    phrases = LANGUAGES[code].phrases
    assert set(phrases) == set(ENGLISH)
    for key, phrase in phrases.items():
        assert set(re.findall(r"\{(\w+)\}", phrase)) == set(re.findall(r"\{(\w+)\}", ENGLISH[key]))


def test_every_phrase_is_said_somewhere() -> None:
    folder = Path(plan_tables.__file__).parents[1]
    files = [*folder.rglob("*.py"), *folder.glob("templates/*.html")]
    source = "".join(f.read_text() for f in files if f.name not in ("phrases.py", "dutch.py"))
    built = (
        "proof_", "hours_", "level_", "scale_", "status_", "rule_", "example_", "audience_",
        "left_", "card_", "consent_", "says_", "policy_",
        "compared_", "fair_", "lacks_", "front_", "known_",
    )  # fmt: skip
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


def test_dates_are_the_same_with_and_without_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("babel")
    days = [f"2026-{month:02d}-0{day}" for month in range(1, 13) for day in (1, 9)]
    said = {code: [LANGUAGES[code].date(day) for day in days] for code in ("en", "nl")}
    assert said["nl"][5] == "9 maart 2026"
    monkeypatch.setitem(sys.modules, "babel.dates", None)
    assert {code: [LANGUAGES[code].date(day) for day in days] for code in ("en", "nl")} == said


@pytest.mark.parametrize("code", ["en", "nl"])
def test_numbers_have_the_signs_that_babel_knows(code: str) -> None:
    symbols = pytest.importorskip("babel").Locale.parse(code).number_symbols["latn"]
    words = LANGUAGES[code]
    assert (words.decimal, words.thousands) == (symbols["decimal"], symbols["group"])


def test_a_dutch_report_is_dutch_to_its_reasons(region: Region) -> None:
    plan, manifest = region
    reasons = [*because.FIXED, "the hours of teacher would do more good for others",
               "a place in mentoring would do more good for others",
               "the cap on mentoring would do more good for others",
               "there are no hours of teacher",
               "nothing suits, most often because: a contra-indication rules it out"]  # fmt: skip
    left = plan.not_served.assign(
        reason=[reasons[n % len(reasons)] for n in range(len(plan.not_served))]
    )
    text = report_html(replace(plan, not_served=left), manifest, "nl")
    assert dict(Page(text).tags)["html"]["lang"] == "nl"
    words = " ".join(" ".join(Page(text).words).split())
    assert not [reason for reason in reasons if reason in words]
    assert "de uren van Teacher doen meer goed voor anderen" in words
    assert "een contra-indicatie sluit het uit" in words
    assert "0,43%" in words
    assert "24 november 2026" in words


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("audience", ["policy", "public"])
def test_what_anyone_may_read_names_no_unit_and_no_small_number(
    region: Region, audience: str, language: str
) -> None:
    plan, manifest = region
    text = report_html(plan, manifest, language, audience)
    page = Page(text)
    assert not [unit for unit in plan.profiles["unit_id"].unique() if unit in text]
    say = LANGUAGES[language].phrases
    counted = {say["decile"]: (2, 3, 4), say["reason"]: (1,), say["group"]: (1, 2)}
    found = 0
    for table in page.tables:
        columns = counted.get(table[0][0], ())
        if table[0][:2] == [say["role"], say["reason"]]:
            continue
        if table[0][:3] == [say["site"], say["pupils"], say["served"]]:
            columns = (1, 2)
        if table[0][:2] == [say["intervention"], say["pupils"]]:
            columns = (1,)
        for row in table[1:]:
            for column in columns:
                cell = row[column].replace(".", "").replace(",", "")
                assert cell in ("", "·") or int(cell) >= 10, (table[0], row)
                found += cell == "·"
    assert found >= 2


def test_hidden_numbers_of_a_public_report_cannot_be_worked_out(region: Region) -> None:
    rows = Page(report_html(*region, "en", "public")).table_under("Risk group")
    served = [row[3] for row in rows[1:-1]]
    total = int(rows[-1][3])
    hidden = [cell for cell in served if cell == "·"]
    assert len(hidden) != 1
    left = total - sum(int(cell) for cell in served if cell != "·")
    assert not hidden or left >= 9
    assert all(row[5] == "·" for row in rows[1:-1] if "·" in row[2:5])


def test_a_report_for_an_unknown_audience_is_refused(region: Region) -> None:
    with pytest.raises(UsageError, match="choose coordinator, board, policy, public"):
        report_html(*region, audience="everybody")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_headings_follow_each_other_and_every_head_has_a_scope(
    region: Region, audience: str
) -> None:
    for text in report_pages(*region, "nl", audience).values():
        page = Page(text)
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
        names = [tag for tag, _ in page.tags]
        assert [names.count(tag) for tag in ("main", "header", "footer")] == [1, 1, 1]
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        assert next(attrs for tag, attrs in page.tags if tag == "a")["class"] == "skip"
        assert len(text.encode()) < 1_000_000


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_report_says_outcome_by_outcome_which_risks_were_not_tested_here(
    region: Region, code: str
) -> None:
    plan, manifest = region
    tested, *others = plan.profiles["outcome"].drop_duplicates().tolist()
    rows = [(tested, "cases", 0.0, 1.0, 50.0, 0.2, 0.2, 0.01)]
    some = pd.DataFrame(rows, columns=plan.calibration.columns)
    intro = LANGUAGES[code].phrases["trust_intro"][:40]
    for table, claimed in ((some, True), (some.iloc[:0], False)):
        page = report_html(replace(plan, calibration=table), manifest, code)
        words = " ".join(" ".join(Page(page).words).split())
        assert (intro in words) == claimed
        handed = others if claimed else [tested, *others]
        assert len(handed)
        assert LANGUAGES[code].phrases["trust_handed"][:30] in words


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_report_shows_the_solvers_sharper_proof_and_who_proved_it(
    region: Region, code: str
) -> None:
    plan, manifest = region
    say = LANGUAGES[code]
    summary = plan.summary
    sharp = summary.value + 0.001 * summary.benefit
    plan = replace(plan, summary=replace(summary, better_bound=sharp))
    words = " ".join(" ".join(Page(report_html(plan, manifest, code)).words).split())
    assert say.percent(plan.summary.proof.gap, 2) == say.percent(0.001, 2)
    assert say.percent(0.001, 2) in words
    assert say.phrases["proof_by_solver"] in words
