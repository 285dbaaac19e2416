"""What the desk's first page says: what waits, for whom, what is next, what is out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.models import Article, Edition, Image, Redaction
from articles.own_sections import of_own_sections
from articles.querysets import SOON
from comments.models import Appeal, Comment, IllegalNotice
from newsroom.models import User
from ratings.models import Burst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.querysets import ArticleQuerySet

MOST = 6  # stories in each list
Stage = Article.Stage


@dataclass(frozen=True)
class Waiting:
    """Something that waits for someone of the staff: how much, and where it is."""

    what: str
    number: int
    url: str


@dataclass(frozen=True)
class Line:
    """A story in one of the lists, with the time that the list is about."""

    headline: str
    url: str
    at: datetime | None
    words: str = ""


@dataclass(frozen=True)
class Stories:
    """A list of stories with what it is called, how many there are, and where all are."""

    what: str
    url: str
    lines: Sequence[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """How many stories wait for one of the staff, and where they are."""

    name: str
    number: int
    overdue: int
    url: str
    overdue_url: str


def waiting_for(user: User) -> list[Waiting]:
    """Return what waits for ``user``, as far as they may do something about it."""
    waiting = []
    if user.has_perm("comments.moderate_thread"):
        waiting += _in_the_talk()
    if user.has_perm("ratings.decide_burst"):
        votes = Burst.objects.waiting().aggregate(votes=Sum("size"))["votes"] or 0
        url = f"{reverse('admin:ratings_burst_changelist')}?state__exact=waiting"
        waiting.append(Waiting(_("Votes in quarantine"), votes, url))
    if user.has_perm("articles.change_article"):
        waiting += _at_the_desk()
    if user.has_perm("articles.send_edition"):
        paused = Edition.objects.filter(state=Edition.State.PAUSED).count()
        url = f"{reverse('admin:articles_edition_changelist')}?state__exact=paused"
        waiting.append(Waiting(_("Newsletters that do not go on"), paused, url))
    if user.has_perm("articles.publish_article"):
        proposed = Redaction.objects.filter(state=Redaction.State.PROPOSED)
        others = of_own_sections(user, proposed).exclude(proposed_by=user).count()
        url = f"{reverse('admin:articles_redaction_changelist')}?state__exact=proposed"
        waiting.append(Waiting(_("Redactions to confirm"), others, url))
    return waiting


def _in_the_talk() -> list[Waiting]:
    notices = IllegalNotice.objects.filter(state=IllegalNotice.State.OPEN).count()
    pending = Comment.objects.pending().count()
    appeals = Appeal.objects.filter(decided_at=None).count()
    to_notices = reverse("admin:comments_illegalnotice_changelist")
    to_appeals = reverse("admin:comments_appeal_changelist")
    return [
        Waiting(
            _("Notices of illegal content"), notices, f"{to_notices}?state__exact=open"
        ),
        Waiting(
            _("Comments pending"), pending, reverse("admin:comments_comment_queue")
        ),
        Waiting(_("Appeals"), appeals, f"{to_appeals}?decided_at__isempty=1"),
    ]


def _at_the_desk() -> list[Waiting]:
    now = timezone.now()
    stories = reverse("admin:articles_article_changelist")
    images = reverse("admin:articles_image_changelist")
    here = Article.objects.filter(withdrawn_at=None)
    drafts = here.filter(published_at=None, stage=Stage.DRAFT).count()
    review = here.filter(stage=Stage.IN_REVIEW).count()
    ready = here.filter(published_at=None, stage=Stage.READY).count()
    scheduled = here.filter(published_at__gt=now).count()
    lacking = Image.objects.filter(credit="").count()
    ending = Image.objects.licence_ending(within=SOON).count()
    return [
        Waiting(_("In review"), review, f"{stories}?state=open&stage__exact=review"),
        Waiting(
            _("Ready to publish"),
            ready,
            f"{stories}?state=draft&stage__exact=ready",
        ),
        Waiting(_("Drafts"), drafts, f"{stories}?state=draft&stage__exact=draft"),
        Waiting(_("Stories scheduled"), scheduled, f"{stories}?state=scheduled"),
        Waiting(_("Images without credit"), lacking, f"{images}?lacks=credit"),
        Waiting(_("Licences that end soon"), ending, f"{images}?licence_ends=soon"),
    ]


def lists_for(user: User) -> list[Stories]:
    """Return the lists of stories that ``user`` has use for; empty ones are left out."""
    if not user.has_perm("articles.view_article"):
        return []
    now = timezone.now()
    midnight = datetime.combine(timezone.localdate(), time.min).astimezone(
        timezone.get_current_timezone()
    )
    stories = Article.objects.filter(withdrawn_at=None)
    url = reverse("admin:articles_article_changelist")
    mine = stories.filter(assignee=user).filter(_unfinished())
    coming = [
        *_some(stories.filter(published_at__gt=now), "published_at"),
        *_some(stories.filter(next_at__gt=now), "next_at"),
    ]
    today = Article.objects.live(now).filter(published_at__gte=midnight)
    since = urlencode({"state": "live", "published_at__gte": midnight.isoformat()})
    found = [
        Stories(
            _("Waiting for you"),
            f"{url}?assignee=me",
            [
                _line(one, one.due_at, one.get_stage_display())
                for one in _some(mine, "due_at")
            ],
        ),
        Stories(
            _("Scheduled next"),
            reverse("admin:articles_article_calendar"),
            sorted(
                (_line(one, _next(one, now)) for one in coming),
                key=lambda line: line.at or now,
            )[:MOST],
        ),
        Stories(
            _("Published today"),
            f"{url}?{since}",
            [_line(one, one.published_at) for one in _some(today, "-published_at")],
        ),
    ]
    return [one for one in found if one.lines]


def turns() -> list[Turn]:
    """Return for whom of the staff how many unfinished stories wait, most first."""
    now = timezone.now()
    counted = (
        Article.objects.filter(_unfinished(), withdrawn_at=None, assignee__isnull=False)
        .values("assignee")
        .annotate(number=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
        .order_by("-number", "assignee")[:20]
    )
    rows = {row["assignee"]: row for row in counted}
    url = reverse("admin:articles_article_changelist")
    people = User.objects.in_bulk(rows)
    return [
        Turn(
            people[pk].name,
            row["number"],
            row["overdue"],
            f"{url}?assignee={pk}&state=open",
            f"{url}?assignee={pk}&state=open&due=over",
        )
        for pk, row in rows.items()
    ]


def _unfinished() -> Q:
    """Return what the desk is not done with: unpublished, or reworked since."""
    return Q(published_at=None) | ~Q(stage=Stage.READY)


def _some(stories: ArticleQuerySet, order: str) -> ArticleQuerySet:
    newest_first = "-pk" if order.startswith("-") else "pk"
    return stories.defer("body").order_by(order, newest_first)[:MOST]


def _line(article: Article, at: datetime | None, words: str = "") -> Line:
    url = reverse("admin:articles_article_change", args=[article.pk])
    return Line(article.headline or _("(no headline)"), url, at, words)


def _next(article: Article, now: datetime) -> datetime | None:
    if article.published_at and article.published_at > now:
        return article.published_at
    return article.next_at
