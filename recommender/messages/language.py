"""A language: its phrases, and how it writes numbers and days."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup, escape


class Translated(Protocol):
    """A text that is there in more than one language."""

    def said(self, language: str) -> str:
        """Return it in a language, or in one that it has."""


MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "nl": (
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
}
"""The months, as Babel writes them, for where it is not installed."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of reports.

    Attributes:
        code: as in HTML (en, nl).
        decimal, thousands: the signs in numbers.
        phrases: key -> phrase, with named places for what is filled in.
    """

    code: str
    decimal: str
    thousands: str
    phrases: Mapping[str, str]

    def say(self, key: str, **parts: object) -> Markup:
        """Return a phrase with its parts filled in, escaped for HTML.

        Raises:
            KeyError: if the language lacks the phrase or a part is not given.
        """
        safe = {name: escape(part) for name, part in parts.items()}
        return Markup(escape(self.phrases[key])).format(**safe)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as people of this language write it."""
        if not math.isfinite(value):
            return "∞" if value > 0 else "−∞" if value < 0 else "–"
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        return self._written(text)

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share as a percentage."""
        return f"{self.number(100 * share, digits)}%"

    def date(self, iso: str) -> str:
        """Return the day that an ISO 8601 text starts with, in words; Babel's where it is there.

        Without Babel (extra ``report``) the text is the same, from a list of months.
        """
        day = dt.date.fromisoformat(iso[:10])
        try:
            from babel.dates import format_date
        except ImportError:
            return f"{day.day} {MONTHS[self.code][day.month - 1]} {day.year}"
        return str(format_date(day, "d MMMM y", locale=self.code))

    def name(self, text: Translated) -> str:
        """Return a name in this language, or in the one that it has."""
        return text.said(self.code)

    def plain(self, key: str, **parts: object) -> str:
        """Return a phrase with its parts filled in, for a terminal or an attribute.

        Raises:
            KeyError: as ``say``.
        """
        return self.phrases[key].format(**parts)

    def round_number(self, value: float) -> str:
        """Return a number with as many decimals as it has, six digits at most."""
        text = f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
        return self._written(text if text != "-0" else "0")

    def _written(self, text: str) -> str:
        signs = {",": self.thousands, ".": self.decimal, "-": "−"}
        return "".join(signs.get(sign, sign) for sign in text)
