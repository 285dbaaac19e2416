"""Who of the staff may publish where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from newsroom.models import User


def may_publish(user: User | AnonymousUser, *sections: int | None) -> bool:
    """Tell whether ``user`` may publish in each of ``sections`` (numbers).

    Without any: whether they may publish somewhere. Who is named as the editor of
    sections publishes in those alone; who is named in none, everywhere.
    """
    if isinstance(user, AnonymousUser) or not user.has_perm("articles.publish_article"):
        return False
    asked = {section for section in sections if section}
    if not asked:
        return True
    own = sections_of(user)
    return not own or asked <= own


def publishes_everywhere(user: User | AnonymousUser) -> bool:
    """Tell whether ``user`` decides on what is every section's, such as the front page."""
    if isinstance(user, AnonymousUser):
        return False
    return may_publish(user) and not sections_of(user)


def sections_of(user: User) -> set[int]:
    """Return the sections that ``user`` is limited to; none: there is no limit."""
    if user.is_superuser:
        return set()
    if not hasattr(user, "_edited_sections"):  # asked several times in one request
        ids = user.edited_sections.values_list("pk", flat=True)
        user._edited_sections = set(ids)  # type: ignore[attr-defined]
    return user._edited_sections  # type: ignore[attr-defined]
