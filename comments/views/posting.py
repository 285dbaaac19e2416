"""Taking a reader's comment, or giving it back with what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from articles import after
from comments import pages, screening, text
from comments.akismet import Client
from comments.forms import CommentForm
from comments.models import Comment
from comments.posting import (
    CommentRefused,
    Duplicate,
    NotRepliable,
    StaffOnly,
    ThreadClosed,
    TooSoon,
    post_comment,
)
from comments.rules import Rules, rules_of
from comments.screening import Circumstances
from newsroom import errors, limits, networks, readers

if TYPE_CHECKING:
    from articles.models import Article
    from newsroom.readers import Reader

AN_HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)
PREVIEWS_A_MINUTE = 60  # of one network


def post(request: HttpRequest, article: Article) -> HttpResponse:
    """Take a comment on ``article``, or give the form back with what is wrong.

    With ``preview`` nothing is taken: the form comes back with what it would look
    like. With ``fragment`` the answer is the piece of page that a script needs.
    """
    if not article.is_live():
        return _gone(request, article)
    rules = rules_of(article)
    if "preview" in request.POST:
        return _preview(request, article, rules)
    form = CommentForm(request.POST, rules=rules)
    if not form.is_valid():
        return _form_again(request, article, form, rules, status=422)
    typed = form.cleaned_data
    network = networks.network_key(request)
    reader = readers.recognise(request)
    written = _comment(typed, reader, network)
    written.network_keys = networks.network_keys(request)
    around = screening.look_up(
        written,
        article,
        rules,
        known=Circumstances(
            trap=typed["subject"],
            from_network_this_hour=limits.count(f"comments:{network}", within=AN_HOUR),
        ),
        client=client_of(request),
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
    if "fragment" in request.POST:
        response = _posted(request, article, comment, rules)
    else:
        response = after.answer(
            article,
            act="comment",
            item=comment.pk,
            number=comment.pk,  # no other act has this item
            fragment=_place_of(comment),
        )
    return readers.remember(reader, response)


def _place_of(comment: Comment) -> str:
    """Return where on the story's page the writer lands: at the comment, if it is there.

    In a long thread it may stand on another page; the words above the form link to it.
    """
    is_there = comment.is_approved and comment.thread.approved <= pages.REPLIES_SHOWN
    return f"comment-{comment.pk}" if is_there else "respond"


@never_cache
def _posted(
    request: HttpRequest, article: Article, comment: Comment, rules: Rules
) -> HttpResponse:
    comment.takes_replies = comment.is_approved and comment.depth + 1 < rules.levels
    context = {"article": article, "comment": comment, "rules": rules}
    return render(request, "comments/posted.html", context, status=201)


@never_cache
def _preview(request: HttpRequest, article: Article, rules: Rules) -> HttpResponse:
    network = networks.network_key(request)
    if limits.count(f"previews:{network}", within=A_MINUTE) > PREVIEWS_A_MINUTE:
        return errors.too_many_requests(request, wait=A_MINUTE)
    form = CommentForm(request.POST, rules=rules)
    form.is_valid()
    typed = form.cleaned_data.get("comment", "")
    context: dict[str, object] = {"preview": mark_safe(text.render(typed))}  # noqa: S308  # cleaned there
    if "fragment" in request.POST:
        errors_of = form.errors.get("comment", "")
        context["errors"] = errors_of
        status = 422 if errors_of else 200
        return render(request, "comments/_preview.html", context, status=status)
    # Other fields may still be empty: what is wrong with them is said at posting.
    form.errors.pop("name", None)
    form.errors.pop("email", None)
    return _form_again(request, article, form, rules, status=200, more=context)


@never_cache
def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    """Give back what was written under a story that was withdrawn meanwhile."""
    if not article.was_seen():
        raise Http404
    context = {"article": article, "typed": request.POST.get("comment", "")}
    return render(request, "comments/gone.html", context, status=410)


def _comment(typed: dict[str, Any], reader: Reader, network: str) -> Comment:
    return Comment(
        name=typed["name"] or _("Anonymous"),
        email=typed["email"],
        website=typed["website"],
        source=typed["comment"],
        wants_mail=bool(typed["wants_mail"] and typed["email"]),
        reader_hash=reader.hash,
        network_key=network,
    )


def client_of(request: HttpRequest) -> Client:
    """Return what Akismet is told of who asks."""
    return Client(
        address=networks.client_address(request),
        browser=request.headers.get("User-Agent", ""),
        referrer=request.headers.get("Referer", ""),
    )


def _in_words(refusal: CommentRefused) -> tuple[str, int]:
    """Return what to say to the reader, and the HTTP status that goes with it."""
    if isinstance(refusal, TooSoon):
        if refusal.is_slow:
            slow = _(
                "The discussion is heated: one comment in %(n)d minutes for each "
                "reader. Your text is kept; press the button again then."
            )
            return slow % {"n": -(-refusal.seconds // 60)}, 429
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
        StaffOnly: (
            _("Only people who work here may comment on this story."),
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
    more: dict[str, object] | None = None,
) -> HttpResponse:
    reply_to = form.cleaned_data.get("reply_to") or 0
    repliable = Comment.objects.repliable(levels=rules.levels).filter(thread=article.pk)
    parent = repliable.filter(pk=reply_to).first()
    if parent is None:  # so that it can be sent again as it is
        form.data = {**request.POST.dict(), "reply_to": ""}
    context = {"article": article, "form": form, "parent": parent, "rules": rules}
    is_fragment = "fragment" in request.POST
    template = "comments/_form.html" if is_fragment else "comments/respond.html"
    return render(request, template, context | (more or {}), status=status)
