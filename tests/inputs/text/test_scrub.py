"""What names a child does not pass the scrubber; what says how it is doing does."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.inputs.text.scrub import scrub


def scrubbed(text: str, *names: str) -> str:
    return str(scrub(pd.Series([text]), names).iloc[0])


@pytest.mark.parametrize(
    ("text", "canaries"),
    [
        ("Jan de Vries is vaak boos.", ["Jan", "Vries"]),
        ("Vandaag sloeg Pietje zijn broer Karim.", ["Pietje", "Karim"]),
        ("jan en fatima maken ruzie", ["jan", "fatima"]),
        ("Gesprek met juf Annemiek en meester de Boer.", ["Annemiek", "Boer"]),
        ("Moeder van Willem-Alexander heet Máxima.", ["Willem", "Alexander", "Máxima"]),
        ("J.P. Balkenende heeft gebeld", ["Balkenende"]),
        ("Zwartjes belde af. Øyvind en Özlem ook", ["Zwartjes", "Øyvind", "Özlem"]),
        ("JANSEN komt morgen", ["JANSEN"]),
        ("mail naar f.elamrani+school@gmail.com", ["elamrani", "gmail"]),
        ("bel 06-12345678 of 06 12 34 56 78", ["12345678", "34 56"]),
        ("bel +31 (0)20 123 45 67 of 020-1234567", ["123 45", "1234567"]),
        ("BSN 123456782, ook wel 1234.56.782", ["123456782", "1234.56"]),
        ("woont op 1234 AB en daarvoor 4321cd", ["1234 AB", "4321cd"]),
        ("geboren 12-05-2017, 2017/05/12 of 12.5.17", ["05-2017", "2017/05", "12.5.17"]),
        ("geboren op 3 mei 2017 of May 3rd, 2017", ["3 mei", "May 3rd"]),
        ("woont Dorpsstraat 12a of Jan van Galenlaan 5-2", ["Dorpsstraat", "12a", "Galenlaan"]),
        ("lives at 14 Church Road", ["Church"]),
        ("rekening NL91 ABNA 0417 1643 00", ["ABNA", "0417"]),
        ("zie https://school.example/kind/pietje", ["example", "pietje"]),
    ],
)
def test_a_canary_does_not_survive(text: str, canaries: list[str]) -> None:
    out = scrubbed(text)
    assert [c for c in canaries if c in out] == []


@pytest.mark.parametrize(
    "text",
    [
        "Leest moeizaam en raakt snel gefrustreerd; rekent goed.",
        "Score 12,5 op CITO in november, groep 7 telt 28 leerlingen.",
        "Leesachterstand is groot. Dyslexie vermoed. Kwetsbaar na scheiding.",
        "Zij spreekt thuis Turks. Op maandag vaak afwezig.",
        "Mother says he sleeps badly. Often angry after the break.",
        "3 keer te laat in 12 weken, 16 uur verzuim in 4 weken",
    ],
)
def test_what_says_how_a_child_is_doing_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_names_that_are_handed_in_go_wherever_they_stand() -> None:
    out = scrubbed(
        "gisteren was sterre-lynn weg, net als bloems zus. p0042 ook",
        "Sterre-Lynn",
        "Bloem de Wit",
        "p0042",
    )
    assert out == "gisteren was [name] weg, net als [name] zus. [name] ook"


def test_index_order_and_missing_texts_are_kept() -> None:
    out = scrub(pd.Series(["goed", None, "boos"], index=[5, 3, 9]))
    assert out.index.tolist() == [5, 3, 9]
    assert out.tolist() == ["goed", "", "boos"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.integers(600000000, 699999999), st.text(max_size=60))
def test_a_phone_number_goes_whatever_stands_around_it(
    before: str, number: int, after: str
) -> None:
    text = f"{before} 0{number} {after}"
    assert f"0{number}" not in scrubbed(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc ABC.,0123[]@'-\n", max_size=80))
def test_scrubbing_twice_changes_nothing_more_that_matters(text: str) -> None:
    once = scrub(pd.Series([text]))
    assert scrub(once).str.replace("[name]", "", regex=False).str.len().iloc[0] <= len(once.iloc[0])


@pytest.mark.parametrize("piece", ["A", "1", "a.b", "Jan van ", "A. ", "0 ", "Aa-", "x@", "Aa "])
def test_a_hostile_text_comes_back(piece: str) -> None:
    assert isinstance(scrubbed(piece * (20_000 // len(piece))), str)


FIRST = ("Sietske", "Wouter", "Aaltje", "Mohammed", "Ayşe", "Kwame", "Djuna", "Roos", "Ömer",
         "Łukasz", "Ngozi", "Tjeerd", "Berfin", "Sterre", "Storm")  # fmt: skip
LAST = ("Jansen", "de Vries", "van der Heijden", "El Amrani", "Yılmaz", "van den Berg", "Öztürk",
        "Peters-Hoekstra", "O'Connor", "'t Hart")  # fmt: skip
NOTES = (
    "{n} is vaak boos op {m}.",
    "Gesprek met moeder van {n} op {d}.",
    "{n} heeft ruzie met {m} gehad; {m} huilde.",
    "Telefoon {p}, mail {e}",
    "Leerling woont {a}, {c}.",
    "BSN {b} en geboren {d}",
    "{n} {l} leest slecht",
    "'{n} wil niet naar school', zegt vader",
    "(kind {n}) is moe",
    "Mother of {n} called {m} about Mr. {l}.",
)


def test_no_planted_name_number_or_address_is_found_again() -> None:
    rng = random.Random(20261124)
    texts, planted = [], []
    for i in range(500):
        values = {
            "n": rng.choice(FIRST), "m": rng.choice(FIRST), "l": rng.choice(LAST),
            "d": rng.choice(["12-3-2016", "3 mei 2016", "2016-05-03", "03/05/16"]),
            "p": rng.choice([f"06-{rng.randrange(10**8):08d}", f"020 {rng.randrange(10**7):07d}"]),
            "e": f"x{i}@voorbeeld.nl", "a": rng.choice(["Kerkstraat 12", "Van Goghlaan 3b"]),
            "c": rng.choice(["1234 AB", "3512JK"]), "b": str(rng.randrange(10**8, 10**9)),
        }  # fmt: skip
        note = rng.choice(NOTES)
        texts.append(note.format(**values))
        planted.append([v for k, v in values.items() if f"{{{k}}}" in note])
    found = [
        value
        for text, values in zip(scrub(pd.Series(texts)), planted, strict=True)
        for value in values
        if value in text
    ]
    assert found == []
