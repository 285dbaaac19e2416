"""What a commenter sees of their own: nobody else knows the address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comments.models import Comment


@never_cache
@require_safe
def status(request: HttpRequest, key: str) -> HttpResponse:
    """Show the one who wrote a comment what became of it."""
    comment = get_object_or_404(
        Comment.objects.select_related("thread__article"), status_key=key
    )
    context = {"comment": comment, "article": comment.thread.article}
    response = render(request, "comments/status.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response
