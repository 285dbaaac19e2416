from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom import icons, theme
from newsroom.models import Publication


def publication(request: HttpRequest) -> dict[str, object]:
    """Give templates ``publication``, its looks, and ``site_url`` for absolute addresses.

    ``theme_url`` is the theme's stylesheet, "" if there is none; ``own_icons`` holds the
    addresses of two icons, and is empty if they are the design's.
    """
    # The middleware has read it; an error before the middleware leaves defaults.
    current = getattr(request, "publication", None) or Publication()
    return {
        "publication": current,
        "site_url": settings.SITE_URL,
        "theme_url": SimpleLazyObject(lambda: theme.address_of(current)),
        "own_icons": {
            "small": icons.url_of(current, "icon-192.png"),
            "touch": icons.url_of(current, "apple-touch-icon.png"),
        }
        if current.icons
        else {},
    }
