"""Reporting a comment, giving notice of illegal content, and appealing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from comments import appeals, notices, objections
from comments.forms import AppealForm, EditForm, NoticeForm, ReportForm
from comments.models import Comment, IllegalNotice
from comments.rules import rules_of
from comments.views.own import own_comment, status_page
from newsroom import limits, networks, readers
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comments.querysets import CommentQuerySet

AN_HOUR = timedelta(hours=1)
REPORTS_AN_HOUR, NOTICES_AN_HOUR = 30, 10  # of one network


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is wrong with a comment that readers see."""
    comment = _visible(pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {"comment": comment, "article": comment.thread.article, "form": form}
    if not form.is_valid():
        return _page(request, "report", context, 422 if form.is_bound else 200)
    network = networks.network_key(request)
    if limits.count(f"reports:{network}", within=AN_HOUR) > REPORTS_AN_HOUR:
        form.add_error(None, _("Many reports came from your network. Try again later."))
        return _page(request, "report", context, 429)
    reader = readers.recognise(request)
    try:
        objections.report(
            comment,
            reader_hash=reader.hash,
            network_key=network,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
        )
    except objections.NotReportable:
        raise Http404 from None
    response = _page(request, "reported", context, 200)
    return readers.remember(reader, response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def illegal(request: HttpRequest, pk: int) -> HttpResponse:
    """Give notice that a comment breaks the law."""
    comment = get_object_or_404(_comments(), pk=pk)
    # Also of one that is hidden meanwhile, but not of one that never was to be seen.
    if not (comment.is_approved or comment.decided_at or comment.open_reports):
        raise Http404
    if not comment.thread.article.was_seen():
        raise Http404
    form = NoticeForm(request.POST if request.method == "POST" else None)
    context = {
        "comment": comment,
        "article": comment.thread.article,
        "form": form,
        "is_seen": _is_seen(comment),
    }
    if not form.is_valid():
        return _page(request, "illegal", context, 422 if form.is_bound else 200)
    network = networks.network_key(request)
    if limits.count(f"notices:{network}", within=AN_HOUR) > NOTICES_AN_HOUR:
        form.add_error(None, _("Many notices came from your network. Try again later."))
        return _page(request, "illegal", context, 429)
    typed = {name: form.cleaned_data[name] for name in NoticeForm.KEPT}
    notice = notices.give_notice(comment, **typed)
    url = reverse("comments:notice", args=[notice.reference])
    return HttpResponseRedirect(url, status=303)


@never_cache
@require_safe
def notice(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who gave a notice what became of it."""
    notices = IllegalNotice.objects.select_related("comment__thread__article")
    found = get_object_or_404(notices, reference=reference)
    context = {"notice": found, "is_seen": _is_seen(found.comment)}
    return _page(request, "notice", context, 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def appeal(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once for another look at the refusal of one's own comment."""
    comment = own_comment(key)
    back = reverse("comments:status", args=[comment.status_key])
    if request.method != "POST":
        return HttpResponseRedirect(back, status=303)
    form = AppealForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            appeals.appeal(comment, words=form.cleaned_data["words"])
        except appeals.NothingToAppeal:
            form.add_error(None, _("There is nothing to appeal: it is not refused."))
            status = 409
        except appeals.AppealedAlready:
            form.add_error(None, _("You have appealed already: there is one appeal."))
            status = 409
        else:
            return HttpResponseRedirect(back, status=303)
    edit = EditForm(initial={"comment": comment.source})
    rules = rules_of(comment.thread.article)
    more = {"appeal_form": form}
    return status_page(request, comment, rules, edit, status=status, more=more)


def _is_seen(comment: Comment) -> bool:
    """Tell whether readers see its words: nothing else here may show them."""
    return comment.is_approved and comment.thread.article.is_live()


def _comments() -> CommentQuerySet:
    return Comment.objects.select_related("thread__article")


def _visible(pk: int) -> Comment:
    live = Article.objects.live()
    approved = _comments().filter(state=Comment.State.APPROVED)
    return get_object_or_404(approved, pk=pk, thread__article__in=live)


def _page(
    request: HttpRequest, name: str, context: Mapping[str, object], status: int
) -> HttpResponse:
    response = render(request, f"comments/{name}.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
