"""The description of each field of a documented dataclass, as its docstring gives it."""

from __future__ import annotations

import inspect
import re
import textwrap

_ENTRY = re.compile(r"^(\w+(?:, \w+)*): (.*)$")


def summary(cls: type) -> str:
    """The first paragraph of the docstring, on one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())


def field_descriptions(cls: type) -> dict[str, str]:
    """Field name -> its sentence under ``Attributes:``; fields without one are absent."""
    _, _, section = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in textwrap.dedent(section).splitlines():
        entry = _ENTRY.match(line)
        if entry:
            names = entry[1].split(", ")
            found.update(dict.fromkeys(names, entry[2]))
        elif not line.strip():
            names = []
        else:
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return {name: text.replace("``", "`") for name, text in found.items()}
