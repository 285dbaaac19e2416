"""Mail and what it leads to: wishes, decisions from mail, and all that one wrote."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import editing, erasure, letters, moderation, notification, screening
from comments.forms import AddressForm, EditForm
from comments.models import Comment, Correspondent
from comments.rules import rules_of
from comments.screening import Circumstances
from comments.views.posting import client_of
from newsroom import limits, mail, networks
from newsroom.models import Event, User
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

AN_HOUR = timedelta(hours=1)
A_DAY, A_FORTNIGHT = timedelta(days=1), timedelta(days=14)
MINE_SALT = "comments.all-i-wrote"
MOST_LISTED = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def wishes(request: HttpRequest, key: str) -> HttpResponse:
    """Let the owner of an address say whether it wants mail; nothing acts on GET."""
    correspondent = get_object_or_404(Correspondent, key=key)
    if request.method == "POST":
        if "stop" in request.POST:
            _stop(correspondent)
        else:
            _confirm(correspondent)
        return HttpResponseRedirect(request.path, status=303)
    return _page(request, "wishes", {"correspondent": correspondent})


@never_cache
@csrf_exempt  # a mail provider sends it, in the owner's name: the key is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Send no more mail: one click in a mail program (RFC 8058), or the page's button."""
    correspondent = get_object_or_404(Correspondent, key=key)
    if request.method == "POST":
        _stop(correspondent)
    return _page(request, "wishes", {"correspondent": correspondent})


@transaction.atomic
def _confirm(correspondent: Correspondent) -> None:
    correspondent.confirmed_at = timezone.now()
    correspondent.stopped_at = None
    correspondent.save()
    notification.address_confirmed(correspondent)


def _stop(correspondent: Correspondent) -> None:
    correspondent.stopped_at = timezone.now()
    correspondent.save(update_fields=["stopped_at"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def decide(request: HttpRequest, token: str) -> HttpResponse:
    """Let a moderator decide from a mail: the page asks, and its button acts."""
    try:
        pk, user_id, act = signing.loads(
            token, salt=letters.DECISION_SALT, max_age=A_FORTNIGHT
        )
    except signing.BadSignature:
        return _page(request, "link_expired", {"is_decision": True}, status=410)
    comments = Comment.objects.select_related("thread__article__live")
    comment = get_object_or_404(comments, pk=pk)
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    if user is None or not user.has_perm("comments.moderate_thread"):
        return _page(request, "link_expired", {"is_decision": True}, status=403)
    is_done = False
    if request.method == "POST" and comment.state == Comment.State.PENDING:
        is_done = bool(
            moderation.decisions_on(
                [comment],
                letters.DECISIONS[act],
                moderator=user,
                still=Comment.State.PENDING,
            )
        )
        comment.refresh_from_db(fields=["state"])
    context = {
        "comment": comment,
        "act": act,
        "is_done": is_done,
        "last": Event.objects.about(comment).first(),
    }
    return _page(request, "decide", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def ask_for_mine(request: HttpRequest) -> HttpResponse:
    """Send an address the link to all that was written with it; say the same always."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _page(request, "ask_for_mine", {"form": form}, status=status)
    email = form.cleaned_data["email"]
    network = networks.network_key(request)
    of_address = hashlib.sha256(email.encode()).hexdigest()[:32]
    counted = limits.count_each(
        {f"mine:{network}": AN_HOUR, f"mine-of:{of_address}": AN_HOUR}
    )
    if counted[f"mine:{network}"] > 20:
        form.add_error(None, _("Many asked from your network. Try again in an hour."))
        return _page(request, "ask_for_mine", {"form": form}, status=429)
    if counted[f"mine-of:{of_address}"] <= 3 and erasure.written_with(email).exists():
        with transaction.atomic():
            correspondent, _new = Correspondent.objects.get_or_create(email=email)
            token = signing.dumps(correspondent.pk, salt=MINE_SALT)
            mail.send(
                f"mine {timezone.now().isoformat()}",
                email,
                subject=_("All that you wrote here"),
                template="comments/mail/mine.txt",
                context={
                    "address": letters.absolute(reverse("comments:mine", args=[token]))
                },
            )
    return _page(request, "ask_for_mine", {"form": form, "is_asked": True})


@never_cache
@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """List all that an address has written."""
    correspondent = _owner(token)
    if correspondent is None:
        return _page(request, "link_expired", {}, status=410)
    comments = erasure.written_with(correspondent.email)
    context = {
        "correspondent": correspondent,
        "comments": comments[:MOST_LISTED],
        "number": comments.count(),
        "token": token,
    }
    return _page(request, "mine", context)


@never_cache
@require_safe
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Give all of it as a JSON file."""
    correspondent = _owner(token)
    if correspondent is None:
        return _page(request, "link_expired", {}, status=410)
    response = JsonResponse(
        erasure.export(correspondent.email),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    response.headers["Content-Disposition"] = 'attachment; filename="comments.json"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, and then take the person, or the words too, out of it all."""
    correspondent = _owner(token)
    if correspondent is None:
        return _page(request, "link_expired", {}, status=410)
    if request.method == "POST" and "what" in request.POST:
        keep_words = request.POST["what"] != "words"
        number = erasure.erase(correspondent.email, keep_words=keep_words)
        return _page(request, "erased", {"number": number})
    number = erasure.written_with(correspondent.email).count()
    return _page(request, "erase", {"token": token, "number": number})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
def edit_mine(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Change or take back one of them, also after its time: a moderator reads it."""
    correspondent = _owner(token)
    if correspondent is None:
        return _page(request, "link_expired", {}, status=410)
    comment = get_object_or_404(erasure.written_with(correspondent.email), pk=pk)
    rules = rules_of(comment.thread.article)
    form = EditForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        form = EditForm(initial={"comment": comment.source})
    back = HttpResponseRedirect(reverse("comments:mine", args=[token]), status=303)
    context = {"comment": comment, "form": form, "token": token}
    try:
        if "withdraw" in request.POST:
            editing.withdraw(comment, rules=rules, late=True)
            return back
        if form.is_valid():
            _edit(request, comment, form.cleaned_data["comment"])
            return back
    except editing.TooLate:
        form.add_error(None, _("It was refused or taken back: it cannot be changed."))
    return _page(request, "edit_mine", context, status=422 if form.is_bound else 200)


def _edit(request: HttpRequest, comment: Comment, source: str) -> None:
    article = comment.thread.article
    rules = rules_of(article)
    written = Comment(
        name=comment.name,
        email=comment.email,
        website=comment.website,
        source=source,
        reader_hash=comment.reader_hash,
        network_key=comment.network_key,
    )
    around = screening.look_up(
        written, article, rules, known=Circumstances(), client=client_of(request)
    )
    editing.edit(comment, source=source, rules=rules, around=around, late=True)


def _owner(token: str) -> Correspondent | None:
    try:
        pk = signing.loads(token, salt=MINE_SALT, max_age=A_DAY)
    except signing.BadSignature:
        return None
    return Correspondent.objects.filter(pk=pk).first()  # none: erased meanwhile


def _page(
    request: HttpRequest, name: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    response = render(request, f"comments/{name}.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response
