"""Banning: who may not comment here, for how long, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name, validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import Ban
from newsroom.models import Event

if TYPE_CHECKING:
    from newsroom.models import User

Kind = Ban.Kind
# Millions share each of these: a ban on one is hardly ever what was meant.
FREE_MAIL = frozenset(
    [
        "aol.com",
        "fastmail.com",
        "gmail.com",
        "gmx.at",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "t-online.de",
        "web.de",
        "yahoo.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    ]
)


class FreeMailDomain(Exception):
    """The domain gives addresses to everyone; a ban on it asks for confirmation."""


@transaction.atomic
def ban(
    kind: str,
    value: str,
    *,
    reason: str,
    lasting: timedelta | None,
    moderator: User,
    confirmed: bool = False,
) -> Ban:
    """Let whom ``kind`` and ``value`` name write no more; return the ban.

    ``lasting``: None is for good; a ban that stands on them is replaced. Raise
    ``FreeMailDomain`` for the domain of a free-mail provider unless ``confirmed``,
    and ``ValidationError`` for what cannot be banned, or not for so long.
    """
    value = normalised(kind, value)
    if kind == Kind.DOMAIN and value in FREE_MAIL and not confirmed:
        raise FreeMailDomain(value)
    one = Ban.objects.select_for_update().filter(kind=kind, value=value).first()
    one = one or Ban(kind=kind, value=value)
    before = facts_of(one) if one.pk else None
    one.reason, one.since, one.by = reason, timezone.now(), moderator
    one.until = one.since + lasting if lasting else None
    one.full_clean()
    one.save()
    Event.objects.record(
        moderator, "ban", one, reason=reason, before=before, after=facts_of(one)
    )
    return one


@transaction.atomic
def lift(one: Ban, *, moderator: User) -> None:
    """Let those write again that the ban kept away."""
    Event.objects.record(moderator, "lift ban", one, before=facts_of(one))
    one.delete()


def normalised(kind: str, value: str) -> str:
    """Return ``value`` as comments are compared with it; raise ``ValidationError``."""
    value = value.strip()
    if kind == Kind.EMAIL:
        value = value.lower()
        validate_email(value)
    elif kind == Kind.DOMAIN:
        value = value.lower().removeprefix("@")
        validate_domain_name(value)
    elif not value:
        raise ValidationError(_("Nothing is known by which they could be banned."))
    return value


def facts_of(one: Ban) -> dict[str, str | None]:
    """Return what the record keeps of a ban."""
    until = one.until.isoformat() if one.until else None
    return {"kind": str(one.kind), "value": one.value, "until": until}
