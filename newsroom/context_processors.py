from django.conf import settings
from django.http import HttpRequest

from newsroom.models import Publication


def publication(request: HttpRequest) -> dict[str, object]:
    """Give templates ``publication``, and ``site_url`` for absolute addresses."""
    # The middleware has read it; an error before the middleware leaves defaults.
    current = getattr(request, "publication", None) or Publication()
    return {"publication": current, "site_url": settings.SITE_URL}
