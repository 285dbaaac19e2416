"""Who of the staff may publish where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsroom.models import User


def may_publish(user: User, *sections: int | None) -> bool:
    """Tell whether ``user`` may publish in each of ``sections`` (numbers).

    Without any: whether they may publish somewhere. Who is named as the editor of
    sections publishes in those alone; who is named in none, everywhere.
    """
    if not user.has_perm("articles.publish_article"):
        return False
    own = sections_of(user)
    return not own or all(section in own for section in sections if section)


def sections_of(user: User) -> set[int]:
    """Return the sections that ``user`` is limited to; none: there is no limit."""
    if user.is_superuser:
        return set()
    if not hasattr(user, "_edited_sections"):  # asked several times in one request
        ids = user.edited_sections.values_list("pk", flat=True)
        user._edited_sections = set(ids)  # type: ignore[attr-defined]
    return user._edited_sections  # type: ignore[attr-defined]
