"""What reports say in Dutch, phrase by phrase, in words that most adults know (level B1)."""

from __future__ import annotations

from collections.abc import Mapping

DUTCH: Mapping[str, str] = {
    "title": "Plan voor hulp",
    "skip": "Ga naar de inhoud",
    "synthetic": "Verzonnen gegevens. De leerlingen, professionals en scholen in dit verslag "
    "bestaan niet.",
    "proposal": "Dit is een voorstel. Professionals beslissen, samen met leerlingen en ouders.",
    "made": "Gemaakt op {date} · scenario {scenario}",
    "made_plain": "Gemaakt op {date}",
    "audience_coordinator": "Voor coördinatoren: dit verslag hoort bij kaarten van leerlingen. "
    "Geef het niet door.",
    "audience_board": "Voor besturen: zonder kaarten van leerlingen.",
    "audience_policy": "Voor beleid: zonder gegevens van één leerling. Aantallen onder {few} zijn "
    "weggelaten, en ook andere aantallen als je ze daarmee kunt uitrekenen.",
    "audience_public": "Openbaar: zonder gegevens van één leerling. Aantallen onder {few} zijn "
    "weggelaten, en ook andere aantallen als je ze daarmee kunt uitrekenen.",
    "hidden": "Het teken {sign} staat voor een aantal dat niet wordt getoond.",
    "too_few": "Deze tabel staat er niet: er is te weinig van te tonen zonder iets over één "
    "leerling te zeggen.",
    "contents": "Inhoud",
    "headline": "Hulp voor {served} van de {pupils} leerlingen",
    "headline_more": "De verwachting: dit voorkomt {benefit} gewogen problemen. In negen van de "
    "tien gevallen ligt dat tussen {low} en {high}.",
    "proof_optimal": "Dit is het beste plan binnen deze uren en regels. Uit de prijzen van de uren "
    "alleen volgt dat geen plan meer dan {gap} beter kan zijn.",
    "proof_gap": "Geen enkel plan binnen deze uren en regels kan meer dan {gap} beter zijn. Dat is "
    "bewezen, niet geschat.",
    "proof_stopped": "Het zoeken stopte bij de grens. Geen enkel plan binnen deze uren en regels "
    "kan meer dan {gap} beter zijn; dat is bewezen, niet geschat.",
    "proof_none": "Het zoeken stopte te vroeg om te zeggen hoeveel beter een plan kan zijn.",
    "fact_served": "leerlingen krijgen hulp aangeboden",
    "fact_served_of": "van de {eligible} die hulp mogen krijgen",
    "fact_served_all": "van de {pupils} leerlingen",
    "fact_benefit": "problemen voorkomen",
    "fact_benefit_of": "± {error} (één standaardfout)",
    "fact_gap": "bewezen verschil",
    "fact_gap_of": "met het best mogelijke plan",
    "fact_hours": "van de uren gebruikt",
    "fact_hours_of": "{used} van de {capacity} uur",
    "fact_must": "leerlingen met recht op hulp bereikt",
    "fact_must_of": "van de {must} onder een wettelijke regel",
    "fact_money": "euro naast de uren",
    "fact_money_of": "van {budget}",
    "fact_money_free": "er is geen budget bepaald",
    "hours": "Uren: wat er is en wat het plan gebruikt",
    "hours_intro": "Er kunnen uren overblijven. Bijvoorbeeld omdat een andere professional die ook "
    "nodig is geen uren meer heeft, omdat een groep niet vol komt, of omdat een regel het niet "
    "toelaat.",
    "hours_role": "Uren per beroep",
    "hours_site": "Uren per school of plaats",
    "hours_period": "Uren per periode",
    "role": "Beroep",
    "site": "School of plaats",
    "period": "Periode",
    "used": "Gebruikt",
    "of_hours": "Gebruikt, van de uren",
    "share": "Deel",
    "bar": "Deel gebruikt",
    "several_sites": "{number} plaatsen",
    "everywhere": "Gedeeld door scholen",
    "left": "Waarom uren overblijven",
    "left_intro": "Van elk uur dat overblijft staat hier wat de hulp tegenhoudt waar die uren voor "
    "nodig zijn, op die plaats en in die periode.",
    "left_hours": "Uren over",
    "left_none": "Geen hulp in de catalogus gebruikt dit beroep",
    "left_other": "Een ander beroep dat ook nodig is, is vol: {names}",
    "left_little": "Wat over is, is minder dan de kleinste hulp kost",
    "left_money": "De hulp die nog kan, kost geld en het budget is op",
    "left_suit": "Geen leerling of groep die hier past en nog niet aan de beurt is",
    "worth": "Wat één uur meer doet",
    "worth_intro": "De prijs van een uur is het voordeel dat één uur meer van dat beroep geeft, op "
    "die plaats en in die periode. Zoek uren met een hoge prijs. Van uren zonder prijs zijn er "
    "genoeg.",
    "worth_grid": "Gemiddeld voordeel van één uur meer, per beroep en periode (in duizendsten)",
    "worth_top": "De duurste uren (voordeel van één uur meer, in duizendsten)",
    "worth_none": "Geen enkel uur heeft een prijs: met deze regels geven meer uren niet meer "
    "voordeel.",
    "price": "Prijs",
    "who": "Wie hulp krijgt aangeboden",
    "who_intro": "Hulp gaat naar de plek waar die het meeste goed doet voor de uren die het "
    "kost. Niet alleen naar het hoogste risico. De tabel toont leerlingen in tien even grote "
    "groepen, van het laagste naar het hoogste gewogen risico.",
    "who_chart": "Deel van de leerlingen dat hulp krijgt aangeboden, naar risico",
    "who_risk": "Leerlingen naar risico, van laag naar hoog",
    "decile": "Risicogroep",
    "mean_risk": "Gemiddeld risico",
    "pupils": "Leerlingen",
    "served": "Hulp aangeboden",
    "unserved": "Niet aangeboden",
    "benefit": "Voordeel",
    "who_intervention": "Hulp per soort",
    "intervention": "Hulp",
    "hours_short": "Uren",
    "evidence": "Bewijs",
    "running": "Hulp die al loopt kost nog eens {hours} uur.",
    "who_site": "Hulp per school of plaats",
    "cards": "Kaarten van leerlingen",
    "cards_intro": "Per school staat van elke leerling waarom er wel of niet hulp is aangeboden, "
    "en hoe je bezwaar maakt. Die bladen zijn alleen voor wie met de leerling werkt.",
    "cards_part": "{site}, deel {part}",
    "cards_too_many": "Bij zoveel leerlingen zijn er geen kaarten gemaakt. recommender explain "
    "geeft de redenen van elke leerling.",
    "sessions": "Groepen die starten",
    "groups": "Groepen",
    "places": "Leerlingen",
    "equity": "Gelijke kansen",
    "equity_intro": "Deze kenmerken worden nooit gebruikt om hulp te verdelen. Ze staan hier om te "
    "zien of het plan groepen anders behandelt. Een verschil bewijst geen oneerlijkheid: groepen "
    "verschillen ook in risico. Een groot verschil vraagt om een gesprek.",
    "equity_table": "Hulp per groep: {column}",
    "equity_none": "Er zijn geen kenmerken voor een controle op gelijke kansen.",
    "group": "Groep",
    "unknown": "onbekend",
    "each": "Voordeel per leerling, in duizendsten",
    "why_not": "Waarom de andere leerlingen geen hulp krijgen aangeboden",
    "reason": "Reden",
    "forgone": "Gemist voordeel",
    "why_not_intro": "Gemist voordeel is wat de beste hulp voor een leerling naar verwachting had "
    "gedaan. Het laat zien wat schaarste kost. Het zegt niets over de leerling.",
    "because_hours": "de uren van {name} doen meer goed voor anderen",
    "because_place": "een plaats in {name} doet meer goed voor anderen",
    "because_caseload": "een andere casus van {name} doet meer goed voor anderen",
    "because_cap": "de grens aan {name}: een plek doet meer goed voor anderen",
    "because_money": "het geld doet meer goed voor anderen",
    "because_statute": "wat een wettelijke regel vraagt doet meer goed voor anderen",
    "because_no_class": "een hele klas doet mee of niemand, en haar uren doen elders meer goed",
    "because_not_now": "wat past mag nog niet beginnen naast of na wat de leerling al heeft",
    "because_parents": "hulp aan de ouders doet meer goed voor anderen",
    "because_at_once": "wat een gezin tegelijk mag hebben doet meer goed voor anderen",
    "because_none": "er zijn geen uren van {name}",
    "because_consent": "er is geen toestemming om hulp aan te bieden",
    "because_no_good": "van wat mag worden aangeboden wordt geen hulp verwacht",
    "because_no_time": "wat past duurt langer dan de planning",
    "because_no_group": "te weinig leerlingen hier voor een groep van wat past",
    "because_no_seat": "een groep hier doet meer goed voor andere leerlingen, of start niet",
    "because_not_whole": "is zijn prijs waard, maar wat over is laat zich niet delen voor nog één",
    "because_unsuited": "niets past, meestal omdat: {why}",
    "examples": "Drie beslissingen, uitgewerkt",
    "examples_intro": "Elke beslissing volgt één regel: het verwachte voordeel, min de prijs van "
    "de uren die het kost, wordt vergeleken met dat van andere hulp voor deze leerling. Hier staan "
    "de beslissingen met de hoogste, de middelste en de laagste waarde.",
    "example_high": "Hoogste waarde",
    "example_middle": "Midden",
    "example_low": "Laagste",
    "decision": "Beslissing",
    "help": "Hulp",
    "price_paid": "Prijs van wat het kost",
    "net": "Waarde na de prijs",
    "runner_up": "Tweede keus",
    "nothing_else": "niets anders is zijn uren waard",
    "rules": "Regels die gelden",
    "must_table": "Regels die hulp verplichten",
    "rule": "Regel",
    "owed": "Nodig",
    "met": "Gehaald",
    "short": "Tekort",
    "shortage_banner": "Er zijn niet genoeg uren voor elke leerling onder een wettelijke regel: "
    "{pupils} te weinig. De wet vraagt meer uren of een andere oplossing; zie Regels die gelden.",
    "lacking": "Uren die lopende hulp tekortkomt",
    "lacking_intro": "Hulp die al loopt kost meer uren dan er zijn.",
    "all_met": "Aan elke wettelijke regel is voldaan.",
    "no_rules": "Geen leerling valt onder een wettelijke regel.",
    "rules_price": "Andere grenzen die voordeel kosten",
    "limit": "Grens",
    "limit_price": "Voordeel van één meer, in duizendsten",
    "rule_budget": "Budget (euro)",
    "rule_cap": "Meeste leerlingen",
    "method": "Hoe dit is gemaakt",
    "method_text": "Voor elke leerling is het risico op elk probleem geschat, met de fout van die "
    "schatting. Voor alle hulp die een leerling mag krijgen volgt uit gepubliceerde effecten "
    "hoeveel risico die wegneemt. Een effect telt minder als het bewijs zwakker is, en naar het "
    "deel van de leerlingen dat begint en afmaakt. Eén lineair programma verdeelt daarna de uren. "
    "De prijzen daarvan bewijzen hoeveel beter een ander plan kan zijn.",
    "method_error": "De fout van het voordeel telt mee dat alle leerlingen dezelfde onzekerheid "
    "over een effect delen: die wordt niet kleiner met meer leerlingen.",
    "method_limits": "Risico’s en effecten zijn gemiddelden over leerlingen die op elkaar lijken. "
    "Ze kennen dit kind, deze klas en deze week niet. Wie die wel kent, mag en moet anders "
    "beslissen.",
    "method_csv": "In de csv-bestanden staat een apostrof voor tekst die een rekenblad als formule "
    "zou uitvoeren. plan.json bevat elke tekst zoals die was.",
    "risks": "Risico’s in dit plan",
    "risks_intro": "Het gemiddelde risico van elk probleem onder de leerlingen van dit plan, met "
    "het bereik dat het beleid aannemelijk noemt.",
    "plausible": "Aannemelijk",
    "weights": "Problemen en hun gewicht",
    "weights_intro": "Eén punt voordeel is één voorkomen geval van een probleem met gewicht 1. "
    "Mensen bepalen de gewichten, in planning.yaml.",
    "outcome": "Probleem",
    "weight": "Gewicht",
    "scale": "Schaal",
    "effect": "Effect",
    "level": "Sterkte",
    "source": "Bron",
    "certificate": "Bewijs van het plan",
    "item": "Onderdeel",
    "value": "Waarde",
    "cert_value": "Waarde van het plan",
    "cert_bound": "Grens uit de prijzen",
    "cert_better": "Scherpere grens, met een rekenprogramma",
    "cert_gap": "Verschil",
    "cert_engine": "Rekenwijze",
    "cert_status": "Toestand",
    "cert_seed": "Startgetal van het toeval",
    "cert_version": "Versie van recommender",
    "cert_verify": "recommender verify rekent dit alles opnieuw uit, zonder rekenprogramma. "
    "manifest.json bevat de SHA-256 van elk bestand in deze map.",
    "inputs": "Bestanden waaruit dit plan is gemaakt",
    "file": "Bestand",
    "rows": "Regels",
    "settings": "Instellingen",
    "status_optimal": "het beste plan dat er is",
    "status_gap": "zo dicht bij het beste als gevraagd",
    "status_stopped": "gestopt bij een grens",
    "level_strong": "sterk",
    "level_good": "goed",
    "level_promising": "veelbelovend",
    "level_plausible": "aannemelijk",
    "level_elicited": "geschat door professionals",
    "level_assumed": "aangenomen",
    "scale_smd": "gestandaardiseerd verschil",
    "scale_odds_ratio": "verhouding van kansen (odds ratio)",
    "scale_risk_ratio": "verhouding van risico’s",
    "scale_risk_difference": "verschil in risico",
    "total": "Totaal",
    "base": "zoals het nu is",
    "more": "Wat een tiende meer uren kan opleveren",
    "more_intro": "Stel dat iedereen met dit beroep een tiende meer uren heeft. Hoeveel uur is "
    "dat, en hoeveel voordeel kunnen die uren hoogstens geven? De prijzen bewijzen dit. Het wordt "
    "minder als er te weinig leerlingen, groepen of andere professionals zijn.",
    "more_hours": "Meer uren",
    "more_worth": "Voordeel, hoogstens",
    "curve": "Voordeel met meer uren van iedereen",
    "curve_intro": "Met meer uren ligt het beste plan ergens in het gekleurde deel. Dit plan kan "
    "dan nog steeds, en de prijzen bewijzen dat geen plan boven de bovenste lijn komt. "
    "recommender frontier rekent de lijn ertussen uit.",
    "curve_table": "Voordeel met meer uren van iedereen, van dit plan tot de bewezen grens",
    "curve_low": "Dit plan",
    "curve_high": "Geen plan boven",
    "trust": "Hoe goed de risico’s kloppen",
    "trust_intro": "De risico’s zijn getest op eerdere leerlingen die het model niet kende. "
    "Risico’s kloppen als van de leerlingen met een risico van 20% er ongeveer 20 van de 100 het "
    "probleem krijgen.",
    "trust_read": "Elke stip is een groep leerlingen met ongeveer hetzelfde risico. Naar rechts "
    "staat het risico dat ze kregen, naar boven het deel dat het probleem kreeg. Op de schuine "
    "lijn zijn die gelijk. In negen van de tien gevallen blijft toeval binnen het streepje.",
    "trust_chart": "Gegeven risico en gevonden problemen: {outcome}",
    "trust_ends": "Beide assen lopen van 0 tot {most}.",
    "trust_whole": "Gevonden: {found}, waar de risico’s {expected} zeiden.",
    "trust_slope": "Helling {value} ± {error}. Bij 1 klopt het; minder betekent dat hoge risico’s "
    "te hoog zijn en lage te laag.",
    "trust_base": "Er zijn te weinig gevallen om leerlingen te onderscheiden: allen krijgen "
    "hetzelfde risico.",
    "trust_chance": "Vergelijk een leerling die het probleem kreeg met een andere leerling: in "
    "{chance} van de gevallen heeft de eerste het hoogste risico. Bij 50% is dat toeval.",
    "trust_sites_better": "De risico’s per leerling zeggen meer dan gemiddelden per school.",
    "trust_sites_same": "Het is niet aangetoond dat ze meer zeggen dan gemiddelden per school.",
    "trust_sites_worse": "Ze zeggen minder dan gemiddelden per school.",
    "trust_table": "Gegeven risico’s en gevonden problemen, groep voor groep",
    "trust_rows": "Leerlingjaren",
    "trust_expected": "Gemiddeld risico",
    "trust_found": "Gevonden",
    "trust_error": "Fout",
    "trust_none": "Deze risico’s komen ergens anders vandaan. Hoe goed ze kloppen is hier niet "
    "bekend.",
    "rests": "Waar de hulp op steunt",
    "rests_intro": "Gepubliceerde effecten van de hulp in dit plan, voordat er iets af gaat voor "
    "zwak bewijs of voor leerlingen die stoppen. Een effect is een gemiddelde; de fout zegt hoe "
    "zeker het is.",
    "rests_used": "Effecten van de hulp in dit plan",
    "rests_others": "Effecten van hulp die dit plan niet gebruikt",
    "rare": "zeldzame waarden samen",
    "rules_intro": "Mensen bepalen deze regels. De laatste kolom zegt wat één meer hoogstens "
    "oplevert: één euro, één leerling. Een streepje betekent dat dit plan het niet zegt.",
    "rule_says": "Wat er staat",
    "rule_consent": "Toestemming",
    "says_consent": "Hulp wordt alleen aangeboden als de toestemming zo is: {states}.",
    "consent_given": "gegeven",
    "consent_not_needed": "niet nodig",
    "consent_asked": "gevraagd",
    "says_budget": "Naast de uren niet meer dan {budget} euro.",
    "says_must_any": "Elke leerling onder deze regel krijgt hulp aangeboden.",
    "says_must_some": "Elke leerling onder deze regel krijgt een van deze soorten hulp aangeboden: "
    "{helps}.",
    "says_cap": "Hoogstens {most} leerlingen per school in {help}.",
    "rule_bundle": "Hulp tegelijk",
    "says_bundle": "Hoogstens {value} soorten hulp tegelijk voor één leerling.",
    "rule_diminishing": "Hulp tegen hetzelfde probleem",
    "says_diminishing": "Een tweede effect op hetzelfde probleem telt voor {value} van het eerste.",
    "rule_waiting": "Wachten",
    "says_waiting": "Elke periode later beginnen kost {value} van het voordeel.",
    "rule_travel": "Reizen",
    "says_travel": "Wie op meer plaatsen werkt, verliest {value} van de uren.",
    "rule_evidence": "Sterkte van het bewijs",
    "says_evidence": "Van een gepubliceerd effect telt mee: {levels}.",
    "card_title": "Kaarten van leerlingen: {site}",
    "card_private": "Dit blad gaat over kinderen. Het is alleen voor wie met hen werkt.",
    "card_back": "Terug naar het verslag",
    "card_served": "Leerlingen met een voorstel",
    "card_waiting": "Leerlingen zonder voorstel",
    "card_start": "start in {period}",
    "card_units": "{number} leerlingen die op elkaar lijken",
    "card_outcomes": "Wat het naar verwachting voorkomt",
    "card_hours": "Uren per leerling",
    "card_status": "Waarom",
    "card_proposed": "doet hier meer goed dan andere hulp of andere leerlingen",
    "card_must_serve": "een wettelijke regel vraagt hulp",
    "card_required": "een professional heeft dit besloten",
    "card_uncertain": "± {error} (één standaardfout)",
    "card_alternative": "Beste hulp die niet kon",
    "card_nothing": "geen",
    "object": "Niet eens met dit voorstel?",
    "object_text": "Het plan kent dit kind niet; jij wel. Leerling en ouders mogen vragen waarom, "
    "vragen wat er over hen is vastgelegd, en bezwaar maken bij de school. Een professional kan op "
    "het beoordelingsblad elke regel verplichten of schrappen, met een reden. Het besluit van een "
    "mens gaat altijd voor. Wie hier geen voorstel heeft, kan nog altijd andere hulp krijgen.",
    "object_how": "recommender review PLAN -o sheet.xlsx maakt het beoordelingsblad; "
    "recommender explain PLAN {unit} geeft alle redenen van één leerling.",
}
