"""Why professionals decide otherwise than a plan: reasons to choose from, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.inputs.catalogue import Text

REASONS: Mapping[str, Text] = {
    "other_need": Text("this pupil needs something else", "deze leerling heeft iets anders nodig"),
    "less_need": Text("this pupil needs less than it seems", "deze leerling heeft minder nodig"),
    "more_need": Text("this pupil needs more than it seems", "deze leerling heeft meer nodig"),
    "already_helped": Text("is helped already", "krijgt al hulp"),
    "family": Text("parents or pupil want it otherwise", "ouders of leerling willen het anders"),
    "practical": Text("not possible in practice", "praktisch niet mogelijk"),
    "wrong_data": Text("the data are wrong", "de gegevens kloppen niet"),
    "other": Text("other (say what)", "anders (zeg wat)"),
}
