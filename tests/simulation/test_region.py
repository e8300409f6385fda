"""An invented region has the marginals it claims, hides what it should, and repeats itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from recommender.errors import CannotWrite, UsageError
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import STRUCTURAL, read_policy
from recommender.simulation import Simulation, simulate, write_simulation
from recommender.simulation.treatment import after

ROOT = Path(__file__).parents[2]
FILES = ("pupils", "sites", "professionals", "history", "notes", "commitments")
CATALOGUE = read_catalogue(ROOT / "interventions.yaml")
POLICY = read_policy(ROOT / "planning.yaml")
OUTCOMES = tuple(outcome.id for outcome in POLICY.outcomes)


@pytest.fixture(scope="module")
def region() -> Simulation:
    """Ten regions, so that shares are known to within half a point or so."""
    return simulate(18_000, 5, POLICY, CATALOGUE)


@pytest.fixture(scope="module")
def shipped() -> Simulation:
    return simulate(1_800, 2026, POLICY, CATALOGUE)


def number(column: pd.Series) -> pd.Series:
    return column.astype("Float64").astype("float64")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): digest(p) for p in sorted(folder.rglob("*.*"))}


# --- the same again -------------------------------------------------------------------------------


def test_the_shipped_data_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_simulation(tmp_path, 1_800, 2026, POLICY, CATALOGUE)
    for name in FILES:
        assert digest(tmp_path / f"data/{name}.csv") == digest(ROOT / f"data/{name}.csv"), name


def test_the_shipped_folder_is_small_and_says_that_it_is_synthetic() -> None:
    assert sum(p.stat().st_size for p in (ROOT / "data").iterdir()) < 3_000_000
    assert "Synthetic" in (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert "--pupils 1800 --seed 2026" in (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert POLICY.synthetic


def test_how_many_regions_are_written_at_a_time_changes_no_byte(tmp_path: Path) -> None:
    for chunk in (1, 8):
        write_simulation(tmp_path / str(chunk), 2_400, 7, POLICY, CATALOGUE, chunk=chunk)
    assert digests(tmp_path / "1") == digests(tmp_path / "8")


def test_another_seed_is_another_region(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_simulation(tmp_path / str(seed), 300, seed, POLICY, CATALOGUE)
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert [name for name in one if one[name] == two[name]] == ["data/sites.csv"]


def test_parquet_holds_the_same_tables_as_csv(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    write_simulation(tmp_path, 1_900, 3, POLICY, CATALOGUE, chunk=1)
    write_simulation(
        tmp_path, 1_900, 3, POLICY, CATALOGUE, table_format="parquet", with_truth=True, chunk=1
    )
    for name in ("pupils", "history", "notes"):
        as_csv = pd.read_csv(tmp_path / f"data/{name}.csv", dtype=str, keep_default_na=False)
        table = pd.read_parquet(tmp_path / f"data/{name}.parquet")
        assert list(as_csv.columns) == list(table.columns)
        for column in as_csv.columns:
            if pd.api.types.is_numeric_dtype(table[column]):
                found = pd.to_numeric(as_csv[column]).to_numpy(dtype=float)
                assert found == pytest.approx(number(table[column]).to_numpy(), nan_ok=True)
            else:
                assert as_csv[column].tolist() == table[column].tolist(), column
    assert (tmp_path / "truth/risks.parquet").exists()
    assert (tmp_path / "truth/effects.csv").exists()


@settings(max_examples=12, deadline=None)
@given(pupils=st.integers(1, 2_500), seed=st.integers(0, 10_000))
def test_any_size_gives_exactly_that_many_pupils_with_ids_of_their_own(
    pupils: int, seed: int
) -> None:
    made = simulate(pupils, seed, POLICY, CATALOGUE)
    assert len(made.pupils) == pupils
    assert made.pupils["unit_id"].is_unique
    assert made.pupils["unit_id"].is_monotonic_increasing
    assert set(made.pupils["site"]) <= set(made.sites["site"])
    assert made.professionals["professional_id"].nunique() <= 40 * -(-pupils // 1_800)
    assert set(made.commitments["unit_id"]) <= set(made.pupils["unit_id"])


# --- marginals ------------------------------------------------------------------------------------


def test_outcomes_happen_as_often_as_the_policy_finds_plausible(
    region: Simulation, shipped: Simulation
) -> None:
    for made in (region, shipped):
        for outcome in POLICY.outcomes:
            low, high = outcome.base_rate
            assert low < made.history[outcome.id].mean() < high, outcome.id
            risk = made.risks.loc[made.risks["outcome"] == outcome.id, "risk"]
            assert low < risk.mean() < high, outcome.id


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("earlier_youth_care", 0.12, 0.165),
        ("low_income", 0.035, 0.07),
        ("one_parent", 0.14, 0.20),
        ("repeated_grade", 0.03, 0.08),
        ("sickness_trigger", 0.04, 0.12),
        ("language_lag_only", 0.01, 0.06),
    ],
)
def test_a_share_is_as_in_the_sources(
    region: Simulation, column: str, low: float, high: float
) -> None:
    assert low < number(region.pupils[column]).mean() < high


def test_marginals_of_the_evidence_hold(region: Simulation) -> None:
    pupils, history = region.pupils, region.history
    assert 0.13 < history["behaviour"].mean() < 0.175
    boys, girls = (history.loc[history["sex"] == s, "behaviour"].mean() for s in ("boy", "girl"))
    assert 1.2 < boys / girls < 1.8
    income = number(pupils["low_income"]).groupby(number(pupils["one_parent"])).mean()
    assert 2.5 < income[1.0] / income[0.0] < 6
    young = pupils[pupils["grade"] <= 4]
    assert 0.20 < number(young["letter_knowledge_deficit"]).mean() < 0.32
    high = number(pupils["sdq_parent_total"]).dropna() >= 14
    assert 0.08 < high.mean() < 0.18


def test_schools_have_about_225_pupils_and_eight_make_a_region(shipped: Simulation) -> None:
    assert len(shipped.sites) == 8
    sizes = shipped.pupils["site"].value_counts()
    assert sizes.between(140, 320).all()
    assert shipped.pupils["grade"].value_counts().between(170, 280).all()


def test_every_second_top_scorer_is_not_one_again_a_year_later(region: Simulation) -> None:
    by_year = [group.set_index("unit_id") for _, group in region.history.groupby("date")]
    for column in ("sdq_teacher_total", "sdq_teacher_conduct"):
        pair = pd.concat([number(y[column]) for y in by_year], axis=1, keys=["was", "now"])
        pair = pair.dropna()
        cut = pair["was"].quantile(0.9)
        stayed = (pair.loc[pair["was"] >= cut, "now"] >= cut).mean()
        assert 0.4 < stayed < 0.62, column


def test_siblings_are_alike_and_mostly_share_a_school(region: Simulation) -> None:
    truth = region.risks.pivot(index="unit_id", columns="outcome", values="risk")
    pupils = region.pupils.set_index("unit_id")[["family_id", "site"]].join(truth)
    pairs = pupils.reset_index().merge(pupils.reset_index(), on="family_id")
    pairs = pairs[pairs["unit_id_x"] < pairs["unit_id_y"]]
    assert len(pairs) > 3_000
    assert 0.88 < (pairs["site_x"] == pairs["site_y"]).mean() < 0.97
    for outcome in OUTCOMES:
        alike = np.corrcoef(ndtri(pairs[f"{outcome}_x"]), ndtri(pairs[f"{outcome}_y"]))[0, 1]
        assert 0.3 < alike < 0.8, outcome


def test_schools_differ_in_true_risk(shipped: Simulation) -> None:
    pupils = shipped.pupils[["unit_id", "site"]]
    for outcome in ("reading_lag", "persistent_absence"):
        risk = shipped.risks[shipped.risks["outcome"] == outcome].merge(pupils, on="unit_id")
        by_site = risk.groupby("site")["risk"].mean()
        assert by_site.max() > 1.5 * by_site.min()


# --- what is seen and what is hidden --------------------------------------------------------------


def test_what_is_missing_is_missing_where_trouble_is(region: Simulation) -> None:
    history, pupils = region.history, region.pupils
    for column, outcome in (
        ("sdq_parent_total", "behaviour"),
        ("sdq_parent_total", "youth_protection"),
        ("sdq_teacher_total", "emotional"),
        ("vocabulary_score", "persistent_absence"),
    ):
        gone = history[column].isna()
        assert history.loc[gone, outcome].mean() > 1.2 * history.loc[~gone, outcome].mean()
    assert 0.20 <= pupils["sdq_parent_total"].isna().mean() <= 0.30
    assert 0.20 <= pupils["sdq_teacher_total"].isna().mean() <= 0.30
    assert 0.10 <= (pupils["parent_education"] == "").mean() <= 0.15


def test_notes_say_more_than_the_columns_do(region: Simulation) -> None:
    noted = region.notes.assign(year=lambda n: pd.to_datetime(n["date"]) - pd.Timedelta(days=305))
    history = region.history.assign(day=pd.to_datetime(region.history["date"]))
    both = history.merge(noted[["unit_id", "year", "text"]], on="unit_id")
    both = both[(both["year"].dt.year + 1) == both["day"].dt.year].reset_index(drop=True)
    share = len(both) / len(history)
    assert 0.25 < share < 0.35
    feature = [c.name for c in POLICY.columns if "feature" in c.use and c.type != "category"]
    columns = both[feature].astype("Float64").astype("float64")
    table = np.hstack([columns.fillna(columns.mean()).to_numpy(), columns.isna().to_numpy()])
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-9)
    words = TfidfVectorizer(min_df=5).fit_transform(both["text"]).toarray()
    train = both["unit_id"].str[-1].astype(int).to_numpy() < 6
    for outcome in ("reading_lag", "persistent_absence", "emotional"):
        y = both[outcome].to_numpy()

        def auc(x: np.ndarray, y: np.ndarray = y) -> float:
            model = LogisticRegression(C=0.1, max_iter=500).fit(x[train], y[train])
            return float(roc_auc_score(y[~train], model.decision_function(x[~train])))

        alone, together = auc(table), auc(np.hstack([table, 3 * words]))
        assert alone > 0.7
        assert together > alone + 0.01, outcome


def test_notes_hold_no_number_and_no_name(shipped: Simulation) -> None:
    text = shipped.notes["text"]
    assert not text.str.contains(r"\d").any()
    assert text.str.len().between(8, 250).all()
    # A capital stands only at the start of a sentence, or in the name of the report centre.
    words = text.str.replace("Veilig", "").str.replace("Thuis", "").str.findall(r"[a-z,] [A-Z]\w+")
    assert words.str.len().sum() <= 0.02 * len(text)
    assert text.nunique() > 0.8 * len(text)


def test_notes_are_of_the_year_up_to_a_reference_date_of_somebody_there(
    shipped: Simulation,
) -> None:
    reference = pd.Timestamp(POLICY.reference_date)
    days = pd.to_datetime(shipped.notes["date"])
    assert (days < reference).all()
    assert (days > reference - pd.DateOffset(years=3)).all()
    known = set(shipped.pupils["unit_id"]) | set(shipped.history["unit_id"])
    assert set(shipped.notes["unit_id"]) <= known


def test_ids_are_pseudonyms_that_tell_nothing(region: Simulation) -> None:
    for table, column in ((region.pupils, "unit_id"), (region.pupils, "family_id")):
        ids = table[column]
        assert ids.str.fullmatch(r"[pf]\d{5,6}").all()
    neighbours = region.pupils["family_id"].to_numpy()
    assert (neighbours[1:] == neighbours[:-1]).mean() < 0.005
    risk = region.risks[region.risks["outcome"] == "behaviour"]["risk"].to_numpy()
    within = risk[:1_800]
    assert abs(np.corrcoef(np.arange(within.size), within)[0, 1]) < 0.1


def test_every_column_is_declared_and_within_its_bounds(shipped: Simulation) -> None:
    declared = {c.name: c for c in POLICY.columns}
    for table in (shipped.pupils, shipped.history):
        for name in table.columns:
            if name in STRUCTURAL or name in OUTCOMES:
                continue
            column = declared[name]
            if column.type == "number":
                values = number(table[name]).dropna()
                assert column.minimum is not None
                assert column.maximum is not None
                assert values.between(column.minimum, column.maximum).all(), name
            elif column.type == "flag":
                assert set(number(table[name]).dropna()) <= {0.0, 1.0}, name
            elif column.values:
                assert set(table[name]) <= {"", *column.values}, name
    assert set(declared) <= {*shipped.pupils.columns, *shipped.history.columns}


# --- history, help and truth ----------------------------------------------------------------------


def test_history_is_two_earlier_years_of_mostly_the_same_children(shipped: Simulation) -> None:
    history = shipped.history
    assert sorted(history["date"].unique()) == ["2024-11-01", "2025-11-01"]
    assert not history.duplicated(["unit_id", "date"]).any()
    last = history[history["date"] == "2025-11-01"]
    assert 0.8 < last["unit_id"].isin(shipped.pupils["unit_id"]).mean() < 0.95
    then = last.set_index("unit_id")["grade"]
    now = shipped.pupils.set_index("unit_id")["grade"]
    step = (now - then).dropna()
    assert set(step) == {0, 1}
    assert (step == 1).mean() > 0.95


def test_propensities_are_the_chances_of_what_was_given(region: Simulation) -> None:
    history = region.history
    assert history["propensity"].between(0.0005, 1).all()
    # Horvitz and Thompson: weighted by the inverse of their chance, those who got nothing stand
    # for everybody.
    nothing = history[history["intervention"] == ""]
    assert 0.7 < len(nothing) / len(history) < 0.9
    assert (1 / nothing["propensity"]).sum() == pytest.approx(len(history), rel=0.02)
    tutored = history[history["intervention"] == "small_group_tuition"]
    old = (history["grade"] >= 3).sum()
    assert (1 / tutored["propensity"]).sum() == pytest.approx(old, rel=0.25)


def test_help_went_to_those_who_were_seen_to_need_it(region: Simulation) -> None:
    tested = region.history.dropna(subset=["reading_score"])
    got = tested["intervention"] == "small_group_tuition"
    score = number(tested["reading_score"])
    assert score[got].mean() < score[~got].mean() - 5


def test_nobody_got_what_the_catalogue_rules_out(region: Simulation) -> None:
    for it in CATALOGUE.interventions:
        got = region.history[region.history["intervention"] == it.id]
        low, high = it.eligible.grades or (1, 8)
        assert got["grade"].between(low, high).all(), it.id
        for column in it.contraindications:
            assert (number(got[column]) != 1).all(), it.id
        for column in it.eligible.indications:
            assert (number(got[column]) == 1).all(), it.id


def test_what_was_followed_before_stands_with_the_pupil(shipped: Simulation) -> None:
    given_ = shipped.history[shipped.history["intervention"] != ""]
    given_ = given_[given_["unit_id"].isin(shipped.pupils["unit_id"])]
    expected = given_.groupby("unit_id")["intervention"].agg(set)
    done = shipped.pupils.set_index("unit_id")["completed"]
    found = done[done != ""].str.split(";").map(set)
    assert found.to_dict() == expected.to_dict()


@pytest.mark.parametrize(
    ("scale", "value", "gains"),
    [
        ("smd", 0.3, (0.043, 0.118, 0.063)),
        ("odds_ratio", 0.5, (0.0474, 0.1667, 0.0818)),
        ("risk_ratio", 0.5, (0.05, 0.25, 0.45)),
        ("risk_difference", 0.2, (0.1, 0.2, 0.2)),
    ],
)
def test_effects_lower_risks_as_the_design_says(
    scale: str, value: float, gains: tuple[float, float, float]
) -> None:
    risk = np.array([0.1, 0.5, 0.9])
    assert risk - after(risk, scale, value) == pytest.approx(gains, abs=5e-4)  # type: ignore[arg-type]


def test_true_effects_lie_around_the_believed_ones(region: Simulation) -> None:
    distance = []
    truth = region.effects.set_index(["intervention", "outcome"])["value"]
    for it in CATALOGUE.interventions:
        for effect in it.effects:
            believed = POLICY.evidence[effect.level]
            value = truth[(it.id, effect.outcome)]
            if effect.scale.endswith("ratio"):
                value, mean = np.log(value), believed * np.log(effect.value)
            else:
                mean = believed * effect.value
            distance.append((value - mean) / effect.standard_error)
    assert len(distance) == len(truth)
    assert np.mean(np.square(distance)) == pytest.approx(1, abs=0.6)
    assert abs(np.mean(distance)) < 0.5


def test_a_new_entry_leaves_the_truth_of_the_others_alone() -> None:
    fewer = Catalogue(CATALOGUE.interventions[1:])
    truth = simulate(20, 3, POLICY, CATALOGUE).effects
    without = simulate(20, 3, POLICY, fewer).effects
    gone = CATALOGUE.interventions[0].id
    kept = truth[truth["intervention"] != gone].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, without)


def test_a_certain_effect_shows_in_what_came_of_those_who_had_it() -> None:
    effect = replace(CATALOGUE.interventions[0].effects[0], outcome="reading_lag", scale="smd")
    strong = replace(effect, value=1.5, standard_error=0.0, level="strong")
    certain = Catalogue(
        tuple(
            replace(it, effects=(strong,)) if it.id == "small_group_tuition" else it
            for it in CATALOGUE.interventions
        )
    )
    made = simulate(18_000, 1, POLICY, certain)
    history = made.history[(made.history["grade"] >= 4) & made.history["reading_score"].notna()]
    # Weighted by the inverse of their chance both groups stand for the same children.
    mean = {
        what: np.average(rows["reading_lag"], weights=1 / rows["propensity"])
        for what, rows in history.groupby("intervention")
        if what in ("", "small_group_tuition")
    }
    assert mean[""] > 0.15
    assert mean["small_group_tuition"] < mean[""] / 3


def test_truth_is_written_only_when_asked_for_and_never_as_an_input(tmp_path: Path) -> None:
    write_simulation(tmp_path / "without", 200, 1, POLICY, CATALOGUE)
    assert not (tmp_path / "without/truth").exists()
    written = write_simulation(tmp_path / "with", 200, 1, POLICY, CATALOGUE, with_truth=True)
    assert {p.name for p in (tmp_path / "with/truth").iterdir()} == {"risks.csv", "effects.csv"}
    assert all(p.exists() for p in written)
    assert digests(tmp_path / "with/data") == digests(tmp_path / "without/data")
    assert not (ROOT / "truth").exists()
    assert not {"risks.csv", "effects.csv"} & {p.name for p in (ROOT / "data").iterdir()}


def test_true_risks_are_those_of_every_pupil_and_come_true(region: Simulation) -> None:
    assert len(region.risks) == len(region.pupils) * len(OUTCOMES)
    assert region.risks["risk"].between(0, 1, inclusive="neither").all()
    # Who is at the highest true risk now had trouble more often before, as risk lasts.
    for outcome in ("reading_lag", "behaviour"):
        now = region.risks[region.risks["outcome"] == outcome].set_index("unit_id")["risk"]
        had = region.history.groupby("unit_id")[outcome].mean()
        both = pd.concat([now, had], axis=1, join="inner", keys=["risk", "had"])
        assert roc_auc_score(both["had"] > 0, both["risk"]) > 0.8


# --- staff and standing ---------------------------------------------------------------------------


def test_forty_professionals_in_eight_roles_serve_every_school(shipped: Simulation) -> None:
    staff = shipped.professionals
    assert staff["professional_id"].nunique() == 40
    roles = staff["role"].str.split(";")
    assert set(roles.explode()) == {role.id for role in POLICY.roles}
    assert (roles.str.len() > 1).any()
    assert (staff["sites"] == "*").any()
    assert staff["sites"].str.contains(";").any()
    assert (staff["hours"] > 0).all()
    sites = set(shipped.sites["site"])
    for role in POLICY.roles:
        of_role = staff[roles.map(lambda r, role=role: role.id in r)]
        served = {s for place in of_role["sites"] for s in place.split(";")}
        assert "*" in served or served == sites, role.id
    whole = staff["period"] == ""
    assert not staff.loc[whole, "professional_id"].duplicated().any()
    per_period = staff[~whole].groupby("professional_id")["period"].agg(set)
    assert (per_period == {p.id for p in POLICY.periods}).all()


def test_hours_of_coordinators_are_a_small_part_of_the_norm(shipped: Simulation) -> None:
    staff = shipped.professionals
    hours = staff.loc[staff["role"].str.startswith("care_coordinator"), "hours"].sum()
    norm_hours = 25 * len(shipped.pupils) / 200 * 9
    assert 0.03 < hours / norm_hours < 0.1


def test_consent_and_duty_are_as_said(region: Simulation) -> None:
    share = region.pupils["consent"].value_counts(normalize=True)
    assert share["given"] == pytest.approx(0.85, abs=0.03)
    assert share["refused"] == pytest.approx(0.04, abs=0.015)
    assert share["asked"] > 0.03
    owed = region.pupils[region.pupils["must_serve"] != ""]
    assert len(owed) / len(region.pupils) == pytest.approx(0.015, abs=0.004)
    assert set(owed["must_serve"]) == {"any", "youth_act", "compulsory_education"}
    assert owed["consent"].isin(["given", "not_needed"]).all()


def test_running_help_is_for_a_few_who_consented_and_are_owed_nothing(shipped: Simulation) -> None:
    running = shipped.commitments
    pupils = shipped.pupils.set_index("unit_id")
    who = pupils.loc[running["unit_id"].unique()]
    assert 20 <= len(who) <= 60
    assert (who["must_serve"] == "").all()
    assert who["consent"].isin(["given", "not_needed"]).all()
    assert not running.duplicated().any()
    assert (running.groupby("unit_id")["intervention"].nunique() == 1).all()
    assert set(running["period"]) <= {p.id for p in POLICY.periods}


# --- refusals and size ----------------------------------------------------------------------------


def test_what_cannot_be_invented_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        write_simulation(tmp_path / "x", 0, 1, POLICY, CATALOGUE)
    other = replace(POLICY, outcomes=(*POLICY.outcomes, replace(POLICY.outcomes[0], id="bullying")))
    with pytest.raises(UsageError, match="bullying cannot be simulated"):
        write_simulation(tmp_path / "x", 10, 1, other, CATALOGUE)
    assert not (tmp_path / "x").exists()


def test_a_policy_with_fewer_outcomes_has_fewer_columns() -> None:
    few = replace(POLICY, outcomes=POLICY.outcomes[2:4])
    made = simulate(100, 1, few, CATALOGUE)
    assert set(made.risks["outcome"]) == {"persistent_absence", "behaviour"}
    assert "reading_lag" not in made.history


def test_only_what_the_policy_declares_is_written() -> None:
    declared = tuple(c for c in POLICY.columns if c.name in ("absence_days", "sex"))
    made = simulate(100, 1, replace(POLICY, columns=declared), CATALOGUE)
    full = simulate(100, 1, POLICY, CATALOGUE)
    assert list(made.pupils.columns[8:]) == ["absence_days", "sex"]
    assert "sdq_parent_total" not in made.history
    assert made.history["intervention"].equals(full.history["intervention"])


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(CannotWrite):
        write_simulation(tmp_path, 50, 1, POLICY, CATALOGUE)
    assert (tmp_path / "data").read_text(encoding="utf-8") == "in the way"


@pytest.mark.slow
def test_two_hundred_thousand_pupils_take_no_more_memory_than_twenty(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    program = f"""
import resource, sys
from pathlib import Path
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import read_policy
from recommender.simulation import write_simulation
root = Path({str(ROOT)!r})
catalogue, policy = read_catalogue(root / "interventions.yaml"), read_policy(root / "planning.yaml")
write_simulation(Path(sys.argv[1]), int(sys.argv[2]), 1, policy, catalogue, with_truth=True,
                 table_format="parquet", chunk=4)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peak = {
        pupils: int(
            subprocess.run(
                [sys.executable, "-c", program, str(tmp_path / str(pupils)), str(pupils)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for pupils in (20_000, 200_000)
    }
    assert peak[200_000] < 1.3 * peak[20_000]
    pupils = pd.read_parquet(tmp_path / "200000/data/pupils.parquet", columns=["unit_id", "site"])
    assert len(pupils) == pupils["unit_id"].nunique() == 200_000
    assert pupils["site"].nunique() == pytest.approx(200_000 / 225, rel=0.02)
