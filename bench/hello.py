"""A bare Django view that answers with the bytes of a file: what any page is measured by."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="hello",  # noqa: S106  # it signs nothing
)
BODY = Path(os.environ["HELLO_BODY"]).read_bytes()


def hello(_request):
    return HttpResponse(BODY, headers={"Content-Encoding": "br"})


urlpatterns = [path("", hello)]
application = get_wsgi_application()
