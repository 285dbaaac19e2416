"""The pages of the paper about itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import truncatechars
from django.views.decorators.http import require_safe

from articles import body, page_versions
from articles.models import Page
from newsroom.page_cache import shared_page

MOST_OF_A_DESCRIPTION = 160  # characters, about what search engines show


@require_safe
@shared_page(version=page_versions.of_site)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a policy, the privacy page or another one that the desk keeps."""
    found = get_object_or_404(Page, slug=slug)
    text = body.render(found.body, images={}, articles={})
    beginning = truncatechars(body.text_of(found.body), MOST_OF_A_DESCRIPTION)
    context = {"page": found, "text": text, "beginning": beginning}
    return render(request, "articles/page.html", context)
