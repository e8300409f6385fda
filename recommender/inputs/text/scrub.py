"""Free text without what tells whose it is: names, numbers, dates and addresses become marks.

A note is scrubbed before anything is counted in it.  Rather a word too many than a name too few:
a capitalised word inside a sentence is taken for a name unless it is known not to be one, and so is
the first word of a sentence unless it is a common opener or is built as no name is.  What this does
not see: a rare name in small letters, a nickname, a story that only one child can have.  So a
scrubbed text is still personal data; it may become a feature and never leaves the workspace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DUTCH_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
)
_ENGLISH_MONTHS = (
    "january|february|march|may|june|july|august|october|jan|feb|mrt|mar|apr|jun|jul|aug|sep"
    "|sept|okt|oct|nov|dec"
)
_MONTH = f"(?:{_DUTCH_MONTHS}|{_ENGLISH_MONTHS})"
_STREET = (
    "straat|laan|weg|plein|kade|gracht|dijk|hof|singel|pad|steeg|dreef|plantsoen|park|markt|brink"
    "|street|road|avenue|lane"
)
_PARTICLE = (
    r"(?:van|von|de|den|der|het|'t|ten|ter|te|in|op|aan|el|al|la|le|du|da|dos|di|bin|ibn|ben|ould"
    r"|uit|voor)"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
# Every repetition is bounded, so that no text can make a pattern slow.
_NAME_WORD = rf"{_CAPITAL}[^\W\d_]{{1,40}}(?:[-'’][^\W\d_]{{1,40}}){{0,3}}"

# The order matters: what contains other marks comes first.
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("[email]", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")),
    ("[link]", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("[account]", re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{4}(?: ?\d){10}\b", re.IGNORECASE)),
    ("[date]", re.compile(r"(?<![\d.])\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)")),
    ("[date]", re.compile(r"(?<![\d.])\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?!\d)")),
    (
        "[date]",
        re.compile(
            rf"\b\d{{1,2}}(?:st|nd|rd|th|e)?(?: of)? {_MONTH}\b\.?(?:,? ['’]?\d{{2,4}}\b)?",
            re.IGNORECASE,
        ),
    ),
    (
        "[date]",
        re.compile(rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", re.IGNORECASE),
    ),
    (
        "[phone]",
        re.compile(
            r"(?<![\w+])(?:\+|00)\d{1,3}[ \-.]?(?:\(0\)[ \-.]?)?\d(?:[ \-.]?\d){6,10}(?!\d)"
        ),
    ),
    ("[phone]", re.compile(r"(?<!\w)\(?0\d{1,3}\)?[ \-.]?\d(?:[ \-.]?\d){5,7}(?!\d)")),
    ("[number]", re.compile(r"(?<![\w.,])\d(?:[ .\-]?\d){7,40}")),
    ("[postcode]", re.compile(r"\b[1-9]\d{3}(?: ?[A-Z]{2}|[a-z]{2})\b")),
    (
        "[address]",
        re.compile(
            rf"(?<![\w'’-])[\w'’-]{{0,40}}(?:{_STREET})"
            r" (?:nr\.? ?)?\d{1,5} ?[a-zA-Z]?\b(?: ?(?:-|/) ?\d{1,4}\b)?",
            re.IGNORECASE,
        ),
    ),
    (
        "[address]",
        re.compile(r"\b\d{1,4} (?:[A-Z]\w+ ){1,3}(?:Street|Road|Avenue|Lane|St|Rd|Ave)\b"),
    ),
)

_TITLE = (
    r"\b(?:mijnheer|meneer|mevrouw|mevr|mw|dhr|juf|juffrouw|meester|mentor|opa|oma|oom|tante|mr|mrs"
    r"|ms|miss|mister|dr|drs|prof|broer(?:tje)?|zus(?:je)?|moeder|vader|neef|nicht|vriend(?:in)?"
    r"|called|named|genaamd|heet|roepnaam|naam|name)\b\.?:?"
)
_PART = rf"(?:{_PARTICLE} ){{0,3}}{_NAME_WORD}"
_TITLED = re.compile(rf"(?i:({_TITLE}) ){_PART}(?: {_PART}){{0,4}}")
_INITIALS = re.compile(rf"\b(?:[A-Z]\.){{1,4}} ?(?:{_PARTICLE} ){{0,3}}{_NAME_WORD}")
_SEQUENCE = re.compile(rf"\b{_NAME_WORD}(?:(?: {_PARTICLE}){{1,3}} {_NAME_WORD}){{1,3}}")
_WORD = re.compile(
    rf"(?P<start>(?:^|[.!?:;\n]\s{{0,3}}|[-•*]\s{{1,3}}|[\"“‘(]\s?)?)(?<![\w\[])(?P<word>{_NAME_WORD})"
)
_RUN = re.compile(r"\[name\](?:[ \-'’]{0,3}\[name\])+")

# Endings of words, among them those of Dutch verbs, that hardly any name has.
_SUFFIX = re.compile(
    r"(?:heid|ingen|ing|isch|ische|lijk|lijke|stand|baar|bare|matig|loos|loze|atie|aties|iteit"
    r"|ment|school|klas|groep|gesprek|gedrag|probleem|problemen|ouders|kind|kinderen|zorg|hulp"
    r"|tion|ness|ful|less|ing|ability|ment|behaviour|work|doelen|tempo"
    r"|[bcdfgklmnprsz]t)$"
)

# Capitalised inside a sentence and yet no name; written in small letters.
_NOT_A_NAME = _words(
    """
    veilig thuis maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday
    thursday friday saturday sunday januari februari maart april mei juni juli augustus
    september oktober november december january february march may june july august october
    december nederlands nederlandse nederland engels engelse turks turkse arabisch arabische
    pools poolse oekraïens oekraïense frans franse duits duitse spaans spaanse dutch english
    turkish arabic polish ukrainian french german spanish kerst pasen christmas easter ramadan
    sinterklaas cito
    """
)

# Words that open a sentence in a note; written in small letters.
_OPENERS = _words(
    """
    de het een deze dit dat die er hij zij ze we wij ik je jij u men iedereen niemand iemand
    haar zijn hun ons onze mijn geen niet nog nu dan toen daar hier waar wanneer wie wat welke
    hoe waarom omdat doordat zodat terwijl als indien hoewel maar en of want dus ook al alle
    alles soms vaak altijd nooit weer steeds sinds na voor tijdens door met zonder bij op in
    aan uit over onder tussen tegen naar van tot om te volgens heeft had hebben is was waren
    wordt werd worden kan kon kunnen wil wilde willen moet moest moeten mag mocht gaat ging
    gaan komt kwam komen doet deed doen maakt maakte laat liet zit zat staat stond ligt lag
    lijkt leek blijft bleef krijgt kreeg geeft gaf ziet zag zegt zei vindt vond vertelt
    vertelde vraagt vroeg weet wist denkt dacht leest las rekent schrijft schreef speelt
    speelde werkt werkte praat sprak luistert huilt huilde slaapt sliep eet at valt viel helpt
    hielp leert oefent mist miste verzuimt moeder vader ouder ouders moeders vaders broer
    broertje broertjes zus zusje zusjes opa oma tante oom gezin kind kinderen leerling
    leerlingen jongen meisje juf meester leerkracht leraar mentor school klas groep thuis
    vandaag gisteren morgen vorige volgende afgelopen eerste tweede derde laatste goed goede
    slecht beter minder meer veel weinig erg heel zeer rustig druk boos bang verdrietig blij
    stil moe ziek vrolijk teruggetrokken afwezig aanwezig lezen rekenen taal spelling
    begrijpend technisch gedrag sociaal emotioneel pauze les lessen toets toetsen score scores
    advies afspraak gesprek contact overleg verzuim hulp zorg extra positief negatief let tip
    opmerking verslag notitie geboren the a an this that these those there here he she it they
    i you his her their our my no not now then when where who what which how why because while
    if although but and or so also all sometimes often always never again since after before
    during by with without on out under between against to from until has have were be been
    can could will would must should may might goes went comes came does did makes made lets
    sits stands seems stays gets got gives gave sees saw says said finds found tells told asks
    asked knows thinks reads writes plays works talks listens cries sleeps eats falls helps
    learns misses mother father parent parents brother sister grandmother grandfather family
    child children pupil pupils boy girl teacher class group home today yesterday tomorrow
    last next first second third good bad better worse less more much little very quiet busy
    angry afraid sad happy tired ill absent present reading maths language behaviour social
    emotional break lesson lessons test tests advice appointment meeting absence help care
    positive negative note remark report born yes ja nee ok oké dyslexie dyscalculie autisme
    faalangst angst angstig pesten gepest ruzie ruzies agressie agressief concentratie
    motivatie zelfvertrouwen scheiding verhuizing armoede schulden vermoeden logopedie
    werkhouding onrustig impulsief somber gespannen onzeker prikkelbaar snel traag wisselend
    dyslexia dyscalculia autism anxiety anxious bullying bullied quarrels aggression
    aggressive concentration motivation confidence divorce poverty debts speech restless
    impulsive worried overdracht intern interne besproken bespreking groepsbespreking korte
    lange tafels houdt zelden begrijpt kiest voelt fijn durft rustige raadt lost haalt
    rekendoelen leesdoelen zoekt volgt telt vernielt ontploft roept brutaal trekt rekentempo
    leestempo letters schopt vermijdt ernstige loopt groot grote klein kleine leerplicht raakt
    herkent vergeet politie klokkijken slaat bijt gooit scheldt liegt steelt dreigt plaagt
    troost deelt wacht stopt begint probeert hoort reageert vermoeit wisselt gedraagt
    concentreert woorden zinnen tekst teksten sommen getallen breuken cijfers dictee schrift
    boek boeken huiswerk werk taak taken opdracht opdrachten spel vriendjes vriendinnen
    klasgenoten leeftijdsgenoten buren gezinssituatie situatie thuissituatie zorgen signalen
    signaal melding meldingen opvallend opnieuw inmiddels binnenkort regelmatig dagelijks
    wekelijks maandelijks meestal misschien waarschijnlijk duidelijk langzaam voldoende
    onvoldoende zwak sterk matig prima netjes slordig vrolijke boze bange stille drukke lieve
    sociale gedurende vanaf omgaan contactmoment observatie onderzoek verwijzing aanmelding
    plan doel doelen voortgang ontwikkeling handelingsplan dossier rapport rapporten jeugdarts
    logopedist psycholoog orthopedagoog maatschappelijk wijkteam jeugdzorg schoolarts coach
    begeleider intakegesprek vertrouwen aandacht tempo inzicht geheugen planning inzet houding
    sfeer gedragsregulatie verdriet woede onrust slaap voeding kleding hygiëne spreekt spraak
    woordenschat uitspraak tweetalig moedertaal verstaat vluchtig nieuwsgierig leergierig
    gemotiveerd ongemotiveerd beleefd behulpzaam zelfstandig afhankelijk faalangstig verlegen
    gesloten open eenzaam buitengesloten populair geliefd leider volger looks keeps handles
    answers avoids breaks shouts kicks hits bites throws runs walks rarely slowly quickly
    discussed handover brief short long words sentences sums numbers tables homework task
    tasks goals goal progress observation referral doctor psychologist polite shy rude calm
    loud curious lonely strong weak clear new old big small
    """
)

# Common first names, found in small letters too; no name that is also a common word.
_FIRST_NAMES = _words(
    """
    aart adam ahmed aisha albert ali alicja amina amira amy anna anne anouar anouk ayoub bart
    bas bert bilal bram britt charlotte chloe daan daniel david dewi dylan edith egbert elif
    elisabeth emily emma engelbert ernst esmee eva evert fatima fatma femke finn fleur floor
    floris geert gert gijs gijsbert gilbert hamza hanna hannah herbert hubert hugo ibrahim
    ilyas imane isa isabella jaap jack jacob jan janneke jasmijn jayden jelle jeroen jesse
    joep johan joost joris judith julia karim kees kevin khadija koen kurt kyra lambert lars
    laura lieke liesbeth lina lisa liv lotte lucas luuk maartje margriet marieke mark martijn
    maryam max mehmet mila milan mohamed mohammed mustafa nadia naomi niels noah noor nora
    norbert nour oliver olivia omar pieter pim rayan robert robin ruben rupert ruth saar salma
    samira sanne sara sarah senna sophie stijn sven tess thijs thomas tijn tim tobias tom umar
    yara yasmin yassin youssef yusuf zara zeynep zofia zoë
    """
)


def scrub(texts: pd.Series[str], names: Iterable[str] = ()) -> pd.Series[str]:
    """The texts with names, contact data, dates, numbers and addresses replaced by marks.

    Marks are ``[name] [email] [phone] [number] [postcode] [date] [address] [account] [link]``;
    texts, index and order stay; a missing text becomes "".

    Args:
        texts: notes in Dutch or English.
        names: words or full names that must go wherever they stand, in capitals or not (pupils,
            professionals, schools, ids); shorter than two letters are left alone.
    """
    codes, distinct = pd.factorize(texts.fillna("").astype("str"))
    scrubbed = pd.Series(distinct, dtype="str")
    # Every mark needs a digit, an @ or a link: most sentences are passed over at once.
    some = scrubbed.str.contains(r"[0-9@]|://|www\.", regex=True)
    marked = scrubbed[some]
    for mark, pattern in _MARKS:
        marked = marked.str.replace(pattern, mark, regex=True)
    scrubbed[some] = marked
    listed = _listed(names)
    if listed is not None:
        scrubbed = scrubbed.str.replace(listed, "[name]", regex=True)
    scrubbed = (
        scrubbed.str.replace(_known_names(), "[name]", regex=True)
        .str.replace(_TITLED, r"\1 [name]", regex=True)
        .str.replace(_INITIALS, "[name]", regex=True)
        .str.replace(_SEQUENCE, _unless_known, regex=True)
        .str.replace(_WORD, _unless_common, regex=True)
        .str.replace(_RUN, "[name]", regex=True)
    )
    return pd.Series(scrubbed.to_numpy()[codes], index=texts.index, name=texts.name, dtype="str")


def _unless_known(found: re.Match[str]) -> str:
    """A mark for "Xxx van Xxx", unless its words are days, months, languages or openers."""
    words = re.findall(_NAME_WORD, found.group())
    if all(w.lower() in _NOT_A_NAME or w.lower() in _OPENERS for w in words):
        return found.group()
    return "[name]"


def _unless_common(found: re.Match[str]) -> str:
    """A mark for a capitalised word, unless it is known to be no name where it stands."""
    word, start = found.group("word"), found.group("start")
    lowered = word.lower()
    opens = bool(start) or found.start("word") == 0
    if lowered in _NOT_A_NAME or (word.isupper() and (len(word) < 5 or lowered in _OPENERS)):
        return found.group()
    if (opens or word.isupper()) and (lowered in _OPENERS or _SUFFIX.search(lowered)):
        return found.group()
    return f"{start}[name]"


def _known_names() -> re.Pattern[str]:
    """A pattern of the common first names, by first letter, which is what makes it quick."""
    names = sorted(_FIRST_NAMES)
    letters = sorted({name[0] for name in names})
    groups = (f"{a}(?:{'|'.join(n[1:] for n in names if n[0] == a)})" for a in letters)
    return re.compile(rf"\b(?:{'|'.join(groups)})(?:['’]?s)?\b", re.IGNORECASE)


def _listed(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of whole words for the names handed in, longest first."""
    words = {part for name in names for part in (name.strip(), *name.split()) if len(part) > 1}
    words -= {w for w in words if re.fullmatch(_PARTICLE, w)}
    if not words:
        return None
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?:['’]?s)?(?!\w)", re.IGNORECASE
    )
