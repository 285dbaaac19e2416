"""What browsers ask of every site: its colours, icons, manifest, and whom to write to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from newsroom import theme
from newsroom.icons import PAPER, SIZES, url_of
from newsroom.models import Publication
from newsroom.page_cache import of_site, shared_page

ICONS = settings.BASE_DIR / "static" / "icons"  # where the publication has none
SHORT_NAME = 12  # letters that a home screen shows under an icon


@require_safe
def theme_css(request: HttpRequest, digest: str) -> HttpResponse:
    """Answer with the theme, which never changes under its address.

    From the address of an older one it leads to the present one.
    """
    text = theme.stylesheet(Publication.objects.current().accent)
    if not text:
        raise Http404
    if digest != theme.digest_of(text):
        response: HttpResponse = HttpResponseRedirect(
            reverse("theme", args=[theme.digest_of(text)])
        )
        response.headers["Cache-Control"] = "no-store"
        return response
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
@shared_page(version=of_site)
def manifest(request: HttpRequest) -> HttpResponse:
    """Answer with what a telephone needs to put the paper on its home screen."""
    publication = Publication.objects.current()
    name = publication.name
    language = translation.get_language() or settings.LANGUAGE_CODE
    content: dict[str, Any] = {
        "name": name,
        "short_name": name if len(name) <= SHORT_NAME else name.split()[-1],
        "description": publication.description or publication.tagline,
        "lang": language,
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "start_url": reverse("articles:front"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": url_of(publication, icon),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if "maskable" in icon else "any",
            }
            for icon, size in SIZES.items()
            if icon != "apple-touch-icon.png"
        ],
    }
    response = JsonResponse(content)
    response.headers["Content-Type"] = "application/manifest+json"
    return response


@require_safe
def icon(request: HttpRequest, name: str) -> FileResponse:
    """Answer with an icon under the address where browsers look without being told."""
    stored = Publication.objects.current().icons.get(name)
    try:
        file = default_storage.open(stored) if stored else (ICONS / name).open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
@shared_page(version=of_site)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer with whom to tell of a weakness (RFC 9116); 404 if no contact is known."""
    contact = Publication.objects.current().contact
    if not contact:
        raise Http404
    # “Recommended to be less than a year into the future”; the same for a whole day.
    day = timezone.localdate() + timedelta(days=180)
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {day.isoformat()}T00:00:00Z",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse(
        "\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"
    )
