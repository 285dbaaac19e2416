"""The pages for what went wrong, in the site's own look and with the right status."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read. No database: the host may be a wrong one."""
    return render(request, "400.html", status=400)


@never_cache
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@never_cache
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@never_cache
def too_many_requests(request: HttpRequest, *, wait: timedelta) -> HttpResponse:
    """Answer one request too many, with the time to wait in ``Retry-After``."""
    response = render(request, "429.html", {"wait": wait}, status=429)
    response.headers["Retry-After"] = str(int(wait.total_seconds()))
    return response


@never_cache
def storage_gone(request: HttpRequest) -> HttpResponse:
    """Answer what needs the storage of pictures while that does not answer."""
    response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = "60"
    return response


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours. No database and no request: either may be the cause."""
    return render(None, "500.html", status=500)
