"""Tables in a body: ``<table data-caption="…"><tbody>…``, with cells th and td.

The caption is an attribute, because the editor's tables hold rows and nothing else.
"""

from __future__ import annotations

import html
import re
from itertools import count

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe

MOST_SPANNED = 100  # rows or columns by one cell
_NUMBER = ' class="number"'

_TABLE = re.compile(r"<table([^>]*)>(.*?)</table>", re.DOTALL)
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_GIVEN_CAPTION = re.compile(r'data-caption="([^"]*)"')
_ONE_PARAGRAPH = re.compile(r"\A<p>((?:(?!<p>).)*)</p>\Z", re.DOTALL)


def with_caption_as_attribute(body: str) -> str:
    """Return a ``body`` in which no table has a caption element, as pages have it."""

    def moved(found: re.Match[str]) -> str:
        caption = _CAPTION.search(found[2])
        if not caption:
            return found[0]
        words = " ".join(html.unescape(strip_tags(caption[1])).split())
        given = _GIVEN_CAPTION.search(found[1])
        said = html.escape(words) if words or not given else given[1]
        rows = _CAPTION.sub("", found[2])
        return f'<table data-caption="{said}">{rows}</table>'

    return _TABLE.sub(moved, body) if "<caption>" in body else body


def is_span(value: str) -> bool:
    """Tell whether a cell may reach over so many rows or columns."""
    return value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MOST_SPANNED


def render(body: str) -> str:
    """Return a clean ``body`` whose tables say what each cell's headings are.

    Rows of headings at the top become the table's head. The table scrolls in a frame
    of its own where it is wider than the page.
    """
    return _TABLE.sub(_rendered, body)


def _rendered(found: re.Match[str]) -> str:
    rows = [_marked(row[1]) for row in _ROW.finditer(found[2])]
    if not any(_CELL.search(row) for row in rows):
        return ""
    head = 0
    while head < len(rows) - 1 and _is_heading(rows[head]):
        head += 1
    if "span=" not in found[2]:
        rows[:head] = _over_figures(rows[:head], rows[head:])
    caption = _GIVEN_CAPTION.search(found[1])
    context = {
        "caption": html.unescape(caption[1]) if caption else "",
        "head": [mark_safe(_cells(row, "col")) for row in rows[:head]],  # noqa: S308
        "rows": [mark_safe(_cells(row, "row")) for row in rows[head:]],  # noqa: S308
    }
    return render_to_string("articles/_table.html", context)


def _is_heading(row: str) -> bool:
    return all(cell[1] == "th" for cell in _CELL.finditer(row))


def _cells(row: str, scope: str) -> str:
    def cell(found: re.Match[str]) -> str:
        tag, attributes, content = found[1], found[2], found[3]
        if tag == "th":
            reach = "group" if f'{scope}span="' in attributes else ""
            attributes += f' scope="{scope}{reach}"'
        return f"<{tag}{attributes}>{content}</{tag}>"

    return _CELL.sub(cell, row)


def _marked(row: str) -> str:
    """Return a row without needless paragraphs, its figures marked as such."""

    def cell(found: re.Match[str]) -> str:
        tag, attributes, content = found[1], found[2], found[3]
        content = _ONE_PARAGRAPH.sub(r"\1", content.strip())
        mark = _NUMBER if tag == "td" and _is_number(content) else ""
        return f"<{tag}{attributes}{mark}>{content}</{tag}>"

    return _CELL.sub(cell, row)


def _over_figures(head: list[str], rows: list[str]) -> list[str]:
    """Return the rows of the head, its cells over figures alone marked like them."""
    cells = [[one[2] for one in _CELL.finditer(row)] for row in rows]
    narrow = {
        column
        for column in range(max(map(len, cells), default=0))
        if all(len(row) > column and row[column].endswith(_NUMBER) for row in cells)
    }

    def marked(row: str) -> str:
        columns = count()
        return _CELL.sub(
            lambda cell: (
                f"<{cell[1]}{cell[2]}{_NUMBER if next(columns) in narrow else ''}>"
                f"{cell[3]}</{cell[1]}>"
            ),
            row,
        )

    return [marked(row) for row in head]


def _is_number(content: str) -> bool:
    """Tell whether a cell holds a figure, with its unit or without."""
    text = html.unescape(strip_tags(content)).strip()
    return len(text) < 16 and bool(
        re.match(r"[-+−–£$€]?\s*[\d.,\s]*\d\s*[%‰]?\Z", text)
    )
