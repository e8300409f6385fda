"""The entry of the Dutch Algoritmeregister (Publicatiestandaard 1.0.10), checked field by field.

The entry is in Dutch, as the register is.  Fields that only the organisation knows are empty and
reported; a text longer than its field allows is reported, never cut off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from recommender.governance.documents.facts import Facts
from recommender.governance.markdown import markdown_table

RegisterEntry: TypeAlias = Mapping[str, str]
RegisterPart: TypeAlias = Literal[
    "Algemene informatie", "Verantwoord gebruik", "Werking", "Metadata"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its part, length (fewer characters than ``below``), whether it must be "
    "filled."""

    name: str
    part: RegisterPart
    below: int | None = None
    mandatory: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""


_LINK = r"https?://\S+"
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
FIELDS: tuple[Field, ...] = (
    Field("Naam", "Algemene informatie", 100, True),
    Field("Korte omschrijving", "Algemene informatie", 350, True),
    Field("Organisatie", "Algemene informatie", 100, True),
    Field("Thema", "Algemene informatie"),
    Field(
        "Status", "Algemene informatie", None, True,
        ("In gebruik", "In ontwikkeling", "Buiten gebruik"),
    ),
    Field("Begindatum", "Algemene informatie", pattern=_MONTH),
    Field("Einddatum", "Algemene informatie", pattern=_MONTH),
    Field("Contactgegevens", "Algemene informatie", None, True),
    Field("Link naar publiekspagina", "Algemene informatie", pattern=_LINK),
    Field(
        "Publicatiecategorie", "Algemene informatie", None, True,
        ("Hoog-risico AI-systemen", "Impactvolle algoritmes", "Overige algoritmes"),
    ),
    Field("Link naar bronregistratie", "Algemene informatie", pattern=_LINK),
    Field("Doel en impact", "Verantwoord gebruik", 2500),
    Field("Afwegingen", "Verantwoord gebruik", 2500),
    Field("Menselijke tussenkomst", "Verantwoord gebruik", 2500),
    Field("Risicobeheer", "Verantwoord gebruik", 2500),
    Field("Wettelijke basis", "Verantwoord gebruik", 2500),
    Field("Link naar wettelijke basis", "Verantwoord gebruik", pattern=_LINK),
    Field("Titel wettelijke basis", "Verantwoord gebruik"),
    Field("Link naar verwerkingsregister", "Verantwoord gebruik", pattern=_LINK),
    Field("Impacttoets(en)", "Verantwoord gebruik"),
    Field("Link naar impacttoets", "Verantwoord gebruik", pattern=_LINK),
    Field("Toelichting op impacttoetsen", "Verantwoord gebruik"),
    Field("Gegevens", "Werking", 2500),
    Field("Link naar gegevensbron", "Werking", pattern=_LINK),
    Field("Titel gegevensbron", "Werking"),
    Field("Technische werking", "Werking", 5000),
    Field("Leverancier", "Werking", 200),
    Field("Link naar broncode", "Werking", pattern=_LINK),
    Field("Taal", "Metadata", None, True, ("nld",)),
    Field("Schema", "Metadata", None, True, ("0.3.0", "0.3.1", "0.4.0", "1.0.0")),
    Field("Bron-ID", "Metadata"),
    Field("Zoektermen", "Metadata"),
)  # fmt: skip


