"""What a story's form says to the server while someone types: JSON in, JSON out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import unsaved
from articles.models import Article
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from newsroom.models import User

MOST_BYTES = 2_000_000  # twice what the longest body takes with its markup
KEY = re.compile(r"[0-9a-f]{32}")


class Unreadable(Exception):
    """What was sent is not what the form's script sends."""


@never_cache
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> JsonResponse:
    """Keep what was typed, and answer who else has the story open.

    GET answers with a token for a form whose own is out of date, and whose it is. POST takes a JSON
    object: ``key`` of the form, ``article`` (a number, or null for a new story),
    and if there is something to tell ``fields`` (names and lists of values),
    ``known`` (keys that the browser holds), ``discard`` (a key) or ``left`` (true).
    """
    editor = staff_of(request)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request), "editor": editor.pk})
    try:
        told = _read(request)
        article = _article(told.get("article"))
        key = _key(told.get("key"))
        known = [_key(one) for one in told.get("known", [])][:50]
        discarded = [_key(one) for one in told.get("discard", [])][:50]
        fields = _fields(told["fields"]) if "fields" in told else None
    except Unreadable as error:
        return JsonResponse({"error": str(error)}, status=400)
    _check_permission(request, article)
    if told.get("left"):
        if article:
            unsaved.close_form(article, editor=editor)
        return JsonResponse({})
    is_kept = fields is not None and unsaved.keep(
        key, editor=editor, article=article, fields=fields
    )
    for one in discarded:
        unsaved.settle(one, editor=editor)
    return JsonResponse(
        {
            "kept": _time(timezone.now()) if is_kept else "",
            "others": _others(article, editor),
            "settled": unsaved.settled_among(known, editor=editor),
            "copies": _copies(article, editor, key) if "known" in told else [],
        }
    )


def _check_permission(request: HttpRequest, article: Article | None) -> None:
    act = "change" if article else "add"
    if not request.user.has_perm(f"articles.{act}_article"):
        raise PermissionDenied


def _others(article: Article | None, editor: User) -> str:
    """Say who else has the story open; nothing if nobody has."""
    names = [
        one.name
        for one in (unsaved.open_form(article, editor=editor) if article else [])
    ]
    if not names:
        return ""
    return _("%(names)s has this open.") % {"names": _(" and ").join(names)}


def _copies(article: Article | None, editor: User, key: str) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "typed": one.typed_at.timestamp(), "fields": one.fields}
        for one in unsaved.copies_of(article, editor=editor, except_for=key)
    ]


def _read(request: HttpRequest) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Unreadable(_("The text is too long to be kept here. Save it."))
    try:
        told = json.loads(request.read(MOST_BYTES + 1))
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("This is no JSON.")) from error
    if not isinstance(told, dict) or not all(
        isinstance(told.get(name, []), list) for name in ("known", "discard")
    ):
        raise Unreadable(_("A JSON object is expected."))
    return told


def _article(number: object) -> Article | None:
    if number is None:
        return None
    if isinstance(number, int) and 0 < number < 10**18:
        article = Article.objects.filter(pk=number).only("pk").first()
        if article:
            return article
    raise Unreadable(_("There is no such story: it may have been deleted."))


def _key(key: object) -> str:
    if isinstance(key, str) and KEY.fullmatch(key):
        return key
    raise Unreadable(_("This is no key of a form."))


def _fields(fields: object) -> unsaved.Fields:
    read = []
    for one in fields if isinstance(fields, list) else [None]:
        match one:
            case [str(name), [*values]] if all(isinstance(v, str) for v in values):
                read.append((_storable(name), [_storable(value) for value in values]))
            case _:
                raise Unreadable(_("Each field is a name with a list of texts."))
    return read


def _storable(text: str) -> str:
    """Return ``text`` without what JSON can hold and a database cannot."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _time(at: Any) -> str:
    # “11:07 p.m.” ends the sentence that it stands in, with the stop it has.
    return date_format(timezone.localtime(at), "TIME_FORMAT").removesuffix(".")
