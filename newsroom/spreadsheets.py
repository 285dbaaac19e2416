"""Answer with rows for a spreadsheet, none of which it runs."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse


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
    # A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection).
    text = str(value)
    is_formula = isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t"))
    return f"'{text}" if is_formula else value
