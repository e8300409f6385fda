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
    "rounded": "Totalen zijn afgerond: leerlingen op vijftallen, uren op tientallen, euro's op "
    "honderdtallen, opbrengst op twee cijfers.",
    "too_few": "Deze tabel staat er niet: er is te weinig van te tonen zonder iets over één "
    "leerling te zeggen.",
    "contents": "Inhoud",
    "headline": "Hulp voor {served} van de {pupils} leerlingen",
    "headline_more": "De verwachting: dit voorkomt {benefit} gewogen problemen. In negen van de "
    "tien gevallen ligt dat tussen {low} en {high}.",
    "proof_optimal": "Dit is het beste plan binnen deze uren en regels. De prijzen van de uren "
    "bewijzen dat.",
    "proof_exact": "Dit is het beste plan binnen deze uren en regels (op {gap} na). Een "
    "rekenprogramma bewees dat. Uit de prijzen van de uren alleen volgt dat geen plan meer dan "
    "{plain} beter kan zijn.",
    "proof_gap": "Geen enkel plan binnen deze uren en regels kan meer dan {gap} beter zijn. Dat is "
    "bewezen, niet geschat.",
    "proof_solver": "Geen enkel plan binnen deze uren en regels kan meer dan {gap} beter zijn. Een "
    "rekenprogramma bewees dat. Uit de prijzen van de uren alleen volgt dat geen plan meer dan "
    "{plain} beter kan zijn.",
    "proof_stopped": "Het zoeken stopte bij de grens.",
    "proof_by_prices": "volgens de prijzen van de uren",
    "proof_by_solver": "volgens een rekenprogramma",
    "proof_by_exact": "volgens een rekenprogramma dat tot het einde zocht",
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
    "fact_must_of": "van de {must} die hulp te goed hebben",
    "met_of": "{met} van de {owed}",
    "basis": "Berust op",
    "cause": "Waardoor",
    "rule_basis_statutory": "wettelijke plicht",
    "rule_basis_promise": "toezegging",
    "rule_basis_decision": "besluit van een professional",
    "rule_decision": "Door professionals verplicht",
    "duties": "Wie hulp te goed heeft, wie die krijgt, en waarom anderen niet",
    "lacks_cause_no_hours": "Te weinig uren, geld of plaatsen",
    "lacks_cause_nothing_suits": "Niets past",
    "lacks_cause_forbidden": "Door een besluit uitgesloten",
    "lacks_cause_no_consent": "Geen toestemming",
    "lacks_no_hours_law": "Er zijn niet genoeg uren voor elke leerling onder een wettelijke regel: "
    "{pupils} te weinig. De wet vraagt meer uren of een andere oplossing; zie Regels die gelden.",
    "lacks_no_hours_promise": "Er zijn niet genoeg uren, geld of plaatsen voor {pupils} leerlingen "
    "aan wie hulp is toegezegd, of voor wie professionals die verplichten. Dit is geen wettelijke "
    "plicht; zie Regels die gelden.",
    "lacks_nothing_suits_law": "Voor {pupils} leerlingen onder een wettelijke regel past niets wat "
    "meetelt, hoeveel uren er ook zijn. Zij hebben andere hulp nodig dan de catalogus heeft, of "
    "een besluit van mensen; zie Regels die gelden.",
    "lacks_nothing_suits_promise": "Voor {pupils} leerlingen aan wie hulp is toegezegd, of voor "
    "wie professionals die verplichten, past niets wat meetelt, hoeveel uren er ook zijn; zie "
    "Regels die gelden.",
    "lacks_forbidden_law": "Besluiten van professionals sluiten de hulp uit die zou meetellen voor "
    "{pupils} leerlingen onder een wettelijke regel; zie Regels die gelden.",
    "lacks_forbidden_promise": "Besluiten van professionals sluiten de hulp uit die zou meetellen "
    "voor {pupils} leerlingen aan wie hulp is toegezegd, of voor wie professionals andere hulp "
    "verplichten; zie Regels die gelden.",
    "lacks_no_consent": "Voor {pupils} leerlingen die hulp te goed hebben is er geen toestemming "
    "om die aan te bieden. Voor hen is niets gepland; dat is geen tekort aan uren.",
    "lacks_open": "{pupils} leerlingen die hulp te goed hebben, krijgen niets wat meetelt; zie "
    "Regels die gelden.",
    "because_owed": "deze leerling heeft hulp te goed, maar uren, geld of plaatsen zijn niet "
    "genoeg voor allen voor wie dat geldt",
    "says_law": "Dit is een wettelijke plicht.",
    "says_promise": "Dit is een toezegging, geen wettelijke plicht.",
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
    "account": "Wat er met alle uren gebeurt",
    "hours_to_offered": "Voor de hulp die dit plan aanbiedt",
    "hours_to_running": "Voor hulp die al liep",
    "hours_to_left": "Over",
    "hours_to_travel": "Reistijd tussen plaatsen",
    "hours_to_handed": "Alle uren die zijn opgegeven",
    "visiting": "En van wie op meer plaatsen werkt",
    "visiting_intro": "De eigen uren van een plaats zijn van mensen die nergens anders werken. "
    "Wie op meer plaatsen werkt, staat op een eigen regel. Wat zij op een plaats geven staat in de "
    "laatste kolom en telt niet dubbel.",
    "left": "Waarom uren overblijven",
    "left_others": "Overige",
    "left_rest": "Kleine aantallen bij elkaar",
    "left_periods": "De hulp loopt over meer periodes, en in een andere is te weinig over",
    "left_rule": "Een maximum is bereikt: voor de hulp, voor het aantal leerlingen tegelijk of "
    "voor een gezin",
    "left_price": "De hulp doet minder goed dan de uren, plekken en het geld ervoor bij anderen "
    "doen",
    "left_group": "Er zou nog een groep moeten starten; die komt waarschijnlijk niet vol",
    "left_whole": "Wat over is, past waarschijnlijk niet op hulp voor een hele leerling of groep",
    "left_start": "De hulp die past mag dan niet starten, of er zijn te weinig leerlingen voor een "
    "groep",
    "left_intro": "Hier staat wat de meeste hulp tegenhoudt die leerlingen zonder hulp van deze "
    "uren kunnen krijgen, op die plaats en in die periode.",
    "left_hours": "Uren over",
    "left_none": "Geen hulp in de catalogus gebruikt dit beroep",
    "left_other": "Van een ander beroep dat ook nodig is, is te weinig over: {names}",
    "left_little": "De hulp kost meer van deze uren dan er over zijn",
    "left_money": "De hulp kost meer geld dan er van het budget over is",
    "left_suit": "Niemand die hier wacht, mag hulp krijgen die deze uren gebruikt",
    "worth": "Wat één uur meer doet",
    "worth_intro": "De prijs van een uur is het voordeel dat één uur meer van dat beroep geeft, op "
    "die plaats en in die periode. Zoek uren met een hoge prijs. Van uren zonder prijs zijn er "
    "genoeg.",
    "worth_grid": "Gemiddeld voordeel van één uur meer, per beroep en periode (in duizendsten)",
    "worth_short": "tekort",
    "worth_short_intro": "Waar tekort staat, gaat een uur meer eerst naar hulp die al toegezegd, "
    "verplicht of begonnen is; dat is geen voordeel, dus staat er geen getal.",
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
    "equity_unshown": "{column}: er zijn te weinig leerlingen met of zonder hulp om te laten zien "
    "hoe de hulp verdeeld is.",
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
    "because_statute": "wat een regel die hulp verplicht vraagt doet meer goed voor anderen",
    "because_fairness": "wat een regel voor eerlijk verdelen vraagt doet meer goed voor anderen",
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
    "lacking": "Uren die lopende hulp tekortkomt",
    "lacking_intro": "Hulp die al loopt kost meer uren dan er zijn.",
    "all_met": "Aan elke regel die hulp verplicht is voldaan, voor wie met hulp instemt.",
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
    "method_handed": "Voor elke leerling is er een risico op elk probleem, aangeleverd of geschat: "
    "bij de risico’s staat welk van de twee. Voor alle hulp die een leerling mag krijgen volgt uit "
    "gepubliceerde effecten hoeveel risico die wegneemt. Een effect telt minder als het bewijs "
    "zwakker is, en naar het deel van de leerlingen dat begint en afmaakt. Eén lineair programma "
    "verdeelt daarna de uren. De prijzen daarvan bewijzen hoeveel beter een ander plan kan zijn.",
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
    "cert_short": "Leerlingen tekort; de grenzen gelden voor elk plan dat niet meer tekortkomt",
    "cert_gap": "Verschil",
    "cert_plain": "Verschil volgens de prijzen alleen",
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
    "dat, en hoeveel hoger komt de grens te liggen? De prijzen bewijzen dat geen plan boven die "
    "grens komt. Het wordt minder als er te weinig leerlingen, groepen of andere professionals "
    "zijn. Reistijd zit bij deze uren.",
    "more_rest": "Dit plan ligt nu al {rest} onder die grens. Zoveel meer dan in de tabel staat, "
    "kan er hoogstens bij komen.",
    "more_hours": "Meer uren",
    "more_worth": "Grens van het voordeel stijgt met",
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
    "trust_handed": "Risico’s zijn aangeleverd en hier niet getoetst voor: {names}. Hoe goed die "
    "kloppen is uit dit plan niet bekend.",
    "rests": "Waar de hulp op steunt",
    "rests_intro": "Gepubliceerde effecten van de hulp in dit plan, voordat er iets af gaat voor "
    "zwak bewijs of voor leerlingen die stoppen. Een effect is een gemiddelde; de fout zegt hoe "
    "zeker het is.",
    "rests_used": "Effecten van de hulp in dit plan",
    "rests_others": "Effecten van hulp die dit plan niet gebruikt",
    "rare": "zeldzame waarden samen",
    "rules_intro": "Mensen bepalen deze regels. De laatste kolom zegt hoeveel de grens van "
    "het voordeel stijgt met één meer: één euro, één leerling. Een streepje "
    "betekent dat dit plan het niet zegt.",
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
    "says_fair": "Per {by}, {measure} per leerling die hulp mag krijgen: {asks}.",
    "fair_by_site": "school of plaats",
    "fair_by_grade": "leerjaar",
    "fair_coverage": "leerlingen met een aanbod",
    "fair_hours": "uren",
    "fair_benefit": "voordeel",
    "fair_floor": "minstens {amount} in elke groep",
    "fair_cap": "hoogstens {amount} in een groep",
    "fair_lowest": "één meer voor de groep met het minste telt voor {worth}",
    "fair_alpha": "meer telt minder waar al veel is (alfa {alpha})",
    "rule_no_worse": "Niemand slechter af",
    "says_no_worse": "Niemand heeft meer dan {margin} minder voordeel dan in het huidige plan.",
    "unfair": "Wat regels voor eerlijk verdelen tekortkomen",
    "unfair_intro": "Met deze uren is aan een regel voor eerlijk verdelen niet te voldoen.",
    "lacks_pupil": "{amount} leerlingen te weinig krijgen een aanbod",
    "lacks_hour": "{amount} uren te weinig",
    "lacks_outcome": "{amount} te weinig voordeel",
    "lacks_no_worse": "{amount} leerlingen zouden slechter af zijn dan nu",
    "rule_bundle": "Hulp tegelijk",
    "says_bundle": "Hoogstens {value} soorten hulp tegelijk voor één leerling.",
    "rule_diminishing": "Hulp tegen hetzelfde probleem",
    "says_diminishing": "Een tweede effect op hetzelfde probleem telt voor {value} van het eerste.",
    "rule_waiting": "Wachten",
    "says_waiting": "Elke periode later beginnen kost {value} van het voordeel.",
    "rule_caution": "Voorzichtigheid",
    "says_caution": "Van een voordeel gaan {value} standaardfouten af voordat het telt.",
    "rule_travel": "Reizen",
    "says_travel": "Wie op meer plaatsen werkt, verliest {value} van de uren.",
    "rule_evidence": "Sterkte van het bewijs",
    "says_evidence": "Van een gepubliceerd effect telt mee: {levels}.",
    "front": "Wat uren waard zijn",
    "front_today": "Nu zijn er {hours} van deze uren.",
    "front_everybody": "uren van iedereen",
    "front_hours_of": "uren van {names}",
    "front_and": " en ",
    "front_benefit": "Voordeel bij meer of minder uren",
    "front_benefit_intro": "Gewogen problemen die de beste verdeling van de uren voorkomt. In "
    "negen van de tien gevallen ligt het in de band. Leerlingen en groepen mogen hier in delen. "
    "Een heel plan komt zo dicht bij de lijn als zijn bewezen afstand zegt. De stippellijn is nu. "
    "Het zijn alle uren die mensen hebben, ook de tijd om te reizen.",
    "front_report": "De lijn is wat deze uren hoogstens kunnen doen als leerlingen en groepen in "
    "delen mogen. In negen van de tien gevallen ligt het in de band. De stip is dit plan. Met hele "
    "leerlingen en groepen kom je iets onder de lijn uit. Alle uren die mensen hebben tellen mee, "
    "ook de tijd om te reizen.",
    "expect": "Wat je mag verwachten, en hoe vast het plan ligt",
    "expect_intro": "Hulp doet het meest bij een risico in het midden. Is het echte risico lager "
    "of hoger dan geschat, dan doet hulp minder. En een plan kiest leerlingen van wie de schatting "
    "het meeste belooft. Je mag daarom minder verwachten dan de schattingen samen.",
    "expect_how": "Hoe het is geteld",
    "expect_estimated": "Met de schattingen van risico’s en effecten",
    "expect_promise": "Te verwachten, omdat echte risico’s rond hun schatting liggen",
    "expect_draws": "Van dit plan, in negen van de tien van {draws} lotingen van effecten en "
    "risico’s",
    "steady": "Hoe vaak een aanbod blijft",
    "steady_intro": "Het plan is opnieuw gemaakt in {draws} lotingen van effecten en risico’s. "
    "Blijft een aanbod in de meeste lotingen, dan hangt het niet van toeval af. Verdwijnt het "
    "vaak, dan had een andere leerling het even goed kunnen krijgen.",
    "steady_share": "Leerlingen naar hoe vaak zij dezelfde hulp krijgen",
    "steady_draws": "Van de lotingen",
    "steady_by": "Hoe vaak elke hulp blijft",
    "steady_mean": "Blijft, gemiddeld",
    "steady_none": "Dit plan is niet in lotingen geprobeerd. Met recommender plan --draws zie je "
    "hoe vaak elk aanbod blijft.",
    "front_across": "uren",
    "front_up": "voordeel",
    "front_chart": "Het voordeel stijgt met de uren, steeds langzamer als er meer zijn",
    "front_price_across": "uren",
    "front_price_up": "voordeel van een uur erbij",
    "front_price_chart": "Een uur erbij is minder waard als er meer uren zijn",
    "front_change": "Verandering",
    "front_hours": "Uren",
    "front_interval": "Bereik",
    "front_one_more": "Een uur erbij",
    "front_better": "Meer uren of beter voorspellen",
    "front_better_intro": "Zo is dit berekend. Rond de voorspelde risico’s zijn echte risico’s "
    "geloot, zo ver ervan af als het model onzeker is. Een grovere voorspelling weet minder dan "
    "het model, een scherpere weet een deel van wat het model niet weet. Elke voorspelling "
    "verdeelt de uren van nu. Wat dat oplevert, is geteld met de echte risico’s. AUC is hoe vaak "
    "een leerling die later een probleem krijgt, boven een leerling staat die dat niet krijgt. 0,5 "
    "is niet beter dan loten. Het is het gemiddelde over de uitkomsten, naar gewicht. Voor wie "
    "hulp past, verandert niet.",
    "front_known": "Voordeel naar wat er van risico’s bekend is",
    "front_known_what": "Wat er bekend is",
    "front_known_score": "Logscore",
    "front_known_across": "AUC van de voorspelling",
    "front_known_up": "voordeel",
    "front_known_chart": "Wat dezelfde uren doen met grovere en scherpere voorspellingen",
    "front_known_more": "het model, {more} uren",
    "known_everybody_alike": "iedereen hetzelfde",
    "known_a_quarter_known": "een kwart van wat het model weet",
    "known_half_known": "de helft van wat het model weet",
    "known_three_quarters_known": "driekwart van wat het model weet",
    "known_the_model": "het model",
    "known_a_quarter_of_the_rest": "ook een kwart van de rest",
    "known_half_of_the_rest": "ook de helft van de rest",
    "known_true_risks": "de echte risico’s",
    "front_money": "Wie gaat voor, als alleen geld schaars was",
    "front_money_intro": "Wat je voor elk bedrag kunt doen. Uren tellen voor wat het beroep kost, "
    "een plek in een groep voor haar deel van een volle groep. Kosten naast de uren tellen ook "
    "mee. Niet alle hulp kost evenveel. Daarom staan er euro’s onder en geen leerlingen. Hoe "
    "verder een lijn boven die van gelijk verdelen ligt, hoe meer deze manier van kiezen waard is "
    "(Qini, voor meer soorten hulp).",
    "front_money_table": "Wat je voor elk bedrag kunt doen",
    "front_money_across": "euro",
    "front_money_up": "voordeel",
    "front_money_chart": "Wat je voor elk bedrag kunt doen bij vier regels voor wie voorgaat",
    "front_money_sum": "Euro",
    "front_money_area": "Deel van de gewonnen oppervlakte",
    "front_rule_plan": "het plan: het meeste voordeel per euro eerst",
    "front_rule_site_averages": "hetzelfde, met het gemiddelde risico van de school",
    "front_rule_highest_risk": "het hoogste risico eerst",
    "front_rule_lot": "gelijk verdelen",
    "front_prediction": "{more} uren doet evenveel als een betere voorspelling: de AUC van "
    "{before} naar {after}.",
    "front_no_prediction": "{more} uren doet meer dan de beste voorspelling kan. Ook met de echte "
    "risico’s doen de uren van nu minder.",
    "front_pays": "Binnen dit bereik is een uur erbij altijd de moeite waard.",
    "front_stops": "Vanaf {change} uren brengt een uur erbij bijna niets meer op.",
    "compared": "Plannen naast elkaar",
    "compared_headline": "{number} manieren om de uren te verdelen over {pupils} leerlingen",
    "compared_intro": "Elke manier is geteld met dezelfde risico’s, effecten, regels en gewichten. "
    "Ook wie zonder plan kiest, houdt zich hier aan de regels.",
    "compared_sides": "Wat elke manier oplevert",
    "compared_side": "Manier",
    "compared_chart": "Voordeel is het aantal gewogen problemen dat wordt voorkomen. Het streepje "
    "is de verwachting. In negen van de tien gevallen ligt het in de band. De lijn is het plan "
    "zoals het nu is.",
    "compared_interval": "Bereik",
    "compared_difference": "Verschil",
    "compared_more": "Uren, regels en verdeling",
    "compared_worst": "Minst geholpen groep (deel van het risico dat wordt voorkomen)",
    "compared_tenths": "Wie hulp krijgt, naar risico",
    "compared_tenths_intro": "Leerlingen in tien even grote groepen, van het laagste naar het "
    "hoogste gewogen risico. Per groep het deel dat hulp krijgt aangeboden.",
    "compared_hours": "Uren",
    "compared_hours_table": "Gebruikte uren, van de uren die er zijn",
    "compared_short": "Wat tekortkomt",
    "compared_groups": "Hoe het groepen vergaat",
    "compared_groups_intro": "Het deel van het gewogen risico van een groep dat wordt voorkomen. "
    "Groepen van minder dan tien leerlingen zijn weggelaten.",
    "compared_moved": "Wie wint en wie verliest",
    "compared_moved_intro": "Leerlingen bij wie de hulp tussen twee manieren verschilt. Wie hulp "
    "krijgt, heeft die op de eerste manier niet; wie hulp verliest, heeft die op de tweede manier "
    "niet; andere hulp is andere hulp of een andere periode. Hulp op de tweede manier is dus hulp "
    "op de eerste, plus wie hulp krijgen, min wie hulp verliezen.",
    "compared_plan_from": "{side}: dit is het plan van {other}, met krappere grenzen. Het past ook "
    "hier, en het eigen zoeken vond geen plan dat zo goed is.",
    "compared_bound_from": "{side}: het bewijs is dat van {other}, met ruimere grenzen. Hier kan "
    "niets meer dan daar.",
    "compared_off": "Beter af en slechter af",
    "compared_off_intro": "Dezelfde leerlingen naar voordeel: bij wie het stijgt en bij wie het "
    "daalt. Wie andere hulp heeft, kan beide zijn, of geen van beide.",
    "compared_better": "Beter af",
    "compared_worse": "Slechter af",
    "compared_moved_names": "In moved.csv staat wie dat zijn en waarom, voor wie met hen werkt.",
    "compared_board": "Voor besturen: er staat geen leerling met naam in, maar wel aantallen onder "
    "{few}. Een pagina voor anderen, zonder die aantallen, maak je met recommender export en "
    "--audience policy of public.",
    "compared_near": "~ Het zoeken naar beide plannen kan zoveel gemist hebben als het verschil. "
    "Het is dus niet bewezen welke van de twee manieren meer kan.",
    "compared_from": "Van",
    "compared_to": "Naar",
    "compared_gains": "Krijgen hulp",
    "compared_loses": "Verliezen hulp",
    "compared_other": "Andere hulp",
    "policy_status_quo": "zoals in eerdere jaren",
    "policy_highest_risk": "hoogste risico eerst",
    "policy_first_come": "wie het eerst komt",
    "policy_random": "door loting",
    "policy_benefit_per_hour": "meeste voordeel per uur eerst",
    "policy_site_averages": "alleen gemiddelden per school",
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
    "card_must_serve": "een regel verplicht hulp",
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

