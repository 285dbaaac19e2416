"""The page around what another site shows, which a story frames after a click."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from articles import embeds


@require_safe
@xframe_options_sameorigin
def embed(request: HttpRequest) -> HttpResponse:
    """Frame what stands at ``?address=``: 404 unless a provider of ours knows it.

    Its policy lets in that one provider, and so it is not among the shared pages, of
    which no headers are kept. It asks the database nothing that it would save.
    """
    address = request.GET.get("address", "")
    found = embeds.recognise(address)
    if found is None:
        raise Http404
    response = csp_override(
        {
            "default-src": [CSP.NONE],
            "style-src": [CSP.SELF],
            "frame-src": [found.origin],
            "frame-ancestors": [CSP.SELF],
            "base-uri": [CSP.NONE],
            "form-action": [CSP.NONE],
        }
    )(render)(request, "articles/embed.html", {"embed": found, "address": address})
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
