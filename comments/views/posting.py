"""Taking a reader's comment, or giving it back with what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from articles import after
from comments import screening
from comments.akismet import Client
from comments.forms import CommentForm
from comments.models import Comment
from comments.posting import (
    CommentRefused,
    Duplicate,
    NotRepliable,
    ThreadClosed,
    TooSoon,
    post_comment,
)
from comments.rules import Rules, rules_of
from comments.screening import Circumstances
from newsroom import limits, networks, readers

if TYPE_CHECKING:
    from articles.models import Article
    from newsroom.readers import Reader

AN_HOUR = timedelta(hours=1)


def post(request: HttpRequest, article: Article) -> HttpResponse:
    """Take a comment on ``article``, or give the form back with what is wrong."""
    if not article.is_live():
        return _gone(request, article)
    rules = rules_of(article)
    form = CommentForm(request.POST, rules=rules)
    if not form.is_valid():
        return _form_again(request, article, form, rules, status=422)
    typed = form.cleaned_data
    network = networks.network_key(request)
    reader = readers.recognise(request)
    written = _comment(typed, reader, network)
    around = screening.look_up(
        written,
        article,
        rules,
        known=Circumstances(
            trap=typed["subject"],
            from_network_this_hour=limits.count(f"comments:{network}", within=AN_HOUR),
        ),
        client=_client(request),
    )
    try:
        comment = post_comment(
            article,
            written,
            reply_to=typed["reply_to"],
            rules=rules,
            around=around,
        )
    except CommentRefused as refusal:
        message, status = _in_words(refusal)
        form.add_error(None, message)
        response = _form_again(request, article, form, rules, status=status)
        if isinstance(refusal, TooSoon):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    fragment = f"comment-{comment.pk}" if comment.is_approved else "respond"
    response = after.answer(article, act="comment", item=comment.pk, fragment=fragment)
    return readers.remember(reader, response)


@never_cache
def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    """Give back what was written under a story that was withdrawn meanwhile."""
    if not article.was_seen():
        raise Http404
    context = {"article": article, "typed": request.POST.get("comment", "")}
    return render(request, "comments/gone.html", context, status=410)


def _comment(typed: dict[str, str], reader: Reader, network: str) -> Comment:
    return Comment(
        name=typed["name"],
        email=typed["email"],
        website=typed["website"],
        source=typed["comment"],
        reader_hash=reader.hash,
        network_key=network,
    )


def _client(request: HttpRequest) -> Client:
    return Client(
        address=networks.client_address(request),
        browser=request.headers.get("User-Agent", ""),
        referrer=request.headers.get("Referer", ""),
    )


def _in_words(refusal: CommentRefused) -> tuple[str, int]:
    """Return what to say to the reader, and the HTTP status that goes with it."""
    if isinstance(refusal, TooSoon):
        wait = ngettext(
            "You posted a moment ago. Wait %(n)d second and press the button again.",
            "You posted a moment ago. Wait %(n)d seconds and press the button again.",
            refusal.seconds,
        )
        return wait % {"n": refusal.seconds}, 429
    words: dict[type[CommentRefused], tuple[str, int]] = {
        ThreadClosed: (
            _("Comments on this story are closed. Your text is below."),
            403,
        ),
        NotRepliable: (
            _(
                "The comment you answer is no longer there, or takes no replies. Your "
                "text is kept: post it as a comment of its own."
            ),
            422,
        ),
        Duplicate: (
            _(
                "You have said that already: these words stand here, wait for a "
                "moderator, or were not published."
            ),
            409,
        ),
    }
    return words[type(refusal)]


@never_cache
def _form_again(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    rules: Rules,
    *,
    status: int,
) -> HttpResponse:
    reply_to = form.cleaned_data.get("reply_to") or 0
    repliable = Comment.objects.repliable(levels=rules.levels).filter(thread=article.pk)
    parent = repliable.filter(pk=reply_to).first()
    if parent is None:  # so that it can be sent again as it is
        form.data = {**request.POST.dict(), "reply_to": ""}
    context = {"article": article, "form": form, "parent": parent}
    return render(request, "comments/respond.html", context, status=status)
