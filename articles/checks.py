"""What to look at before a story is published: a list to tick off."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import addresses, body, publishing
from articles.models import Article, Recording

if TYPE_CHECKING:
    from datetime import datetime

HEADLINE = range(20, 101)  # characters: up to three lines on a phone, one in a search
STANDFIRST = range(50, 251)  # characters: one or two sentences
_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and what was found."""

    what: str
    wrong: str = ""  # in a sentence; empty if all is well
    is_needed: bool = False  # publishing waits until it is well


def checks_of(article: Article) -> list[Check]:
    """Return what was found in the working copy, in a fixed number of queries."""
    lead = _("There is none: cards and shared links stay bare.")
    return [
        Check(
            _("Body, credits and alternative texts"),
            " ".join(publishing.reasons_against(article)),
            is_needed=True,
        ),
        _length(_("Headline"), article.headline, HEADLINE),
        _length(_("Standfirst"), article.standfirst, STANDFIRST),
        Check(_("Byline"), "" if article.bylines.all() else _("Nobody is named.")),
        Check(_("Lead image"), "" if article.lead_image_id else lead),
        *_sound(article),
        Check(_("Links to our own stories"), " ".join(_dead_links(article))),
        _embargo(article),
    ]


def _length(what: str, text: str, good: range) -> Check:
    number = len(text)
    if not number:
        return Check(what, _("There is none."))
    if number in good:
        return Check(what)
    said = ngettext(
        "It has %(number)d character.", "It has %(number)d characters.", number
    )
    advice = _("%(least)d to %(most)d read well.")
    numbers = {"number": number, "least": good.start, "most": good.stop - 1}
    return Check(what, f"{said} {advice}" % numbers)


def _dead_links(article: Article) -> list[str]:
    """Say which of our stories readers cannot open when this one appears."""
    at = _appears(article)
    named = {*body.references_of(article.body).articles}
    named |= {link.target_id for link in article.related_links.all() if link.target_id}
    there = Article.objects.in_bulk(named)
    dead = [
        _("Story %(number)d is gone.") % {"number": number}
        for number in sorted(named - there.keys())
    ]
    links = {html.unescape(href) for href in _HREF.findall(article.body)}
    linked = addresses.stories_at(links)
    dead += [
        _("There is no page at %(path)s.") % {"path": path}
        for path in sorted({addresses.path_of(href) for href in links - linked.keys()})
        if path and (addresses.is_a_story(path) or not addresses.is_a_page(path))
    ]
    stories = {one.pk: one for one in [*there.values(), *linked.values()]}
    return dead + [
        _("Readers cannot open “%(story)s”: %(state)s.")
        % {"story": one, "state": one.state(at)}
        for one in stories.values()
        if not one.is_live(at)
    ]


def _sound(article: Article) -> list[Check]:
    """Ask for the words of what can only be heard, if there is any."""
    named = body.references_of(article.body).recordings
    if not named:
        return []
    heard = Recording.objects.filter(pk__in=named, kind=Recording.Kind.AUDIO)
    silent = [
        _("“%(name)s” has no transcript.") % {"name": one}
        for one in heard.filter(transcript="")
    ]
    return [Check(_("Transcripts"), " ".join(silent))]


def _embargo(article: Article) -> Check:
    what = _("Embargo")
    if not article.embargoed or article.was_seen():
        return Check(what)
    until = date_format(timezone.localtime(article.published_at), "DATETIME_FORMAT")
    return Check(what, _("It holds until %(time)s.") % {"time": until})


def _appears(article: Article) -> datetime:
    now = timezone.now()
    return max(article.published_at or now, article.next_at or now, now)
