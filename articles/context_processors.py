from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Page
from articles.navigation import around_every_page
from newsroom.remembered import remembered


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates what stands around every page: read when, and if, it is shown.

    ``sections`` and ``banner`` over it; below it ``pages`` of the paper itself, and the
    name of the ``newsletter`` that readers can sign up for.
    """
    around = SimpleLazyObject(around_every_page)
    return {
        "sections": SimpleLazyObject(lambda: around.sections),
        "banner": SimpleLazyObject(lambda: around.banner),
        "newsletter": SimpleLazyObject(lambda: around.newsletter),
        "pages": SimpleLazyObject(_pages),
    }


@remembered
def _pages() -> list[Page]:
    return list(Page.objects.defer("body"))
