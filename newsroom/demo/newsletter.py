"""The demo's newsletter: one edition that was sent, one that is being composed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from articles.models import Copy, Edition, EditionStory, Newsletter, Subscriber
from newsroom.demo import content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from articles.models import Article
    from newsroom.demo.content import Row
    from newsroom.models import User

State = Subscriber.State
LISTED_SINCE = timedelta(days=60)


def add(articles: Mapping[str, Article], *, editor: User | None, at: datetime) -> None:
    """Add it all, as of ``at`` (aware), unless the site has a newsletter of its own."""
    if Newsletter.objects.filter(is_open=True).exists() or Edition.objects.exists():
        return
    rows = content.newsletter()
    defaults = rows["newsletter"] | {"is_open": True}
    Newsletter.objects.update_or_create(pk=1, defaults=defaults)
    subscribers = [
        _subscriber(f"{name}@example.org", state, at)
        for state, names in rows["subscribers"].items()
        for name in names
    ]
    for row in rows["editions"]:
        edition = _edition(row, articles, editor, at)
        if edition.number:
            _send(edition, subscribers)


def _subscriber(email: str, state: str, at: datetime) -> Subscriber:
    asked_at = at - LISTED_SINCE
    is_gone = state in {State.UNSUBSCRIBED, State.BOUNCED}
    return Subscriber.objects.create(
        email=email,
        state=state,
        asked_at=at if state == State.PENDING else asked_at,
        confirmed_at=None if state == State.PENDING else asked_at,
        left_at=at - timedelta(days=2) if is_gone else None,
    )


def _edition(
    row: Row, articles: Mapping[str, Article], editor: User | None, at: datetime
) -> Edition:
    words = {name: row[name].strip() for name in ("subject", "preheader")}
    edition = Edition(introduction=row["introduction"].strip(), **words)
    if "days_ago" in row:
        edition.number, edition.state = 1, Edition.State.SENT
        edition.started_at = at - timedelta(days=row["days_ago"])
        edition.finished_at = edition.started_at + timedelta(minutes=1)
        edition.sent_by = editor
    edition.save()
    for position, line in enumerate(row["stories"], start=1):
        EditionStory.objects.create(
            edition=edition,
            article=articles[line["story"]],
            heading=line.get("heading", ""),
            summary=line.get("summary", ""),
            position=position,
        )
    return edition


def _send(edition: Edition, subscribers: list[Subscriber]) -> None:
    """Write down that all had it who were on the list then, and from whom it came back."""
    had = [one for one in subscribers if one.state != State.PENDING]
    copies = [
        Copy(
            edition=edition,
            subscriber=one,
            state=Copy.State.BOUNCED if one.is_bounced else Copy.State.SENT,
            sent_at=edition.started_at,
        )
        for one in had
    ]
    Copy.objects.bulk_create(copies)
    edition.recipients = edition.delivered = len(had)
    edition.bounced = sum(one.is_bounced for one in had)
    edition.save()
