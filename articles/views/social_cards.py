"""Drawn cards, for who shows our pages elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from articles import social_cards
from articles.models import Article

if TYPE_CHECKING:
    from articles.social_cards import Card

A_DAY = 86_400  # seconds


@require_safe
def of_story(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Answer with a live story's card; an old address leads to the one of today."""
    now = timezone.now()
    stories = Article.objects.select_related("section", "live", "next").live(now)
    article = get_object_or_404(stories, pk=pk)
    shown = article.shown(now)
    if shown is None:
        raise Http404
    publication = request.publication  # type: ignore[attr-defined]
    return _card(social_cards.card_of(article, shown, publication), token)


@require_safe
def of_paper(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the card of all pages that are no story's."""
    publication = request.publication  # type: ignore[attr-defined]
    return _card(social_cards.card_of_paper(publication), token)


def _card(card: Card, token: str) -> HttpResponse:
    response: HttpResponse
    if constant_time_compare(token, card.token):
        response = HttpResponse(social_cards.png(card), content_type="image/png")
        patch_cache_control(response, public=True, max_age=A_DAY)
    else:
        response = HttpResponseRedirect(card.get_absolute_url())
        patch_cache_control(response, no_store=True)
    return response
