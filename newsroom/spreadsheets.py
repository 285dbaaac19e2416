"""Answer with rows for a spreadsheet, none of which it runs."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

# A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection): some
# pass over blanks before it, and in East Asian settings take the wide forms for it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(
    name: str, head: Sequence[str], rows: Iterable[Iterable[Any]]
) -> HttpResponse:
    """Return ``rows`` under ``head`` as a CSV file called ``name``, in UTF-8."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return response


def _harmless(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(FORMULAS)
    return f"'{value}" if is_formula else value
