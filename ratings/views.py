"""Taking a vote."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import after
from articles.models import Article
from newsroom import errors, limits, networks, readers
from newsroom.same_origin import same_origin
from ratings.forms import RatingForm
from ratings.voting import Voter, VotingClosed, cast_vote

A_MINUTE = timedelta(minutes=1)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def vote(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take the vote in ``score``; with ``fragment`` answer with the widget alone."""
    articles = Article.objects.select_related("live", "next")
    article = get_object_or_404(articles, pk=article_id)
    if not article.is_live():
        return _gone(request, article)
    if request.method != "POST":  # an address copied from the page of a refused vote
        return HttpResponseRedirect(f"{article.get_absolute_url()}#rating")
    network = networks.network_key(request)
    if (
        limits.count(f"votes:{network}", within=A_MINUTE)
        > settings.VOTES_PER_NETWORK_MINUTE
    ):
        return errors.too_many_requests(request, wait=A_MINUTE)
    form = RatingForm(request.POST)
    reader = readers.recognise(request)
    if form.is_valid():
        browser = request.headers.get("User-Agent", "").encode(errors="replace")
        voter = Voter(
            reader.hash,
            is_new=reader.is_new,
            network_key=network,
            browser=hashlib.sha256(browser).hexdigest()[:16],
        )
        try:
            outcome = cast_vote(article, voter=voter, score=form.cleaned_data["score"])
        except VotingClosed:
            form.add_error(None, _("Readers can no longer rate this story."))
    is_fragment = "fragment" in request.POST
    context: dict[str, object] = {"article": article, "form": form}
    if form.errors:
        template = "ratings/vote.html#errors" if is_fragment else "ratings/vote.html"
        return render(request, template, context, status=422)
    act = "change-vote" if outcome.is_change else "vote"
    score = form.cleaned_data["score"]
    if is_fragment:
        context |= {"tally": outcome.tally, "after": after.Act(act, score)}
        response = render(request, "ratings/_rating_form.html", context)
    else:
        response = after.answer(article, act=act, item=score, fragment="rating")
    return readers.remember(reader, response)


def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    """Say that the story went away while a reader had it open; none saw a draft."""
    if not article.was_seen():
        raise Http404
    return render(request, "articles/gone.html", {"article": article}, status=410)
