"""What a rehearsal found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext_lazy as _

from comments.rehearsal import HELD, LET_IN, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

    from comments.rehearsal import Example, Rehearsal

register = template.Library()

CHECKS = {
    "all": _("held: every comment"),
    "refuse": _("refused: words"),
    "ban": _("refused: bans"),
    "trap": _("spam: hidden field"),
    "network": _("held: busy network"),
    "words": _("held: words"),
    "links": _("held: links"),
    "first": _("held: first comment"),
    "learner": _("held: spam learner"),
    "akismet": _("Akismet"),
}
DIFFERENCES = {
    (LET_IN, HELD): _("Let in now, held with the change"),
    (LET_IN, REFUSED): _("Let in now, refused with the change"),
    (HELD, LET_IN): _("Held now, let in with the change"),
    (HELD, REFUSED): _("Held now, refused with the change"),
    (REFUSED, LET_IN): _("Refused now, let in with the change"),
    (REFUSED, HELD): _("Refused now, held with the change"),
}


@register.filter
def rows(rehearsal: Rehearsal) -> Iterator[tuple[StrOrPromise, int, int]]:
    """Return the lines of the table: what is counted, now and with the change."""
    now, then = rehearsal.before, rehearsal.after
    yield _("let in"), now.outcomes[LET_IN], then.outcomes[LET_IN]
    yield _("held for a moderator"), now.outcomes[HELD], then.outcomes[HELD]
    yield _("refused or spam"), now.outcomes[REFUSED], then.outcomes[REFUSED]
    yield _("decided as the moderators did"), now.good, then.good
    yield _("let in, and moderators did not"), now.bad_let_in, then.bad_let_in
    yield _("held, and moderators let them in"), now.good_held, then.good_held
    yield _("refused, and moderators let them in"), now.good_refused, then.good_refused
    for check, label in CHECKS.items():
        if now.checks[check] or then.checks[check]:
            yield label, now.checks[check], then.checks[check]


@register.filter
def differences(
    rehearsal: Rehearsal,
) -> Iterator[tuple[StrOrPromise, int, list[Example]]]:
    """Return each way to fare otherwise, how many did, and examples."""
    for one, number in rehearsal.differences.most_common():
        yield DIFFERENCES[one.before, one.after], number, rehearsal.examples[one]
