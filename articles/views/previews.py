"""What the desk shows to people outside before a story is published."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from articles import preview_links
from articles.forms import PreviewAnswerForm
from articles.models import PreviewLink
from articles.preview_links import PreviewOver
from articles.story_page import gather
from newsroom import errors, limits
from newsroom.same_origin import same_origin

AN_HOUR = timedelta(hours=1)
ANSWERS_AN_HOUR = 20  # to one preview


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show one revision to whom the desk sent this address; no cache holds it."""
    return _preview(request, token, PreviewAnswerForm())


@require_POST
@same_origin
def answer_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Take what the reader of a preview says of it."""
    form = PreviewAnswerForm(request.POST)
    if not form.is_valid():
        return _preview(request, token, form)
    try:
        link = preview_links.find(token)
    except PreviewLink.DoesNotExist as error:
        raise Http404 from error
    except PreviewOver:
        return _preview(request, token, form)
    if limits.count(f"preview:{link.pk}", within=AN_HOUR) > ANSWERS_AN_HOUR:
        return errors.too_many_requests(request, wait=AN_HOUR)
    preview_links.answer(link, **form.cleaned_data)
    address = reverse("articles:preview", args=[token])
    return HttpResponseRedirect(f"{address}#answer", status=303)


@never_cache
def _preview(request: HttpRequest, token: str, form: PreviewAnswerForm) -> HttpResponse:
    try:
        link = preview_links.find(token)
    except PreviewLink.DoesNotExist as error:
        raise Http404 from error
    except PreviewOver:
        return render(request, "articles/preview_over.html", {"form": form}, status=410)
    now, article = timezone.now(), link.article
    if not article.published_at:
        article.published_at = link.revision.created_at
    context = {
        "story": gather(article, link.revision, now),
        "article": article,
        "preview": link,
        "token": token,
        "form": form,
    }
    status = 422 if form.errors else 200
    response = render(request, "articles/article.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
