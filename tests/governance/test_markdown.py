"""Names in documents: text in every form, whatever they look like."""

from __future__ import annotations

import pytest

from recommender.governance.markdown import inert, markdown_table, to_html

HOSTILE = (
    "<script>x()</script>",
    "a <img src=x onerror=x()> b",
    "[click](javascript:x)",
    "![dot](http://x.example/a.png)",
    "a | b <b>c</b>",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_html_or_a_link_in_markdown(name: str) -> None:
    for text in (inert(name), markdown_table(["name"], [[name]])):
        assert "<" not in text
        assert "](" not in text


@pytest.mark.parametrize("name", [*HOSTILE, "Groep < 5 & Co"])
def test_a_page_shows_a_name_as_it_was_written(name: str) -> None:
    page = to_html(markdown_table(["name"], [[name]]), "t", "en")
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<td>{shown}</td>" in page


def test_writing_a_name_twice_changes_nothing() -> None:
    assert [inert(inert(name)) for name in HOSTILE] == [inert(name) for name in HOSTILE]
