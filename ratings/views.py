"""Taking a vote and giving it back; how a story's votes were counted; the best rated."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles import after, page_versions
from articles.models import Article
from newsroom import errors, limits, networks, readers
from newsroom.page_cache import Version, shared_page
from newsroom.same_origin import same_origin
from ratings import quarantine, ranking
from ratings.forms import RatingForm
from ratings.models import Burst, Tally
from ratings.voting import (
    NotLive,
    Outcome,
    Voter,
    VotingClosed,
    cast_vote,
    withdraw_vote,
)

if TYPE_CHECKING:
    from articles.querysets import ArticleQuerySet
    from newsroom.readers import Reader

A_MINUTE = timedelta(minutes=1)
ACTS = {
    (False, False): "vote",
    (False, True): "change-vote",
    (True, True): "withdraw-vote",
    (True, False): "withdraw-vote",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def vote(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take the vote in ``score``, or take it back if ``withdraw`` is sent.

    With ``fragment`` the answer is the widget alone.
    """
    if request.method != "POST":  # an address copied from the page of a refused vote
        article = get_object_or_404(_articles(), pk=article_id)
        if not article.is_live():
            return _gone(request, article_id)
        return HttpResponseRedirect(f"{article.get_absolute_url()}#rating")
    network = networks.network_key(request)
    counted = limits.count_each(
        {f"votes:{network}": A_MINUTE, **quarantine.counters(article_id, network)}
    )
    if counted[f"votes:{network}"] > settings.VOTES_PER_NETWORK_MINUTE:
        return errors.too_many_requests(request, wait=A_MINUTE)
    reader = readers.recognise(request)
    is_withdrawal = "withdraw" in request.POST
    form = RatingForm(request.POST)
    try:
        if is_withdrawal:
            outcome = withdraw_vote(article_id, voter=_voter(request, reader, network))
        elif form.is_valid():
            score = form.cleaned_data["score"]
            voter = _voter(request, reader, network)
            outcome = cast_vote(article_id, voter=voter, score=score)
        else:
            return _refused(request, article_id, form)
    except NotLive:
        return _gone(request, article_id)
    except VotingClosed:
        form.add_error(None, _("Readers can no longer rate this story."))
        return _refused(request, article_id, form)
    quarantine.look_at(outcome, network, counted)
    act = ACTS[is_withdrawal, outcome.is_change]
    response = _answer(request, outcome, act, 0 if is_withdrawal else score)
    return response if is_withdrawal else readers.remember(reader, response)


def _version_of_counting(*, article_id: int) -> Version | None:
    return page_versions.of_article(article_id)


@require_safe
@shared_page(version=_version_of_counting)
def counting(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show how a story's votes were counted, and which were not, and why."""
    article = get_object_or_404(_articles().live(), pk=article_id)
    tally = Tally.objects.filter(article=article).first() or Tally(article=article)
    context = {
        "article": article,
        "tally": tally,
        "bursts": Burst.objects.on(article),
        "excluded": tally.excluded + tally.removed,
    }
    return render(request, "ratings/counting.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("by", "over"))
def best(request: HttpRequest) -> HttpResponse:
    """List the best or the most rated stories, of a time or of all times."""
    try:
        by = ranking.By(request.GET.get("by", ranking.By.TOP))
        over = ranking.Over(request.GET.get("over", ranking.Over.WEEK))
    except ValueError as error:
        raise Http404 from error
    context = {
        "by": by,
        "over": over,
        "orders": ranking.By,
        "times": ranking.Over,
        "places": ranking.ranked(by, over),
    }
    return render(request, "ratings/best.html", context)


def _articles() -> ArticleQuerySet:
    return Article.objects.select_related("section", "live", "next")


def _voter(request: HttpRequest, reader: Reader, network: str) -> Voter:
    browser = request.headers.get("User-Agent", "").encode(errors="replace")
    return Voter(
        reader.hash,
        is_new=reader.is_new,
        since=reader.since,
        network_key=network,
        browser=hashlib.sha256(browser).hexdigest()[:16],
    )


def _answer(
    request: HttpRequest, outcome: Outcome, act: str, score: int
) -> HttpResponse:
    article = outcome.article
    if "fragment" not in request.POST:
        return after.answer(
            article,
            act=act,
            item=score,
            number=outcome.page_number,
            fragment="rating",
        )
    context = {
        "article": article,
        "tally": outcome.tally,
        "rating_settings": outcome.settings,
        "after": after.Act(act, score),
    }
    return render(request, "ratings/widget.html", context)


def _refused(request: HttpRequest, article_id: int, form: RatingForm) -> HttpResponse:
    article = get_object_or_404(_articles(), pk=article_id)
    if not article.is_live():
        return _gone(request, article_id)
    is_fragment = "fragment" in request.POST
    template = "ratings/vote.html#errors" if is_fragment else "ratings/vote.html"
    return render(request, template, {"article": article, "form": form}, status=422)


def _gone(request: HttpRequest, article_id: int) -> HttpResponse:
    """Say that the story went away while a reader had it open; none saw a draft."""
    article = get_object_or_404(_articles(), pk=article_id)
    if not article.was_seen():
        raise Http404
    return render(request, "articles/gone.html", {"article": article}, status=410)