SHEETS: Mapping[str, str] = {
    "overview": "overzicht",
    "sites": "scholen",
    "professionals": "professionals",
    "capacity": "capaciteit",
    "why_not": "waarom_niet",
    "comparison": "vergelijking",
    "tenths": "tienden",
    "groups": "groepen",
    "group": "groep",
    "shortages": "tekorten",
    "moved": "verschoven",
    "item": "onderdeel",
    "value": "waarde",
    "bound": "grens",
    "gap": "verschil met de grens",
    "better_bound": "scherpere grens",
    "gap_proven": "bewezen verschil",
    "proof": "bewezen door",
    "prices": "de prijzen van de uren",
    "solver": "een rekenprogramma",
    "exact": "een rekenprogramma dat tot het einde zocht",
    "benefit": "voordeel",
    "standard_error": "standaardfout",
    "pupils": "leerlingen",
    "eligible": "mag hulp krijgen",
    "served": "krijgt hulp aangeboden",
    "must_serve": "met recht op hulp",
    "must_serve_met": "daarvan bereikt",
    "hours_capacity": "uren die er zijn",
    "hours_used": "uren gebruikt",
    "hours_left": "uren over",
    "hours_handed_in": "uren opgegeven",
    "cost": "kosten in euro",
    "budget": "budget",
    "status": "toestand",
    "engine": "rekenwijze",
    "seed": "startgetal",
    "scenario": "scenario",
    "synthetic": "verzonnen",
    "shortage": "tekort",
    "duty": "hulp te goed",
    "statutory": "wettelijke plicht",
    "promise": "toezegging",
    "decision": "besluit van een professional",
    "no_hours": "te weinig uren, geld of plaatsen",
    "nothing_suits": "niets past",
    "forbidden": "door een besluit uitgesloten",
    "no_consent": "geen toestemming",
    "meets_shortage": "voor een tekort",
    "bound_from": "grens uit scenario",
    "plan_from": "plan uit scenario",
    "shortage_hours": "uren tekort",
    "cause": "oorzaak",
    "basis": "berust op",
    "created": "gemaakt",
    "version": "versie",
    "of": "van",
    "site": "plaats",
    "name": "naam",
    "not_served": "krijgt geen hulp",
    "share_served": "deel dat hulp krijgt",
    "hours": "uren",
    "professional_id": "professional",
    "role": "beroep",
    "cases": "leerlingen en groepen",
    "period": "periode",
    "used": "gebruikt",
    "left": "over",
    "share_used": "deel gebruikt",
    "benefit_of_one_more": "voordeel van één uur meer",
    "reason": "reden",
    "benefit_forgone": "gemist voordeel",
    "short": "te weinig",
    "side": "manier",
    "kind": "soort",
    "low": "laagst",
    "high": "hoogst",
    "difference": "verschil",
    "gini": "gini",
    "worst_group": "minst geholpen groep",
    "share_worst": "deel van het risico dat die groep kwijtraakt",
    "share_averted": "deel van het risico dat wordt voorkomen",
    "decile": "tiende",
    "lowest": "laagste risico",
    "highest": "hoogste risico",
    "column": "kenmerk",
    "rule": "regel",
    "from": "van",
    "to": "naar",
    "gains": "krijgt hulp",
    "loses": "verliest hulp",
    "other": "andere hulp",
    "same": "dezelfde hulp",
    "better": "beter af",
    "worse": "slechter af",
    "new": "krijgt hulp",
    "lost": "verliest hulp",
}
"""The names of sheets, columns and items of a workbook."""
