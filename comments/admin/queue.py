"""The moderation queue: cards to decide on, one after the other, from the keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from comments import answering, banning, moderation, screening
from comments.models import Ban, Comment, IllegalNotice, Report
from comments.posting import NotRepliable
from newsroom.models import Event
from newsroom.staff import staff_of

from . import records
from .filters import LARGEST_KEY, QueueFilter
from .rooms import LASTING, check_may_look, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest

State = Comment.State
DECISIONS = {
    "approve": State.APPROVED,
    "spam": State.SPAM,
    "remove": State.REMOVED,
    "hold": State.PENDING,
}
NEIGHBOURS = 3
TYPED = ["source", "reason", "word"]  # fields that a moderator writes into
LAST = 10


def _key(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=LARGEST_KEY, **more)


class _Keys(forms.TypedMultipleChoiceField):
    """Numbers of rows, as many as were selected."""

    def __init__(self) -> None:
        super().__init__(coerce=_key().clean)

    def valid_value(self, value: Any) -> bool:
        return True


class DecisionForm(forms.Form):
    """What a moderator decides on the comments chosen, and says about it."""

    comment = _Keys()
    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    fault = forms.ChoiceField(choices=Comment.Fault.choices, required=False)
    word = forms.CharField(max_length=500, required=False)


class UndoForm(forms.Form):
    event = _Keys()


class AnswerForm(forms.Form):
    source = forms.CharField(max_length=5000)
    approve = forms.BooleanField(required=False)


class BanForm(forms.Form):
    """Whom of a comment's writer to ban, and for how many days (none: for good)."""

    kind = forms.ChoiceField(choices=Ban.Kind)
    days = forms.ChoiceField(choices=list(LASTING.items()), required=False)
    reason = forms.CharField(max_length=500)
    confirmed = forms.BooleanField(required=False)


