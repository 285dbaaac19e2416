"""Lists of subscribers that come from elsewhere, and the one that is taken along."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import ForgottenAddress, Newsletter, Subscriber
from articles.newsletter import links
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsroom.models import User

MOST_LINES = 50_000
MOST_CHARACTERS = 5_000_000
# What other services call the column, in small letters.
EMAIL = ("email", "e-mail", "email address", "mail", "address")
LANGUAGE = ("language", "lang", "locale")
HEAD = ("email", "state", "language", "came by", "asked", "confirmed", "left")
CHUNK = 500


class Unreadable(Exception):
    """The list is none; the text says why."""


@dataclass(frozen=True)
class Line:
    """What became of one line: why it was not taken, or "" if it was."""

    number: int
    address: str
    refusal: str = ""


@transaction.atomic
def take(text: str, *, agreed: bool, editor: User) -> list[Line]:
    """Put the addresses of a CSV text on the list; return what became of each line.

    ``agreed`` says that its people asked for this newsletter: then they get the next
    edition. Otherwise they are kept as unconfirmed. Nobody gets a mail for it in either
    case. Who unsubscribed here, could not be reached or was erased stays so. Raise
    ``Unreadable``.
    """
    rows = _rows(text)
    known = _known({row[1].lower() for row in rows})
    forgotten = _forgotten({row[1] for row in rows})
    now = timezone.now()
    confirmed = Subscriber.State.CONFIRMED
    lines, new = [], []
    seen: set[str] = set()
    for number, address, language in rows:
        refusal = _refusal(address, seen, known, forgotten)
        lines.append(Line(number, address, refusal))
        if refusal:
            continue
        seen.add(address.lower())
        new.append(
            Subscriber(
                email=address,
                language=language,
                state=confirmed if agreed else Subscriber.State.PENDING,
                source=Subscriber.Source.IMPORT,
                asked_at=now,
                confirmed_at=now if agreed else None,
            )
        )
    Subscriber.objects.bulk_create(new, batch_size=CHUNK)
    facts = {"lines": len(rows), "taken": len(new), "agreed": agreed}
    newsletter = Newsletter.objects.current()
    newsletter.pk = 1
    Event.objects.record(editor, "import subscribers", newsletter, after=facts)
    return lines


def rows_of_all() -> Iterator[tuple[object, ...]]:
    """Yield all subscribers, one row each under ``HEAD``; times are ISO 8601 in UTC."""
    for one in Subscriber.objects.order_by("pk").iterator(2000):
        times = (one.asked_at, one.confirmed_at, one.left_at)
        yield (
            one.email,
            one.state,
            one.language,
            one.source,
            *(at.isoformat() if at else "" for at in times),
        )


def _rows(text: str) -> list[tuple[int, str, str]]:
    """Return the number, address and language of each line that has something in it."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(_("The list is too long. Cut it into parts."))
    text = text.removeprefix("\ufeff").replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        found = [(read.line_num, row) for row in read if any(map(str.strip, row))]
    except csv.Error as error:
        raise Unreadable(_("This is no CSV file.")) from error
    if len(found) > MOST_LINES:
        raise Unreadable(_("The list is too long. Cut it into parts."))
    head = [name.strip().lower() for name in found[0][1]] if found else []
    email, language = _column(head, EMAIL), _column(head, LANGUAGE)
    if email is None and found and "@" not in found[0][1][0]:
        raise Unreadable(_("No column is called “email”, and the first has none."))
    body = found[1:] if email is not None else found
    return [
        (number, _cell(row, email or 0), _language(_cell(row, language)))
        for number, row in body
    ]


def _column(head: Sequence[str], names: Iterable[str]) -> int | None:
    return next((head.index(name) for name in names if name in head), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    if column is None or column >= len(row):
        return ""
    return row[column].strip().removeprefix("'")  # as our own export guards it


def _language(code: str) -> str:
    code = code.lower().replace("_", "-")
    for known in (code, code.partition("-")[0]):
        if known in dict(settings.LANGUAGES):
            return known
    return settings.LANGUAGE_CODE


def _refusal(
    address: str, seen: set[str], known: dict[str, Subscriber], forgotten: set[str]
) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return _("This is no email address.")
    if len(address) > 254 or not address.rpartition("@")[0].isascii():
        return _("Mail servers do not take this address.")
    if address.lower() in seen:
        return _("It stands further up in the list.")
    if one := known.get(address.lower()):
        said = _("It is here already: %(state)s.")
        return said % {"state": one.get_state_display()}
    if links.digest_of(address) in forgotten:
        return _("Its owner had it deleted here.")
    return ""


def _known(addresses: set[str]) -> dict[str, Subscriber]:
    found: dict[str, Subscriber] = {}
    for part in _parts(addresses):
        rows = Subscriber.objects.annotate(lower=Lower("email")).filter(lower__in=part)
        found |= {one.email.lower(): one for one in rows}
    return found


def _forgotten(addresses: set[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts({links.digest_of(one) for one in addresses}):
        rows = ForgottenAddress.objects.filter(digest__in=part)
        found |= set(rows.values_list("digest", flat=True))
    return found


def _parts(values: set[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
