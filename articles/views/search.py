"""The search page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.views.decorators.http import require_safe

from articles import search as stories
from articles.cards import cards_of, in_order
from articles.forms import SearchForm
from articles.models import Article
from newsroom.page_cache import CACHE_CONTROL

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

NEWEST = 3  # stories offered where nothing is found


@dataclass(frozen=True)
class Result:
    """A story that was found, and where the words stand in it."""

    article: Article
    headline: SafeString
    summary: SafeString


@dataclass(frozen=True)
class Link:
    """Another search, by what readers call it."""

    text: str
    url: str
    is_current: bool = False


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer with the stories that hold all the words; not stored: questions differ."""
    form = SearchForm(request.GET or None)
    context, status = _about(form), 200
    if form.is_valid():
        context |= _found(form, request.GET.get("page", "1"), at=timezone.now())
        status = 404 if "first_page" in context else 200
    elif form.is_bound:
        status = 422
    response = render(request, "articles/search.html", context, status=status)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _about(form: SearchForm) -> dict[str, object]:
    filters = [form[name] for name in ("section", "author", "since", "until")]
    is_narrowed = any(field.value() for field in filters)
    return {"form": form, "filters": filters, "is_narrowed": is_narrowed}


def _found(form: SearchForm, page: str, *, at: datetime) -> dict[str, object]:
    question, order = form.question, form.cleaned_data["order"]
    most = number_format(stories.MOST_HITS, force_grouping=True)
    context: dict[str, object] = {"question": question, "most": most}
    if not (number := _page_number(page)):
        return context | {"first_page": _address(question, order)}
    hits = stories.find(question, at=at, page=number, order=order)
    if hits.rows and number <= hits.pages:
        return context | _page_of(hits, question, order, number, at=at)
    if number > 1:
        return context | {"first_page": _address(question, order)}
    newest = Article.objects.live(at).newest_first().values_list("pk", flat=True)
    shown = in_order(newest[:NEWEST], at)
    return context | {"newest": shown} | _instead(question, order, at=at)


def _page_of(
    hits: stories.Hits,
    question: stories.Question,
    order: str,
    number: int,
    *,
    at: datetime,
) -> dict[str, object]:
    results = _results(hits, question, at=at)
    current = order or stories.Order.NEWEST
    return {
        "hits": hits,
        "results": results,
        "articles": [result.article for result in results],
        "number": number,
        "first": (number - 1) * stories.HITS_A_PAGE + 1,
        "orders": [
            Link(str(one.label), _address(question, one.value), one == current)
            for one in stories.Order
        ],
        "previous": number > 1 and _address(question, order, number - 1),
        "next": number < hits.pages and _address(question, order, number + 1),
    }


def _instead(
    question: stories.Question, order: str, *, at: datetime
) -> dict[str, object]:
    found = stories.suggest(question, at=at)
    of_each = {"spelt": found.spelt, "shorter": found.shorter}
    return {
        "wider": found.wider and Link("", _address(found.wider, order)),
        **{
            name: [Link(one.typed, _address(one, order)) for one in questions]
            for name, questions in of_each.items()
        },
    }


def _address(question: stories.Question, order: str, page: int = 1) -> str:
    """Return the path that asks ``question``, with nothing in it that is empty."""
    asked = {
        "q": question.typed,
        "section": question.section and question.section.slug,
        "author": question.author and question.author.slug,
        "since": question.since,
        "until": question.until,
        "order": order if order != stories.Order.NEWEST else "",
        "page": page if page > 1 else "",
    }
    query = {name: value for name, value in asked.items() if value}
    return reverse("articles:search", query=query)


def _page_number(typed: str) -> int | None:
    # Longer numbers name no page, and a very long one is costly to read.
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4):
        return None
    number = int(typed)
    return number if 0 < number <= stories.MOST_PAGES else None


def _results(
    hits: stories.Hits, question: stories.Question, *, at: datetime
) -> list[Result]:
    articles = cards_of((hit.article for hit in hits.rows), at)
    highlights = stories.Highlights(question.terms)
    return [
        Result(
            articles[hit.article],
            highlights.mark(hit.headline),
            highlights.in_short(hit.standfirst, hit.text),
        )
        for hit in hits.rows
        if hit.article in articles
    ]
