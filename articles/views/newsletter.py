"""Signing up for the newsletter, leaving it, and its editions on the site."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles import page_versions
from articles.forms import SignUpForm
from articles.models import Edition, Newsletter, Subscriber
from articles.newsletter import links, subscribing
from articles.newsletter.links import LinkOver
from articles.newsletter.writing import entries_of
from newsroom import limits, networks
from newsroom.page_cache import shared_page
from newsroom.same_origin import same_origin

from .paging import one_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
# A school has one network; nobody needs more than a few letters to confirm.
ASKED_BY_A_NETWORK_AN_HOUR = 20
LETTERS_TO_AN_ADDRESS_A_DAY = 3
EDITIONS_A_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
@shared_page(version=page_versions.of_site, parameters=("page",))
def newsletter(request: HttpRequest) -> HttpResponse:
    """Answer with the form and the editions there were; a POST asks to sign up."""
    if request.method == "POST":
        return _sign_up(request)
    return _newsletter(request, SignUpForm())


def _newsletter(
    request: HttpRequest, form: SignUpForm, status: int = 200
) -> HttpResponse:
    found = Newsletter.objects.first()
    page = one_page(Edition.objects.on_the_web(), EDITIONS_A_PAGE, request)
    if found is None or not (found.is_open or page.object_list):
        raise Http404
    context = {"letter": found, "form": form, "page": page}
    return render(
        request, "articles/newsletter/newsletter.html", context, status=status
    )


@never_cache
def _sign_up(request: HttpRequest) -> HttpResponse:
    if not Newsletter.objects.filter(is_open=True).exists():
        raise Http404
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _newsletter(request, form, status=422)
    done = HttpResponseRedirect(reverse("articles:newsletter-asked"), status=303)
    if form.cleaned_data["subject"]:
        return done  # a program's: people do not see the field
    email = form.cleaned_data["email"]
    by_network = f"newsletter:{networks.network_key(request)}"
    digest = hashlib.sha256(email.lower().encode()).hexdigest()[:32]
    to_address = f"newsletter-to:{digest}"
    counted = limits.count_each({by_network: AN_HOUR, to_address: A_DAY})
    if counted[by_network] > ASKED_BY_A_NETWORK_AN_HOUR:
        words = _("Many signed up from your network. Try again in an hour.")
        form.add_error(None, words)
        response = _newsletter(request, form, status=429)
        response.headers["Retry-After"] = str(int(AN_HOUR.total_seconds()))
        return response
    if counted[to_address] <= LETTERS_TO_AN_ADDRESS_A_DAY:
        subscribing.ask(email)
    return done


@require_safe
@shared_page(version=page_versions.of_site)
def asked(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way: the same to everyone, whatever the mail says."""
    letter = Newsletter.objects.current()
    return render(request, "articles/newsletter/asked.html", {"letter": letter})


@require_safe
@shared_page(version=page_versions.of_site)
def edition(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with an edition as it was sent, less what readers cannot get any more."""
    found = get_object_or_404(Edition.objects.on_the_web(), number=number)
    context = {
        "edition": found,
        "letter": Newsletter.objects.current(),
        "entries": entries_of(found, timezone.now()),
    }
    return render(request, "articles/newsletter/edition.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for one more click, and put the address on the list: mail scanners only GET."""
    try:
        subscriber = links.who_confirms(token)
    except LinkOver:
        return _page(request, "over", {}, status=410)
    if subscriber is None:
        raise Http404
    if request.method == "POST":
        _do(subscribing.confirm, subscriber)
        return _to_own_page(links.own_token(subscriber))
    return _page(request, "confirm", {"subscriber": subscriber, "token": token})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Let the owner of an address leave, come back, or have it erased."""
    subscriber = _whose(token)
    if request.method == "POST":
        if "erase" in request.POST:
            subscribing.erase(subscriber)
            address = reverse("articles:newsletter-erased")
            return HttpResponseRedirect(address, status=303)
        if "leave" in request.POST:
            _do(subscribing.leave, subscriber)
        elif "come_back" in request.POST:
            _do(subscribing.come_back, subscriber)
        return _to_own_page(token)
    return _own_page(request, subscriber, token)


@never_cache
@csrf_exempt  # a mail provider sends it, in the owner's name: the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Send no more: one click in a mail program (RFC 8058), and nothing on GET."""
    subscriber = _whose(token)
    if request.method == "POST":
        _do(subscribing.leave, subscriber)
    return _own_page(request, subscriber, token)


@require_safe
@shared_page(version=page_versions.of_site)
def erased(request: HttpRequest) -> HttpResponse:
    """Say that an address is gone."""
    return render(request, "articles/newsletter/erased.html")


def _whose(token: str) -> Subscriber:
    subscriber = links.whose(token)
    if subscriber is None:  # forged, or erased since
        raise Http404
    return subscriber


def _do(act: Callable[[Subscriber], object], subscriber: Subscriber) -> None:
    try:
        act(subscriber)
    except Subscriber.DoesNotExist as error:  # erased in this moment, in another tab
        raise Http404 from error


def _own_page(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    return _page(request, "own", {"subscriber": subscriber, "token": token})


def _to_own_page(token: str) -> HttpResponse:
    address = reverse("articles:newsletter-own", args=[token])
    return HttpResponseRedirect(address, status=303)


def _page(
    request: HttpRequest, name: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    context = {"letter": Newsletter.objects.current(), **context}
    template = f"articles/newsletter/{name}.html"
    response = render(request, template, context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    # The address is a key: it goes to nobody to whom a link leads.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
