"""The pages of the paper about itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import body, page_versions
from articles.models import Page
from newsroom.page_cache import shared_page


@require_safe
@shared_page(version=page_versions.of_site)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a policy, the privacy page or another one that the desk keeps."""
    found = get_object_or_404(Page, slug=slug)
    text = body.render(found.body, images={}, articles={})
    return render(request, "articles/page.html", {"page": found, "text": text})
