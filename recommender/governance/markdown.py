"""Documents people can read: tables and pages in plain text, Markdown and HTML.

One small dialect serves all three: headings, paragraphs, ``-`` lists, tables and ``**bold**``.
Whatever is written into a page is text: nothing in it is run or loaded by a browser.  Markdown
holds HTML as it stands, so a name that looks like HTML, or like a link, is written in entities.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Sequence

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:84rem;margin:2rem auto;padding:0 1rem;
color:#1a1a1a;background:#fff}p,li{max-width:60rem}
table{border-collapse:collapse;width:100%;font-size:.85em;margin:1em 0}
th,td{border:1px solid #999;padding:.35em .5em;text-align:left;vertical-align:top;
overflow-wrap:anywhere;hyphens:auto;min-width:7em}
th{background:#eee}h1{font-size:1.6em}h2{font-size:1.25em;margin-top:2em}
@media print{body{margin:0;max-width:none}}
"""


class Markdown(str):
    """A text in which every name is written as a text already."""

    __slots__ = ()


def inert(text: str) -> str:
    """A text in which no reader of Markdown finds HTML, a link or an image."""
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("](", "]&#40;")


def cell(text: str) -> str:
    """A text as one cell of a Markdown table."""
    return inert(" ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|"))


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Markdown:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return Markdown("\n".join(f"| {' | '.join(cell(c) for c in line)} |" for line in lines) + "\n")


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int = 100) -> str:
    """A table for a terminal, cells wrapped so that no line is wider than ``width`` if possible."""
    if not rows:
        return ""
    cells = [[" ".join(c.split()) for c in line] for line in (header, *rows)]
    longest = [max(len(line[j]) for line in cells) for j in range(len(header))]
    least = [
        max(len(w) for line in cells for w in (line[j].split() or [""])) for j in range(len(header))
    ]
    room = width - 2 * (len(header) - 1)
    widths = list(longest)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda j: (widths[j] - least[j], widths[j]))
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
    out = []
    for number, line in enumerate(cells):
        wrapped = [
            textwrap.wrap(c, w, break_long_words=False) or [""]
            for c, w in zip(line, widths, strict=True)
        ]
        for i in range(max(map(len, wrapped))):
            parts = [
                (w[i] if i < len(w) else "").ljust(n) for w, n in zip(wrapped, widths, strict=True)
            ]
            out.append("  ".join(parts).rstrip())
        if number == 0:
            out.append("  ".join("-" * n for n in widths))
    return "\n".join(out) + "\n"


def to_html(text: str, title: str, language: str) -> str:
    """A Markdown text of this dialect as a self-contained page."""
    body = "\n".join(_blocks(text))
    return (
        f'<!doctype html>\n<html lang="{html.escape(language, quote=True)}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _blocks(text: str) -> Iterable[str]:
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        while lines and (found := re.match(r"(#{1,4}) +(.*)", lines[0])):
            level = len(found.group(1))
            yield f"<h{level}>{_inline(found.group(2))}</h{level}>"
            lines = lines[1:]
        if not lines:
            continue
        if len(lines) > 1 and lines[0].startswith("|") and re.fullmatch(r"[|\-: ]+", lines[1]):
            yield _html_table(lines)
        elif lines[0].startswith("- "):
            items = re.split(r"\n- ", "\n".join(lines)[2:])
            yield (
                "<ul>"
                + "".join(f"<li>{_inline(' '.join(i.split()))}</li>" for i in items)
                + "</ul>"
            )
        else:
            yield f"<p>{_inline(' '.join(lines))}</p>"


def _html_table(lines: list[str]) -> str:
    rows = [[c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]] for line in lines]
    head = "".join(f"<th>{_inline(c)}</th>" for c in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{_inline(c)}</td>" for c in row) + "</tr>\n" for row in rows[2:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def _inline(text: str) -> str:
    safe = html.escape(html.unescape(text).replace("\\|", "|").replace("\\\\", "\\"))
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
