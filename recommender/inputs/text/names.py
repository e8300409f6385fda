"""When two names are one name to a person: case, blanks, marks nobody sees, a letter more or less.

``plain_name`` is what is left of a name when everything goes that eyes pass over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache

from recommender.inputs.text.spelling import folded

_YES_OR_NO = re.compile(r"[\s_\-:,]+(?:(?:ja|yes|j|y|1|0)\s*[/_\- ]\s*(?:nee|no|n|0|1))\s*$")
_IN_BRACKETS = re.compile(r"[\s_]*[(\[{].*$", re.DOTALL)

WORDS: Mapping[str, tuple[str, ...]] = {
    "unit_id": (
        "id", "unit", "leerling", "leerlingnummer", "leerlingnr", "leerling_id", "leerlingcode",
        "llnr", "pupil", "pupil_id", "student", "student_id", "studentnummer", "child_id",
    ),
    "site": ("school", "school_id", "schoolcode", "locatie", "vestiging", "location"),
    "sites": (
        "school", "schools", "scholen", "locaties", "vestigingen", "locatie", "locations",
        "location", "vestiging", "standplaats", "standplaatsen", "werkplek", "werklocatie",
        "werklocaties", "schoolcodes", "works_at", "werkt_op",
    ),
    "grade": ("groep", "leerjaar", "jaargroep", "klas", "year_group"),
    "count": (
        "aantal", "aantal_leerlingen", "aantal_kinderen", "number", "pupils", "n_pupils",
        "leerlingen", "kinderen",
    ),
    "family_id": (
        "gezin", "gezin_id", "gezinsnummer", "gezinscode", "family", "household_id", "fam",
        "fam_id", "familie", "familie_id", "familienummer", "familiecode", "family_code",
        "family_no", "family_number", "gezinsnr", "gezinsid", "gezin_nr", "household",
        "household_code", "huishouden", "huishouden_id", "huishoudnummer", "broers_zussen",
        "siblings", "sibling_id", "sibling_group",
    ),
    "language": (
        "taal", "lang", "moedertaal", "thuistaal", "mother_tongue", "first_language",
        "native_language", "home_language", "spoken_language", "language_code", "lang_code",
        "taalcode", "voertaal", "spreektaal", "gesproken_taal", "eerste_taal", "taal_thuis",
        "gezinstaal", "taal_ouders", "language_at_home", "tongue",
    ),
    "languages": (
        "talen", "taal", "lang", "langs", "spreekt", "speaks", "spoken_languages", "talenkennis",
        "gesproken_talen", "taalkennis", "language_skills", "moedertaal", "language_codes",
    ),
    "consent": (
        "toestemming", "instemming", "toestemming_ouders", "permission", "toestemming_ouder",
        "ouders_akkoord", "ouder_akkoord", "akkoord", "akkoord_ouders", "goedkeuring", "approval",
        "agreed", "agreement", "parental_consent", "parent_consent", "consent_given",
        "consent_parents", "consent_status", "opt_in", "opt_out", "bezwaar", "bezwaar_ouders",
        "objection", "refusal", "refused", "weigering", "geweigerd", "toestemmingsstatus",
        "mag_meedoen", "permitted", "allowed",
    ),
    "must_serve": (
        "verplicht", "zorgplicht", "plicht", "moet", "duty", "verplichte_hulp", "must",
        "mandatory", "obligatory", "compulsory", "required", "statutory", "legal_duty",
        "entitled", "entitlement", "recht_op_hulp", "wettelijk", "wettelijke_plicht",
        "wettelijk_verplicht", "leerplicht", "jeugdwet", "jeugdhulpplicht", "obligation",
        "toegezegd", "toezegging", "promised", "garantie", "guaranteed",
    ),
    "completed": (
        "afgerond", "voltooid", "gevolgd", "eerder_gevolgd", "done", "gedaan", "finished",
        "afgemaakt", "klaar", "doorlopen", "afgesloten", "gehad", "eerder_gehad", "eerdere_hulp",
        "eerder_gedaan", "hulp_gehad", "had_help", "completed_help", "completed_interventions",
        "previous_help", "past_help", "earlier_help", "received", "ontvangen", "completions",
    ),
    "waiting_since": (
        "wacht_sinds", "wachtend_sinds", "op_wachtlijst_sinds", "wachtlijst", "wachtlijst_sinds",
        "op_wachtlijst", "wachtdatum", "wachtlijstdatum", "waitlist", "waiting_list",
        "waitlisted", "waitlist_since", "on_waiting_list_since", "wait_since", "waiting",
        "waiting_from", "since", "sinds", "wachtend_vanaf", "wacht_vanaf", "aangemeld_op",
        "aanmelddatum", "referral_date", "referred_on",
    ),
    "date": ("datum",),
    "intervention": (
        "interventie", "hulp", "help", "treatment", "behandeling", "aanpak", "traject",
    ),
    "propensity": ("kans_op_hulp", "propensity_score", "ps"),
    "outcome": ("uitkomst",),
    "risk": ("risico", "kans", "probability"),
    "standard_error": ("standaardfout", "se", "std_error", "stderr", "std_err", "risk_se"),
    "text": ("tekst", "notitie", "note"),
    "period": ("periode", "term", "trimester", "semester", "blok", "tijdvak", "schoolperiode"),
    "professional_id": (
        "medewerkernummer", "werknemer", "hulpverlener", "given_by", "gegeven_door",
        "medewerker", "medewerker_id", "personeelsnummer", "professional", "staff_id",
        "employee_id", "begeleider",
    ),
    "role": ("rol", "functie"),
    "hours": ("uren", "uur", "aantal_uren"),
    "cost_per_hour": (
        "uurtarief", "kosten_per_uur", "tarief", "hourly_cost", "rate", "hourly_rate", "uurloon",
        "uurprijs", "uurkosten", "price_per_hour", "cost", "costs", "kosten", "kostprijs",
    ),
    "days": (
        "dagen", "werkdagen", "dag", "weekdagen", "weekdays", "working_days", "workdays",
        "available_days", "beschikbaar_op", "beschikbare_dagen", "aanwezig_op",
    ),
    "name": ("naam", "schoolnaam"),
    "area": ("wijk", "gebied", "buurt"),
    "board": ("bestuur", "schoolbestuur"),
    "decision": ("besluit", "beslissing"),
    "reason": ("reden",),
    "decided_by": ("besloten_door", "besluit_van"),
    "units": ("aantal", "pupils", "leerlingen", "count"),
    "bundle": ("bundel", "pakket"),
}  # fmt: skip
"""Column -> other words for it, Dutch ones first of all."""


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The name in small Latin letters and digits, without accents, blanks, marks and hyphens."""
    return "".join(c for c in unicodedata.normalize("NFKD", folded(name)) if c.isalnum())


