"""An edition as readers get it, what to look at before it goes, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csp import get_nonce
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles.models import Edition, Subscriber
from articles.newsletter import sending
from articles.newsletter.checks import checks_of, reasons_against
from articles.newsletter.sending import NotReady, TooLate
from articles.newsletter.writing import Mailing
from newsroom.staff import staff_of
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from newsroom.models import User

LOOKS_AGAIN = 5  # seconds, while it is being sent


class TimeForm(forms.Form):
    """When an edition shall go out."""

    at = forms.SplitDateTimeField(
        label=gettext_lazy("Send it at"), widget=AdminSplitDateTime
    )

    def clean_at(self) -> datetime:
        at = self.cleaned_data["at"].replace(second=0, microsecond=0)
        if at <= timezone.now():
            raise forms.ValidationError(_("This time is over. Choose a later one."))
        return at


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the mail as it would go out: on a phone, on a desktop, and as plain text."""
    edition = _edition(request, pk)
    mailing = Mailing(edition, edition.send_at or timezone.now())
    own_address = absolute(reverse("articles:newsletter"))
    language, nonce = settings.LANGUAGE_CODE, str(get_nonce(request))
    context = {
        "edition": edition,
        "html": mailing.html(language, own_address=own_address, nonce=nonce),
        "text": mailing.text(language, own_address=own_address),
    }
    return render(request, "admin/articles/edition/preview.html", context)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the list to tick off, or how far it is; a POST does what its button says."""
    edition = _edition(request, pk)
    may_send = request.user.has_perm("articles.send_edition")
    time_form = TimeForm(prefix="time")
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "test":
            return _test(request, edition)
        if not may_send:
            raise PermissionDenied
        if act == "schedule":
            time_form = TimeForm(request.POST, prefix="time")
        if act != "schedule" or time_form.is_valid():
            _act(request, edition, act, time_form)
            return HttpResponseRedirect(request.path)
        status = 422
    return _page(request, edition, time_form, status)


def _page(
    request: HttpRequest, edition: Edition, time_form: TimeForm, status: int
) -> HttpResponse:
    now = timezone.now()
    at = edition.send_at or now
    context = admin.site.each_context(request) | {
        "title": _("Send"),
        "opts": Edition._meta,
        "original": edition,
        "time_form": time_form,
        "media": admin.site.get_model_admin(Edition).media + time_form.media,
        "may_send": request.user.has_perm("articles.send_edition"),
        "stands_still": sending.stands_still(edition, now),
        "subscribers": Subscriber.objects.confirmed().count(),
    }
    if edition.is_draft or edition.is_scheduled:
        context["checks"] = checks_of(edition, at)
        context["is_ready"] = not reasons_against(edition, at)
    template = "admin/articles/edition/send.html"
    response = render(request, template, context, status=status)
    if edition.is_sending:
        # Works without a script: https://html.spec.whatwg.org/#the-refresh-header
        response.headers["Refresh"] = str(LOOKS_AGAIN)
    return response


def _act(request: HttpRequest, edition: Edition, act: str, time_form: TimeForm) -> None:
    editor = staff_of(request)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "send": (_bound(sending.send, edition, editor), _("It is on its way.")),
        "schedule": (
            lambda: sending.schedule(
                edition, editor=editor, at=time_form.cleaned_data["at"]
            ),
            _("It will go out by itself."),
        ),
        "pause": (_bound(sending.pause, edition, editor), _("It is paused.")),
        "resume": (_bound(sending.resume, edition, editor), _("It goes on.")),
        "cancel": (_bound(sending.cancel, edition, editor), _("It is called off.")),
        "nudge": (lambda: sending.nudge(edition), _("A worker was asked again.")),
    }
    if act not in acts:
        return
    do, said = acts[act]
    try:
        do()
    except NotReady as reasons:
        messages.error(request, str(reasons))
    except TooLate:
        messages.error(request, _("Too late: it is in another state by now."))
    else:
        messages.success(request, said)


def _bound(
    act: Callable[..., Any], edition: Edition, editor: User
) -> Callable[[], Any]:
    return lambda: act(edition, editor=editor)


def _test(request: HttpRequest, edition: Edition) -> HttpResponse:
    if address := staff_of(request).email:
        sending.send_test.enqueue(edition.pk, address)
        said = _("A test is on its way to %(address)s.") % {"address": address}
        messages.success(request, said)
    else:
        messages.error(request, _("Your account has no email address."))
    return HttpResponseRedirect(request.path)


def _edition(request: HttpRequest, pk: int) -> Edition:
    if not request.user.has_perm("articles.change_edition"):
        raise PermissionDenied
    return get_object_or_404(Edition, pk=pk)
