"""Recommending a comment, with or without a script."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles.models import Article
from comments import markup, pages, recommending
from comments.models import Comment, Recommendation
from comments.rules import rules_of
from newsroom import errors, limits, networks, readers
from newsroom.same_origin import same_origin

A_MINUTE = timedelta(minutes=1)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """Recommend a comment, or take that back: as ``want`` says, else the other way."""
    live = Article.objects.live()
    comments = Comment.objects.select_related("thread__article", "root")
    approved = comments.filter(state=Comment.State.APPROVED, thread__article__in=live)
    comment = get_object_or_404(approved, pk=pk)
    article = comment.thread.article
    back = HttpResponseRedirect(pages.address_of(comment, article), status=303)
    if request.method != "POST":
        return back
    if not rules_of(article).recommendations:
        raise Http404
    network = networks.network_key(request)
    counted = limits.count(f"recommendations:{network}", within=A_MINUTE)
    if counted > settings.VOTES_PER_NETWORK_MINUTE:
        return errors.too_many_requests(request, wait=A_MINUTE)
    reader = readers.recognise(request)
    given = Recommendation.objects.filter(comment=comment, reader_hash=reader.hash)
    wants = request.POST.get("want", "" if given.exists() else "1") == "1"
    said, status = "", 200
    try:
        act = recommending.recommend if wants else recommending.take_back
        comment = act(comment, reader_hash=reader.hash)
    except recommending.OwnComment:
        said, status, wants = _("It is your own comment."), 403, False
    except recommending.NotRecommendable:
        raise Http404 from None
    if "fragment" in request.POST:
        button = markup.recommendation(comment, is_given=wants, said=said)
        response = HttpResponse(button, status=status)
    elif status != 200:
        context = {"comment": comment, "said": said}
        response = render(request, "comments/recommend.html", context, status=status)
    else:
        response = back
    return readers.remember(reader, response)
