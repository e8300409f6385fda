"""Languages of pupils and of professionals: codes that meet, and words that would meet nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from recommender.inputs.checks import cells
from recommender.inputs.checks.identity import is_nothing
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.text.matching import Texts
from recommender.inputs.text.shown import slip
from recommender.inputs.text.spelling import folded, meant

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
CODES = frozenset(_CODES.split())
"""Codes of two letters, of ISO 639-1."""
_NAMES = {
    "nl": "nederlands dutch nld dut hollands vlaams flemish",
    "en": "engels english eng",
    "tr": "turks turkish tur turkce",
    "ar": "arabisch arabic ara marokkaans-arabisch moroccan_arabic darija syrisch",
    "pl": "pools polish pol polski",
    "uk": "oekraiens oekraïens ukrainian ukr ua",
    "de": "duits german deu ger deutsch",
    "fr": "frans french fra fre francais français",
    "es": "spaans spanish spa espanol español",
    "it": "italiaans italian ita",
    "pt": "portugees portuguese por braziliaans",
    "ru": "russisch russian rus",
    "ro": "roemeens romanian ron rum",
    "bg": "bulgaars bulgarian bul",
    "hu": "hongaars hungarian hun",
    "cs": "tsjechisch czech ces cze cz",
    "sk": "slowaaks slovak slk slo",
    "el": "grieks greek ell gre gr",
    "hr": "kroatisch croatian hrv",
    "sr": "servisch serbian srp",
    "bs": "bosnisch bosnian bos",
    "sq": "albanees albanian sqi alb",
    "lt": "litouws lithuanian lit",
    "lv": "lets latvian lav",
    "zh": "chinees chinese zho chi mandarijn mandarin kantonees cantonese cn",
    "ja": "japans japanese jpn jp",
    "ko": "koreaans korean kor",
    "vi": "vietnamees vietnamese vie",
    "id": "indonesisch indonesian ind",
    "hi": "hindi hindoestaans",
    "ur": "urdu oerdoe urd",
    "fa": "perzisch persian farsi fas dari",
    "ps": "pasjtoe pashto pus",
    "ku": "koerdisch kurdish kur kurmanci sorani",
    "so": "somalisch somali som",
    "ti": "tigrinya tigrinja tir",
    "am": "amhaars amharic amh",
    "he": "hebreeuws hebrew heb",
    "hy": "armeens armenian hye arm",
    "sv": "zweeds swedish swe",
    "da": "deens danish dan dk",
    "fy": "fries frysk frisian fry",
    "th": "thai thais tha",
    "sw": "swahili swa",
    "ta": "tamil tam",
    "bn": "bengaals bengali ben",
    "pa": "punjabi pandjabi",
}
_CODE_OF: Mapping[str, str] = {name: code for code, said in _NAMES.items() for name in said.split()}
_OF_A_COUNTRY = re.compile(r"([a-z]{2})[-_][a-z]{2}")
_BETWEEN = re.compile(r"[;,/|+&\n]|\s+(?:en|and)\s+|\s+")


def code_meant(word: str) -> str:
    """The code of a language that is written as its name, or with a country; "" for others."""
    plain = folded(word)
    of_a_country = _OF_A_COUNTRY.fullmatch(plain)
    if of_a_country and of_a_country[1] in CODES:
        return of_a_country[1]
    return _CODE_OF.get(plain, "")


def read(table: Table, column: str, findings: Findings, *, many: bool) -> Texts:
    """The column as codes in small letters, ``a;b`` where there are several; "" for none.

    Words for nothing, names of languages and several languages where one may stand are noted, once
    a word.
    """
    said = cells.text(table, column)
    row_codes, distinct = pd.factorize(said)
    first = pd.Series(np.arange(len(said))).groupby(row_codes).first()
    right: list[str] = []
    for number, cell in enumerate(distinct.tolist()):
        parts = _parts(cell)
        odd = what_is_wrong(cell, many=many)
        right.append("" if odd else ";".join(dict.fromkeys(parts)))
        if odd is not None and column in table.frame:
            rows = int((row_codes == number).sum())
            often = f" (in {rows:,} rows)" if rows > 1 else ""
            line = int(table.lines[first[number]])
            findings.problem(table.file, line, column, f"{odd[0]}{often}", odd[1])
    return pd.Series(np.array([*right, ""], dtype=object)[row_codes], dtype=str)


def what_is_wrong(cell: str, *, many: bool = True) -> tuple[str, str] | None:
    """What is wrong with the languages of one cell, and what to do; None if nothing is."""
    parts = _parts(cell)
    if not cell:
        return None
    if any(is_nothing(p) for p in parts) or not parts:
        return "is a word or an error that stands for an empty cell", "leave the cell empty"
    for part in parts:
        code = code_meant(part)
        if code:
            name = f"'{part}'" if part in _CODE_OF else "a code with a country"
            return f"is {name}, and languages are given by a code of two letters", f"write {code}"
    if not many and len(parts) > 1:
        return "holds several languages", "write the one that is to be met"
    for part in parts:
        pieces = [p for p in _BETWEEN.split(part) if p]
        if len(pieces) > 1 and all(p in CODES or code_meant(p) for p in pieces):
            return (
                ("has codes that no semicolon sets apart", "write a semicolon between them: a;b")
                if many
                else ("holds several languages", "write the one that is to be met")
            )
    if many and cells.not_by_semicolon(cell, None):
        return "has codes that no semicolon sets apart", "write a semicolon between them: a;b"
    return None


def _parts(cell: str) -> list[str]:
    return [p for p in (folded(p) for p in cell.split(";")) if p]


def check_meeting(units: pd.DataFrame, people: pd.DataFrame, findings: Findings) -> None:
    """Warn of words for languages that meet nobody, and where few pupils are met.

    A code of two letters that nobody speaks is a fact, told where pupils are counted; any other
    word that meets nobody is likely a slip.  No warning where professionals list no language.

    Args:
        units, people: as in ``Cohort`` and ``Resources``.
        findings: takes the warnings.
    """
    asked = units.loc[units["language"] != ""].groupby("language")["count"].sum()
    spoken = spoken_by(people)
    if not spoken or asked.empty:
        return
    listed = ", ".join(sorted(spoken & CODES)) or "one for each language"
    unmet: list[str] = []
    for word in sorted({*asked.index} - spoken - CODES):
        near = meant(word, spoken) or next((k for k in sorted(spoken) if slip(word, [k])), "")
        if near:
            findings.warn(
                "data/pupils", None, "language",
                f"of {_pupils(int(asked[word]))} is a word that no professional lists",
                f"write {near}, if that is meant",
            )  # fmt: skip
        else:
            unmet.append(word)
    if unmet:
        findings.warn(
            "data/pupils", None, "language",
            f"of {_pupils(int(asked[unmet].sum()))} is a word that no professional lists",
            f"use a code of two letters: {listed}",
        )  # fmt: skip
    strange = spoken - {*asked.index} - CODES
    if strange:
        findings.warn(
            "data/professionals", None, "languages",
            f"holds {len(strange):,} word{'s' * (len(strange) > 1)} that no pupil has as language",
            "write codes of two letters, as data/pupils has them: nl;ar",
        )  # fmt: skip
    met, told = int(asked[asked.index.isin(spoken)].sum()), int(asked.sum())
    if 2 * met < told:
        findings.warn(
            "data/pupils", None, "language",
            f"is spoken by a professional for {met:,} of {told:,} pupils",
            "write the same codes in data/pupils and data/professionals",
        )  # fmt: skip


def _pupils(number: int) -> str:
    return f"{number:,} pupil{'s' * (number != 1)}"


def spoken_by(people: pd.DataFrame) -> frozenset[str]:
    """The languages that professionals list."""
    cells_of = people["languages"].unique().tolist()
    return frozenset(part for cell in cells_of for part in str(cell).split(";") if part)
