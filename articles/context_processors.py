from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Section


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates ``sections``: read when, and if, a page shows them."""
    return {"sections": SimpleLazyObject(lambda: list(Section.objects.all()))}