def register_entry(facts: Facts) -> dict[str, str]:
    """Every field of the entry, with what the run knows; ``facts`` in Dutch."""
    policy, run = facts.policy, facts.run
    outcomes = _list([o.name.lower() for o in facts.outcomes])
    grounds = _list(facts.words(c.legal_basis for c in policy.columns), "; ", 2000)
    sources = _list(facts.words(c.source for c in policy.columns), "; ", 400)
    labels = _list(
        [(c.label.said("nl") or c.name) for c in policy.columns if c.use != ("never",)],
        "; ", 1700,
    )  # fmt: skip
    adopted = run.status == "adopted"
    known = {
        "Naam": "Schaarse hulp voor leerlingen verdelen",
        "Korte omschrijving": (
            "Er zijn te weinig uren om alle kinderen meteen te helpen. Het programma stelt "
            "voor welk kind welke hulp krijgt, zodat de hulp het meeste goed doet. Een "
            "professional bekijkt elk voorstel en beslist."
        ),
        "Organisatie": run.organisation,
        "Thema": "Onderwijs; Jeugdzorg",
        "Status": "In gebruik" if adopted else "In ontwikkeling",
        "Begindatum": run.created[:7] if adopted else "",
        "Contactgegevens": run.contact,
        "Publicatiecategorie": "Hoog-risico AI-systemen",
        "Doel en impact": (
            "Het doel is dat kinderen tijdig passende hulp krijgen en dat het volgende minder "
            f"vaak voorkomt: {outcomes}. Kinderen aan wie het programma hulp toekent, krijgen "
            "een aanbod; anderen wachten of krijgen een ander aanbod. Ouders en kinderen "
            "kunnen hulp weigeren zonder gevolgen. Het programma stelt geen diagnose en kiest "
            "niemand op risico alleen: hulp gaat naar wie er het meest aan heeft."
        ),
        "Afwegingen": (
            "Zonder programma worden uren verdeeld naar wie het eerst komt of het hardst "
            "roept. Het programma maakt de verdeling uitlegbaar: bij elk voorstel staan "
            "reden, verwacht nut en onzekerheid. Daartegenover staat dat gegevens van "
            "kinderen nodig zijn en dat effecten geschat zijn. Daarom: alleen afgesproken "
            "gegevens, bewaartermijnen die het programma afdwingt, geen kenmerken over "
            "herkomst, geloof of adres, en de mogelijkheid om met groepen in plaats van "
            "kinderen te werken."
        ),
        "Menselijke tussenkomst": (
            "Het programma doet een voorstel. Professionals nemen het aan, wijzen het af of "
            "kiezen andere hulp, met een reden. Een plan geldt pas als iemand met naam en "
            "functie het heeft vastgesteld; dat staat in een logboek dat niet ongemerkt te "
            "wijzigen is."
        ),
        "Risicobeheer": (
            f"{_tested(facts)} Elk plan wordt zonder de "
            "rekenmachine nagerekend. Uitkomsten die eerder hulpgebruik meten in plaats van nood, "
            "zijn gemarkeerd. Kleine aantallen worden niet gepubliceerd. Er is een hulpmiddel om "
            "gegevens te pseudonimiseren, en na de bewaartermijn worden gegevens geweigerd. Acuut "
            "gevaar loopt buiten het programma om. Bij elk plan kan een meetplan worden gemaakt, "
            "om vooraf vast te leggen hoe effect wordt gemeten."
        ),
        "Wettelijke basis": grounds,
        "Toelichting op impacttoetsen": (
            "Concepten van een DPIA en een IAMA zijn uit het plan gemaakt; zij gelden pas na "
            "advies en vaststelling door mensen."
        ),
        "Gegevens": f"Bronnen: {sources}. Gegevens: {labels}." if labels else "",
        "Technische werking": (
            f"1. {_worked_out(facts)} 2. Een catalogus zegt welke hulp wat doet, met bron, "
            "bewijsniveau en foutmarge; zwak bewijs telt minder mee. 3. Per leerling en hulp "
            "wordt het verwachte nut berekend: gewogen uitkomsten die worden voorkomen, maal "
            "bereik. 4. Lineaire optimalisatie verdeelt de uren van professionals over "
            "locaties en perioden, binnen budget, groepsgrootte en wettelijke plichten. 5. "
            "Een bovengrens bewijst hoe ver het plan hooguit van het beste af ligt. Gelijke "
            f"gevallen worden met een vastgelegd lot geordend. Versie {run.version}."
        ),
        "Taal": "nld",
        "Schema": "1.0.0",
        "Zoektermen": "jeugdhulp, onderwijs, preventie, optimalisatie, risicomodel",
    }  # fmt: skip
    return {field.name: known.get(field.name, "") for field in FIELDS}


def _tested(facts: Facts) -> str:
    """Say what is tested of the risks; nothing is of those that were handed in."""
    said = "Risico's worden geijkt en per groep beoordeeld."
    if not facts.handed:
        return said
    handed = f"Aangeleverde risico's zijn hier niet getoetst ({_list(list(facts.handed))})."
    return f"{said} {handed}" if facts.modelled else handed


def _worked_out(facts: Facts) -> str:
    """Say where the risks come from."""
    if not facts.handed:
        return (
            "Statistische modellen schatten per leerling de kans op elke uitkomst, geijkt op "
            "eerdere jaren."
        )
    handed = _list(list(facts.handed))
    if not facts.modelled:
        return f"De kansen per leerling zijn aangeleverd, niet hier geschat ({handed})."
    return (
        "Statistische modellen schatten per leerling de kans op de andere uitkomsten, geijkt op "
        f"eerdere jaren; aangeleverd, niet hier geschat: {handed}."
    )


def register_problems(entry: RegisterEntry) -> tuple[str, ...]:
    """What keeps an entry from being published, a line each."""
    problems = []
    for field in FIELDS:
        text = entry.get(field.name, "")
        if field.mandatory and not text.strip():
            problems.append(f"{field.name}: must be filled in")
        if field.below is not None and len(text) >= field.below:
            problems.append(
                f"{field.name}: has {len(text)} characters, fewer than {field.below} are allowed"
            )
        if text and field.choices and text not in field.choices:
            problems.append(f"{field.name}: must be one of {', '.join(field.choices)}")
        if text and field.pattern and not re.fullmatch(field.pattern, text):
            problems.append(f"{field.name}: is not written as the standard asks")
    problems += [f"{name}: is no field of the standard" for name in entry if name not in _NAMES]
    return tuple(problems)


def register_markdown(entry: RegisterEntry) -> str:
    """The entry as a page to read."""
    lines = ["# Algoritmeregister", "Publicatiestandaard 1.0.10 (29 november 2024)"]
    for part in dict.fromkeys(field.part for field in FIELDS):
        rows = [
            [field.name + (" *" if field.mandatory else ""), entry.get(field.name) or "-"]
            for field in FIELDS
            if field.part == part
        ]
        lines += [f"## {part}", markdown_table(["Veld", "Inhoud"], rows)]
    return "\n\n".join(line.strip() for line in lines) + "\n"


_NAMES = frozenset(field.name for field in FIELDS)


def _list(words: list[str], separator: str = ", ", most: int = 600) -> str:
    """Words joined while they fit, and how many more there are."""
    shown: list[str] = []
    for number, word in enumerate(words):
        if len(separator.join([*shown, word])) > most:
            return f"{separator.join(shown)} en nog {len(words) - number}"
        shown.append(word)
    return separator.join(shown)