def urls() -> list[Any]:
    """Return the queue's addresses, for the comments' own part of the admin."""
    pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
        "queue/": (queue, "queue"),
        "queue/decide/": (decide, "decide"),
        "queue/undo/": (undo, "undo"),
        "queue/<int:pk>/": (context_of, "context"),
        "queue/<int:pk>/answer/": (answer, "answer"),
        "queue/<int:pk>/ban/": (ban, "ban"),
    }
    pages |= {
        "log/": (records.log, "log"),
        "statistics/": (records.statistics, "statistics"),
    }
    return [
        path(address, admin.site.admin_view(view), name=f"comments_comment_{name}")
        for address, (view, name) in pages.items()
    ]


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the comments asked for, 25 a page: those that wait come oldest first."""
    check_may_look(request)
    form = QueueFilter(request.GET)
    comments, beyond = form.page(_cards())
    chosen = form.chosen()
    narrowed = {name: str(chosen[name]) for name in chosen if name != "beyond"}
    context = {
        "title": _("Moderation queue"),
        "comments": [_prepared(comment) for comment in comments],
        "form": form,
        "back": request.GET.urlencode(),
        "chosen_query": urlencode(narrowed),
        "next": urlencode(narrowed | {"beyond": beyond}) if beyond else "",
        "notice": _notice_of(_numbers(request.GET.get("decided", ""))),
        "said": request.GET.get("failed", "")[:300].replace("\0", ""),
    }
    return page(request, "queue", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide on one comment or many; tell who was quicker, where somebody was."""
    _check_may_decide(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _refused(request, _("Choose at least one comment and a decision."))
    typed = form.cleaned_data
    comments = list(Comment.objects.filter(pk__in=typed["comment"]))
    events: list[Event] = []
    for still in sorted({_seen(request, comment) for comment in comments}):
        events += moderation.decisions_on(
            [one for one in comments if _seen(request, one) == still],
            DECISIONS[typed["decision"]],
            moderator=staff_of(request),
            fault=typed["fault"],
            word=typed["word"],
            still=still,
        )
    decided = {event.object_id for event in events}
    late = [comment for comment in comments if comment.pk not in decided]
    return _done(request, events, _told_of(late))


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the decisions named, unless somebody decided otherwise since."""
    _check_may_decide(request)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _refused(request, _("There is nothing to undo."))
    named = Event.objects.filter(
        pk__in=form.cleaned_data["event"], object_type=Comment._meta.label
    )
    undone, late = [], []
    for event in named.order_by("-pk"):
        comment = Comment.objects.filter(pk=event.object_id).first()
        if comment is None:
            continue
        try:
            undone.append(
                moderation.undo(comment, moderator=staff_of(request), decision=event)
            )
        except moderation.NothingToUndo:
            late.append(comment)
    return _done(request, undone, _told_of(late))


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a reply to a comment, which a button approves with it."""
    _check_may_decide(request)
    parent = _found(pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, _("Write a reply first."))
    act = answering.answer
    if form.cleaned_data["approve"]:
        act = answering.approve_and_answer
    try:
        events = act(parent, source=form.cleaned_data["source"], by=staff_of(request))
    except NotRepliable:
        return _refused(
            request, _("Nobody can reply to it: it is not published, or too deep.")
        )
    return _done(request, events, [])


@require_POST
def ban(request: HttpRequest, pk: int) -> HttpResponse:
    """Ban who wrote a comment, by what is known of them."""
    _check_may_decide(request)
    if not request.user.has_perm("comments.add_ban"):
        raise PermissionDenied
    comment = _found(pk)
    form = BanForm(request.POST)
    if not form.is_valid():
        return _refused(request, _("Say whom to ban, for how long, and why."))
    typed = form.cleaned_data
    days = timedelta(days=int(typed["days"])) if typed["days"] else None
    value = {
        "reader": comment.reader_hash,
        "email": comment.email,
        "domain": comment.email.rpartition("@")[2],
        "network": comment.network_key,
    }[typed["kind"]]
    try:
        one = banning.ban(
            typed["kind"],
            value,
            reason=typed["reason"],
            lasting=days,
            moderator=staff_of(request),
            confirmed=typed["confirmed"],
        )
    except banning.FreeMailDomain:
        said = _("Millions have an address at %(domain)s. Confirm that you mean all.")
        return _refused(request, said % {"domain": value})
    except ValidationError as error:
        return _refused(request, " ".join(error.messages))
    return _done(request, [], [_("Banned: %(who)s.") % {"who": one}])


@require_GET
def context_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is around a comment: the thread, its writer's record, its history."""
    check_may_look(request)
    comment = _prepared(get_object_or_404(_cards(), pk=pk))
    theirs = Q(pk=comment.pk)
    if comment.reader_hash:
        theirs |= Q(reader_hash=comment.reader_hash)
    if comment.email:
        theirs |= Q(email=comment.email)
    record = Comment.objects.filter(theirs).order_by()
    counted = record.values_list("state").annotate(number=Count("pk"))
    context = {
        "title": _("Around a comment"),
        "comment": comment,
        "around": _around(comment),
        "counted": [(State(state).label, number) for state, number in counted],
        "last": record.order_by("-pk")
        .exclude(pk=comment.pk)
        .select_related("thread__article")[:LAST],
        "wordings": comment.wordings.all(),
        "events": Event.objects.about(comment)[:50],
    }
    if "fragment" in request.GET:
        return render(request, "admin/comments/queue/_context.html", context)
    return page(request, "context", context)


def _around(comment: Comment) -> list[Comment]:
    """Return whom it answers, and those beside it, in reading order."""
    thread = Comment.objects.filter(thread=comment.thread_id)
    siblings = thread.filter(parent=comment.parent_id)
    before = siblings.filter(number__lt=comment.number).order_by("-number")
    after = siblings.filter(number__gt=comment.number).order_by("number")
    replies = thread.filter(parent=comment.pk).order_by("number")
    found = [
        *thread.filter(path__in=comment.ancestor_paths),
        *before[:NEIGHBOURS],
        comment,
        *after[:NEIGHBOURS],
        *replies[:NEIGHBOURS],
    ]
    return sorted(found, key=lambda one: one.path)


def _cards() -> Any:
    return Comment.objects.select_related(
        "thread__article", "parent", "appeal"
    ).prefetch_related(
        Prefetch(
            "reports",
            Report.objects.filter(settled_at=None),
            to_attr="unsettled_reports",
        ),
        Prefetch(
            "illegal_notices",
            IllegalNotice.objects.filter(state="open"),
            to_attr="open_notices",
        ),
    )


def _prepared(comment: Comment) -> Any:
    card: Any = comment
    card.reasons = [screening.in_words(one) for one in comment.verdicts]
    card.domain = comment.email.rpartition("@")[2]
    appeal = getattr(comment, "appeal", None)
    card.open_appeal = appeal if appeal and not appeal.decided_at else None
    return card


def _notice_of(keys: list[int]) -> dict[str, Any]:
    """Return what was decided, in words, with what an undo needs to know."""
    events = Event.objects.filter(pk__in=keys, object_type=Comment._meta.label)
    found = list(events.filter(act__in=moderation.DECISIONS))
    if not found:
        return {}
    state = State(found[-1].after["state"]).label if found[-1].after else ""
    said = ngettext(
        "%(n)d comment is now: %(state)s.",
        "%(n)d comments are now: %(state)s.",
        len(found),
    )
    return {
        "said": said % {"n": len(found), "state": state},
        "events": [event.pk for event in found],
        "comments": [event.object_id for event in found],
    }


def _told_of(late: Iterable[Comment]) -> list[str]:
    """Return who was quicker with each of ``late``, in words."""
    said = []
    for comment in late:
        last = Event.objects.about(comment).filter(act__in=moderation.DECISIONS).first()
        comment.refresh_from_db(fields=["state"])
        facts = {
            "who": (last and last.actor_name) or _("Somebody"),
            "name": comment.name,
            "state": comment.get_state_display(),
        }
        said.append(
            _("%(who)s was quicker: the comment by %(name)s is %(state)s.") % facts
        )
    return said


def _done(request: HttpRequest, events: list[Event], told: list[str]) -> HttpResponse:
    keys = [event.pk for event in events]
    if "fragment" in request.POST:
        context = {"notice": _notice_of(keys), "told": told}
        page = "admin/comments/queue/_notice.html"
        # 409: somebody was quicker, and nothing of it was done.
        return render(request, page, context, status=200 if keys else 409)
    more = {"decided": ".".join(map(str, keys))} if keys else {}
    if told:
        more["failed"] = " ".join(told)[:300]
    return _back(request, more)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if "fragment" in request.POST:
        notice = "admin/comments/queue/_notice.html"
        return render(request, notice, {"told": [why]}, status=422)
    typed = [value for name in TYPED if (value := request.POST.get(name, "").strip())]
    if typed:  # what was written must not be lost on the way back
        response = page(request, "refused", {"said": why, "typed": typed})
        response.status_code = 422
        return response
    return _back(request, {"failed": why})


def _back(request: HttpRequest, more: dict[str, str]) -> HttpResponse:
    """Lead back to the page of the queue that the form came from."""
    try:
        query = QueryDict(request.POST.get("back", "")[:1000], mutable=True)
    except ValueError:  # too many fields for one address
        query = QueryDict(mutable=True)
    for name in ("decided", "failed"):
        query.pop(name, None)
    query.update(more)
    url = reverse("admin:comments_comment_queue")
    response = HttpResponseRedirect(f"{url}?{query.urlencode()}#queue-status")
    response.status_code = 303
    return response


def _seen(request: HttpRequest, comment: Comment) -> str:
    """Return the state that the moderator saw it in, or else the one it is in."""
    seen = request.POST.get(f"seen-{comment.pk}", "")
    return seen if seen in State.values else str(comment.state)


def _numbers(text: str) -> list[int]:
    parts = text.split(".")[:1000]
    return [
        int(part)
        for part in parts
        if part.isascii() and part.isdecimal() and len(part) < 19
    ]


def _found(pk: int) -> Comment:
    return get_object_or_404(Comment, pk=pk if pk <= LARGEST_KEY else 0)


def _check_may_decide(request: HttpRequest) -> None:
    if not request.user.has_perm("comments.moderate_thread"):
        raise PermissionDenied
