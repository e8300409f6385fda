"""Short Dutch notes of teachers and care teams that say more than the columns do."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from recommender.simulation.population import Floats

NoteTexts = npt.NDArray[np.object_]

# For every outcome, in the order of OUTCOMES: sentences for no, some and serious trouble.
SENTENCES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "Leest vlot en met plezier.",
            "Kiest uit zichzelf een boek.",
            "Begrijpt wat er gelezen wordt goed.",
            "Haalt de leesdoelen ruim.",
            "Leest graag voor aan de kleuters.",
            "Spelling en lezen gaan goed.",
        ),
        (
            "Leest nog spellend en heeft extra tijd nodig.",
            "Raadt woorden bij het lezen.",
            "Komt traag op gang met begrijpend lezen.",
            "Oefent thuis weinig met lezen.",
            "Blijft achter met tempo lezen.",
            "Letters en klanken zitten nog niet vast.",
        ),
        (
            "Lezen komt nauwelijks van de grond ondanks extra oefenen.",
            "Herkent veel letters nog niet en haakt af bij lezen.",
            "Zeer moeizaam lezen, we denken aan dyslexie.",
            "Kan de teksten van de groep niet volgen.",
            "Groot gat met de groep bij lezen, groeit al een jaar niet.",
            "Vermijdt alles wat met lezen te maken heeft.",
        ),
    ),
    (
        (
            "Rekent vlot en snapt nieuwe stof snel.",
            "Helpt anderen met rekenen.",
            "Tafels zitten er goed in.",
            "Rekendoelen zijn behaald.",
            "Werkt zelfstandig door bij rekenen.",
            "Vindt plusopdrachten bij rekenen leuk.",
        ),
        (
            "Telt nog op de vingers.",
            "Tafels zijn nog niet geautomatiseerd.",
            "Heeft bij rekenen steeds verlengde instructie nodig.",
            "Maakt slordige fouten bij redactiesommen.",
            "Rekentempo is laag.",
            "Klokkijken en geld blijven lastig.",
        ),
        (
            "Rekenen stagneert, getalbegrip ontbreekt.",
            "Volgt een eigen rekenlijn omdat de groep te snel gaat.",
            "Raakt in paniek van sommen en doet niets meer.",
            "Loopt bij rekenen ruim een jaar achter.",
            "Vergeet aangeleerde rekenstappen meteen weer.",
            "Ernstige rekenproblemen, onderzoek aangevraagd.",
        ),
    ),
    (
        (
            "Is er altijd en op tijd.",
            "Zelden ziek.",
            "Komt met plezier naar school.",
            "Aanwezigheid is prima.",
            "Staat elke dag als eerste op het plein.",
            "Geen bijzonderheden in het verzuim.",
        ),
        (
            "Is geregeld op maandag ziek gemeld.",
            "Komt vaak net te laat binnen.",
            "Ouders melden af en toe te laat af.",
            "Mist wat lessen door buikpijn.",
            "Verzuim loopt wat op, gesprek gepland.",
            "Was na de vakantie een paar dagen later terug.",
        ),
        (
            "Komt hele weken niet, ouders zijn lastig te bereiken.",
            "Verzuim is zorgelijk en neemt verder toe.",
            "Ligt 's ochtends nog in bed als we bellen.",
            "Wil niet meer naar school en blijft thuis.",
            "Leerplicht is op de hoogte van het verzuim.",
            "Mist zo veel dagen dat de stof niet meer in te halen is.",
        ),
    ),
    (
        (
            "Werkt fijn samen in de groep.",
            "Houdt zich goed aan afspraken.",
            "Lost ruzies zelf rustig op.",
            "Is behulpzaam en beleefd.",
            "Kan goed op de beurt wachten.",
            "Rustige werkhouding.",
        ),
        (
            "Roept vaak door de klas.",
            "Zoekt op het plein snel ruzie.",
            "Heeft moeite met grenzen van de invaller.",
            "Wordt boos als iets niet lukt.",
            "Is druk en leidt anderen af.",
            "Luistert pas na herhaalde waarschuwing.",
        ),
        (
            "Schopt en slaat, andere kinderen zijn bang.",
            "Is deze maand drie keer uit de klas gehaald.",
            "Ontploft om kleine dingen en is dan niet te sturen.",
            "Vernielt spullen en liegt erover.",
            "Heeft een schorsing gehad na bedreiging.",
            "Brutaal en dreigend tegen volwassenen.",
        ),
    ),
    (
        (
            "Zit lekker in het vel.",
            "Heeft veel vriendjes en lacht veel.",
            "Durft voor de groep te praten.",
            "Vrolijk en ontspannen kind.",
            "Vertelt open over thuis.",
            "Voelt zich veilig in de klas.",
        ),
        (
            "Is wat stil en trekt zich terug.",
            "Maakt zich snel zorgen over toetsen.",
            "Heeft vaak hoofdpijn of buikpijn zonder oorzaak.",
            "Huilt sneller dan eerst.",
            "Speelt in de pauze meestal alleen.",
            "Is onzeker en vraagt steeds bevestiging.",
        ),
        (
            "Slaapt slecht en piekert de hele dag.",
            "Zegt dat het leven geen zin heeft.",
            "Is angstig en durft niets meer alleen.",
            "Heeft paniek bij het afscheid nemen.",
            "Is somber en eet nauwelijks.",
            "Trekt zich helemaal terug en praat bijna niet meer.",
        ),
    ),
    (
        (
            "Ouders zijn betrokken en komen naar elk gesprek.",
            "Fijn contact met thuis.",
            "Thuis is er rust en regelmaat.",
            "Opa en oma vangen op als het nodig is.",
            "Ouders lezen mee en denken mee.",
            "Thuissituatie stabiel.",
        ),
        (
            "Komt soms zonder ontbijt op school.",
            "Ouders liggen in scheiding, spanningen thuis.",
            "Moeder geeft aan dat het haar te veel wordt.",
            "Vader is werkloos, geldzorgen.",
            "Kleding is vaak te dun voor het weer.",
            "Thuis weinig structuur en laat naar bed.",
        ),
        (
            "Vertelt over slaan thuis, meldcode stap twee gezet.",
            "Is bang om naar huis te gaan.",
            "Politie is meermalen bij het gezin geweest.",
            "Verwaarlozing, overleg met Veilig Thuis.",
            "Ouder is verslaafd en er is niemand die voor eten zorgt.",
            "Gezin dreigt uit huis te worden gezet, grote zorgen over veiligheid.",
        ),
    ),
)
OPENINGS = (
    "", "", "", "Gesprek met ouders: ", "Leerlingbespreking: ", "Observatie in de klas. ",
    "Overdracht: ", "Korte notitie. ", "Besproken in het team. ", "Groepsbespreking: ",
)  # fmt: skip
CLOSERS = (
    "", "", "", "", " We volgen dit.", " Volgende maand opnieuw bekijken.", " Afspraak staat.",
    " Ouders zijn ingelicht.", " Evaluatie na de toetsen.", " Intern begeleider kijkt mee.",
)  # fmt: skip
TYPOS = 2


def write_notes(
    latent: Floats, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], NoteTexts]:
    """Return the rows of (persons, 6) ``latent`` that got a note this year, and the notes.

    Children in trouble get notes more often; a note speaks of one to three things, most
    likely of those that stand out.
    """
    persons = latent.shape[0]
    load = latent.mean(axis=1) / latent.mean(axis=1).std() if persons > 1 else latent.mean(axis=1)
    rows = np.flatnonzero(0.35 * load + rng.standard_normal(persons) > 0.555)
    felt = latent[rows] + 0.45 * rng.standard_normal((rows.size, 6))
    felt[:, 5] -= 0.5
    severity = (felt > 0.5).astype(np.int64) + (felt > 1.4)
    lots = -np.log(-np.log(rng.random(felt.shape)))
    topics = np.argsort(-(1.5 * felt.clip(0) + lots), axis=1, kind="stable")[:, :3]
    sentences = _sentences()
    variant = rng.integers(sentences.shape[2], size=topics.shape)
    slip = np.where(rng.random(topics.shape) < 0.15, rng.integers(1, TYPOS + 1, topics.shape), 0)
    picked = sentences[topics, np.take_along_axis(severity, topics, axis=1), variant, slip]
    opening = np.array(OPENINGS, dtype=object)[rng.integers(len(OPENINGS), size=rows.size)]
    closer = np.array(CLOSERS, dtype=object)[rng.integers(len(CLOSERS), size=rows.size)]
    length = rng.choice(3, size=rows.size, p=[0.15, 0.4, 0.45])
    second = np.where(length > 0, " " + picked[:, 1], "")
    third = np.where(length > 1, " " + picked[:, 2], "")
    return rows, opening + picked[:, 0] + second + third + closer


@cache
def _sentences() -> NoteTexts:
    """Return the sentences as (6, 3, variants, 1 + TYPOS), the last axis with slips of the pen."""
    rng = np.random.default_rng(20260901)
    return np.array(
        [
            [
                [[text, *(_slip(text, rng) for _ in range(TYPOS))] for text in level]
                for level in topic
            ]
            for topic in SENTENCES
        ],
        dtype=object,
    )


def _slip(text: str, rng: np.random.Generator) -> str:
    """Return the text with two letters of a long word swapped, or one left out."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4]
    if not long:
        return text
    at = int(rng.choice(long))
    cut = int(rng.integers(1, 3))
    before, letters, rest = words[at][:cut], words[at][cut : cut + 2], words[at][cut + 2 :]
    slipped = letters[::-1] if rng.random() < 0.6 else letters[1:]
    words[at] = before + slipped + rest
    return " ".join(words)
