"""What a commenter sees and does of their own: nobody else knows the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comments import editing, screening
from comments.forms import AppealForm, EditForm
from comments.models import Appeal, Comment
from comments.rules import rules_of
from comments.screening import Circumstances
from comments.views.posting import client_of
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comments.rules import Rules


@never_cache
@require_safe
def status(request: HttpRequest, key: str) -> HttpResponse:
    """Show the one who wrote a comment what became of it."""
    comment = own_comment(key)
    rules = rules_of(comment.thread.article)
    form = EditForm(initial={"comment": comment.source})
    return status_page(request, comment, rules, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change the comment's words, while that is possible."""
    comment = own_comment(key)
    if request.method != "POST":
        return _back(comment)
    article = comment.thread.article
    rules = rules_of(article)
    form = EditForm(request.POST)
    if not form.is_valid():
        return status_page(request, comment, rules, form, status=422)
    written = Comment(
        name=comment.name,
        email=comment.email,
        website=comment.website,
        source=form.cleaned_data["comment"],
        reader_hash=comment.reader_hash,
        network_key=comment.network_key,
    )
    around = screening.look_up(
        written, article, rules, known=Circumstances(), client=client_of(request)
    )
    try:
        editing.edit(comment, source=written.source, rules=rules, around=around)
    except editing.TooLate:
        form.add_error(None, _("It can no longer be changed. Your words are below."))
        return status_page(request, comment, rules, form, status=409)
    return _back(comment)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take the comment back, while that is possible."""
    comment = own_comment(key)
    if request.method != "POST":
        return _back(comment)
    rules = rules_of(comment.thread.article)
    try:
        editing.withdraw(comment, rules=rules)
    except editing.TooLate:
        form = EditForm({"comment": comment.source})
        form.add_error(None, _("It can no longer be taken back."))
        return status_page(request, comment, rules, form, status=409)
    return _back(comment)


def status_page(
    request: HttpRequest,
    comment: Comment,
    rules: Rules,
    form: EditForm,
    *,
    status: int = 200,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Answer with the private page of ``comment``."""
    context = {
        "comment": comment,
        "article": comment.thread.article,
        "form": form,
        "appeal": Appeal.objects.filter(comment=comment).first(),
        "appeal_form": AppealForm(),
        "until": editing.editable_until(comment, rules),
    }
    response = render(
        request, "comments/status.html", {**context, **(more or {})}, status=status
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response


def own_comment(key: str) -> Comment:
    """Return the comment whose private page has ``key``, or raise ``Http404``."""
    comments = Comment.objects.select_related("thread__article")
    return get_object_or_404(comments, status_key=key)


def _back(comment: Comment) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("comments:status", args=[comment.status_key]), status=303
    )