def same_name(word: str, known: Collection[str]) -> str | None:
    """The known name that ``word`` is when only what eyes pass over is left out; None if none."""
    forms = {plain_name(k): k for k in known}
    for form in filter(None, map(plain_name, (word, _without_suffix(word)))):
        if (near := forms.get(form)) is not None:
            return near
    return None


def probably_meant(word: str, known: Collection[str]) -> str | None:
    """The known name that ``word`` resembles: one of many, another word for it, a slip of the pen.

    Names of fewer than five letters are all alike, and so are those that differ by a digit.
    """
    bare = plain_name(_without_suffix(word))
    if not bare:
        return None
    for near in known:
        if bare in map(plain_name, WORDS.get(near, ())) or _one_of_many(bare, plain_name(near)):
            return near
    return min(
        (k for k in known if is_slip(bare, plain_name(k))),
        key=lambda k: (_steps(bare, plain_name(k)), k),
        default=None,
    )


def is_slip(word: str, known: str) -> bool:
    """Whether a letter or two are missing, too many, wrong or swapped, and no digit is."""
    shortest = min(len(word), len(known))
    if shortest < 5 or re.sub(r"\D", "", word) != re.sub(r"\D", "", known):
        return False
    return _steps(word, known) <= (2 if shortest >= 10 else 1)


def shown(name: str, most: int = 60) -> str:
    """The name for a message, with marks that cannot be seen written out."""
    seen = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in name)
    return seen if len(seen) <= most else f"{seen[:most]}…"


def _without_suffix(word: str) -> str:
    """The word without ``(ja/nee)``, ``[..]`` or ``ja/nee`` at its end."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return _YES_OR_NO.sub("", _IN_BRACKETS.sub("", folded) or folded)


def _one_of_many(word: str, known: str) -> bool:
    """Whether the words differ only in being singular or plural."""
    return len(known) > 2 and _singular(word) == _singular(known)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _steps(one: str, other: str, most: int = 3) -> int:
    """Letters to add, drop, change or swap between neighbours; ``most`` where there are more."""
    if abs(len(one) - len(other)) >= most:
        return most
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            step = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, before[j - 2] + 1)
            row.append(step)
        before, last = last, row
    return min(last[-1], most)
