"""What the program says, phrase by phrase, in every language it speaks."""

from collections.abc import Mapping

from recommender.messages.dutch import DUTCH
from recommender.messages.english import ENGLISH
from recommender.messages.language import Language

__all__ = ["LANGUAGES", "Language"]

LANGUAGES: Mapping[str, Language] = {
    "en": Language("en", ".", ",", ENGLISH),
    "nl": Language("nl", ",", ".", DUTCH),
}
"""The languages of reports, by code."""
