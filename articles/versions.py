"""Which revisions readers had, from when on: written down by publishing, for all to see.

A story's versions are numbered as readers got them. One that is scheduled stands here
before its time, and goes if it is never shown. Withholding reaches back: whoever may
not read the words that were taken out of a version may not read any older one either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from articles.models import Article, Correction, PublishedVersion, Revision

if TYPE_CHECKING:
    from datetime import datetime


def write_down(
    article: Article,
    revision: Revision,
    *,
    at: datetime,
    note: Correction | None = None,
    withhold_because: str = "",
) -> None:
    """Record that readers have ``revision`` from ``at`` (aware) on, told by ``note``.

    What they have already is no new version. With ``withhold_because`` (a reason for
    readers) the versions before are withheld from ``at`` on.
    """
    newest = article.versions.order_by("-number").first()
    if newest is None or newest.revision_id != revision.pk:
        newest = PublishedVersion.objects.create(
            article=article,
            number=newest.number + 1 if newest else 1,
            revision=revision,
            previous=newest,
            shown_from=at,
            note=note,
        )
    if withhold_because:
        older = article.versions.filter(number__lt=newest.number, withheld_at=None)
        older.update(withheld_at=at, withheld_because=withhold_because)


def forget_unseen(article: Article, *, at: datetime) -> None:
    """Take out what readers did not get until ``at`` (aware), with its note.

    That is what was still to come, and what would have come to a story that had
    expired or was withdrawn by then.
    """
    late = Q(shown_from__gt=article.withdrawn_at or at)
    if article.expires_at and article.expires_at <= at:
        late |= Q(shown_from__gte=article.expires_at)
    unseen = list(article.versions.filter(late).order_by("-number"))
    for version in unseen:
        version.delete()
    Correction.objects.filter(
        pk__in=[version.note_id for version in unseen if version.note_id]
    ).delete()
    article.versions.filter(withheld_at__gt=at).update(
        withheld_at=None, withheld_because=""
    )
