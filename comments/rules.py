"""What holds for comments on one story: its own settings, its section's, the site's."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from comments.models import Discussion
from newsroom.compiled import Compiled
from newsroom.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from articles.models import Article
    from comments.models import Thread

WORD_LISTS = {"hold_words", "refuse_words"}


@dataclass(frozen=True)
class Rules:
    """Every setting of ``Discussion`` with a value; the defaults are WordPress's.

    Those that WordPress does not have: guidelines, recommendations, ``words_inside``,
    the learner, Akismet, editing, reports and slow mode.
    """

    comments_open: bool = True
    close_after_days: int = 0
    staff_only: bool = False
    name_and_email_required: bool = True
    consent_box: bool = True
    guidelines: str = ""

    levels: int = 5
    roots_a_page: int = 50
    order: str = Discussion.Order.OLDEST
    avatars: bool = True
    avatar: str = Discussion.Avatar.INITIALS
    recommendations: bool = True

    hold_all: bool = False
    hold_unknown: bool = True
    links_held: int = 2
    hold_words: str = ""
    refuse_words: str = ""
    words_inside: bool = False
    flood_seconds: int = 15
    learner_holds: bool = True
    learner_percent: int = 95
    akismet: bool = False

    edit_minutes: int = 15
    reports_held: int = 3
    slow_after: int = 10
    slow_minutes: int = 5
    slow_lasts_minutes: int = 60

    mail_author: bool = True
    mail_held: bool = True

    def overridden_by(self, settings: Discussion) -> Rules:
        """Return these rules with what ``settings`` says; word lists are added up."""
        said: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(settings, field.name)
            if value in (None, ""):
                continue
            if field.name in WORD_LISTS:
                value = f"{getattr(self, field.name)}\n{value}"
            said[field.name] = value
        return replace(self, **said)


def rules_of(article: Article) -> Rules:
    """Return what holds for comments on ``article``, in one query."""
    return combined(_SETTINGS.all(article.section_id, article.pk))


def _settings_of(section_id: int, article_id: int) -> QuerySet[Discussion]:
    wider = Q(section=None, article=None) | Q(section=section_id)
    return Discussion.objects.filter(wider | Q(article=article_id))


_SETTINGS = Compiled(_settings_of, -1605, -1606)


def rules_shown(article: Article) -> Rules:
    """Return the same for a page: without a query, if ``article`` has its companions."""
    rules = _rules_of_section(article.section_id)
    own = getattr(article, "discussion", None)
    return rules.overridden_by(own) if own else rules


@remembered
def _rules_of_section(section_id: int) -> Rules:
    wider = Q(section=None) | Q(section=section_id)
    return combined(Discussion.objects.filter(wider, article=None))


def combined(settings: Iterable[Discussion]) -> Rules:
    """Return the defaults, overridden by ``settings`` from the widest scope inwards."""
    rules = Rules()
    for one in sorted(settings, key=_narrowness):
        rules = rules.overridden_by(one)
    return rules


def _narrowness(settings: Discussion) -> int:
    return 2 if settings.article_id else 1 if settings.section_id else 0


def is_open(thread: Thread, rules: Rules, at: datetime | None = None) -> bool:
    """Tell whether comments may be written at ``at`` (aware; now if omitted).

    The desk, the moderators and the settings all have to say so.
    """
    article = thread.article
    if thread.closed or not (article.comments_open and rules.comments_open):
        return False
    if not (rules.close_after_days and article.published_at):
        return True
    age = (at or timezone.now()) - article.published_at
    return age < timedelta(days=rules.close_after_days)


def is_slow(thread: Thread, at: datetime | None = None) -> bool:
    """Tell whether slow mode holds at ``at`` (aware; now if omitted)."""
    until = thread.slow_until
    return until is not None and (at or timezone.now()) < until
