"""What the widget says: the newsroom's own words, or the usual ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from ratings.models import RatingSettings

SILENT = {"–", "-"}  # in place of words: say nothing
USUAL = {
    "invitation": gettext_noop("Click to rate this post!"),
    "summary": gettext_noop("[Total: {total} Average: {average}]"),
    "saved": gettext_noop("Rating saved!"),
    "updated": gettext_noop("Rating updated!"),
    "withdrawn": gettext_noop("Your rating is taken back."),
    "remembered": gettext_noop(
        "You have already voted for this article with rating {score}"
    ),
    "closed": gettext_noop("Ratings on this story are closed."),
}
_PLACE = re.compile(r"\{(total|average|score)\}")


def words_of(settings: RatingSettings) -> dict[str, str]:
    """Return every text of the widget; "" for what the newsroom wants unsaid."""
    words = {}
    for name, usual in USUAL.items():
        own = getattr(settings, name).strip()
        words[name] = "" if own in SILENT else own or _(usual)
    return words


def fill(text: str, **values: object) -> str:
    """Return ``text`` with {total}, {average} and {score} filled from ``values``.

    A place that has no value here stays as it is typed, as any other bracket does.
    """
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)
