"""What hangs on stories, for an editor who is limited to sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from articles.models import Section
from articles.permissions import may_publish

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsroom.models import User


def of_own_sections[Rows: QuerySet](user: User, rows: Rows) -> Rows:
    """Return those ``rows`` that hang on an ``article`` which ``user`` may publish."""
    sections = Section.objects.values_list("pk", flat=True)
    own = [section for section in sections if may_publish(user, section)]
    return rows.filter(Q(article__section__in=own) | Q(article__section=None))
