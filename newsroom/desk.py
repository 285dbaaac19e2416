"""Django's admin as the desk: branded, and hard to guess one's way into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import BadRequest
from django.db.models import Sum
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, Image
from comments.models import Appeal, Comment, IllegalNotice
from newsroom import errors, limits, networks
from newsroom.staff import staff_of
from ratings.models import Burst

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

    from newsroom.models import User

A_QUARTER_HOUR = timedelta(minutes=15)
DIGITS_OF_A_KEY = 18


class Suggestions(AutocompleteJsonView):
    """Django's suggestions, with a picture and its caption where there are any."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Image):
            result["picture"] = reverse("admin:articles_image_picture", args=[obj.pk])
            result["caption"] = obj.caption
        return result


@dataclass(frozen=True)
class Waiting:
    """Something that waits for someone of the staff: how much, and where it is."""

    what: str
    number: int
    url: str


def waiting_for(user: User) -> list[Waiting]:
    """Return what waits for ``user``, as far as they may do something about it."""
    now = timezone.now()
    queue = reverse("admin:comments_comment_queue")
    stories = reverse("admin:articles_article_changelist")
    images = reverse("admin:articles_image_changelist")
    waiting = []
    if user.has_perm("comments.moderate_thread"):
        pending = Comment.objects.pending().count()
        waiting.append(Waiting(_("Comments pending"), pending, queue))
        notices = IllegalNotice.objects.filter(state=IllegalNotice.State.OPEN).count()
        url = reverse("admin:comments_illegalnotice_changelist")
        url = f"{url}?state__exact=open"
        waiting.insert(0, Waiting(_("Notices of illegal content"), notices, url))
        appeals = Appeal.objects.filter(decided_at=None).count()
        url = f"{reverse('admin:comments_appeal_changelist')}?decided_at__isempty=1"
        waiting.append(Waiting(_("Appeals"), appeals, url))
    if user.has_perm("ratings.decide_burst"):
        bursts = Burst.objects.waiting()
        votes = bursts.aggregate(votes=Sum("size"))["votes"] or 0
        url = f"{reverse('admin:ratings_burst_changelist')}?state__exact=waiting"
        waiting.append(Waiting(_("Votes in quarantine"), votes, url))
    if user.has_perm("articles.change_article"):
        drafts = Article.objects.filter(published_at=None, withdrawn_at=None)
        scheduled = Article.objects.filter(published_at__gt=now, withdrawn_at=None)
        lacking = Image.objects.filter(credit="")
        waiting += [
            Waiting(_("Drafts"), drafts.count(), f"{stories}?state=draft"),
            Waiting(
                _("Stories scheduled"), scheduled.count(), f"{stories}?state=scheduled"
            ),
            Waiting(
                _("Images without credit"), lacking.count(), f"{images}?lacks=credit"
            ),
        ]
    return waiting


class Desk(admin.AdminSite):
    """The one admin site; its index says what waits for whom."""

    site_title = gettext_lazy("Newsroom")
    site_header = gettext_lazy("Newsroom")
    index_title = gettext_lazy("Desk")
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_impossible(request, kwargs.get("object_id", ""))
            return checked(request, *args, **kwargs)

        return inner

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Suggestions.as_view(admin_site=self)(request)

    def index(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> TemplateResponse:
        """Show what waits for whom, each number a link, above the list of all."""
        waiting = [one for one in waiting_for(staff_of(request)) if one.number]
        context = {"waiting": waiting} | (extra_context or {})
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Sign in; after too many failures from one network, only after a while.

        Failures are counted per network and name, so that nobody can lock a
        colleague out from elsewhere.
        """
        if request.method != "POST":
            return super().login(request, extra_context)
        name = request.POST.get("username", "")[:60].lower()
        key = f"login:{networks.network_key(request)}:{name}".replace("\0", "")[:100]
        most = settings.LOGIN_FAILURES_PER_QUARTER_HOUR
        if limits.number_of(key, within=A_QUARTER_HOUR) >= most:
            return errors.too_many_requests(request, wait=A_QUARTER_HOUR)
        response = super().login(request, extra_context)
        if response.status_code != 302:
            limits.count(key, within=A_QUARTER_HOUR)
        return response


def _refuse_impossible(request: HttpRequest, object_id: str) -> None:
    """Raise what gives a 404 or 400 where Django's own admin would fail with a 500.

    Every key here is a number of 64 bits, and every year one that a date can have.
    """
    if object_id.isdecimal() and len(object_id) > DIGITS_OF_A_KEY:
        raise Http404
    for key in request.POST.getlist("_selected_action"):
        if not (key.isascii() and key.isdecimal() and len(key) <= DIGITS_OF_A_KEY):
            raise BadRequest("What was selected has no such number.")
    for name in request.GET:
        year = request.GET.get(name, "")
        if name.endswith("__year") and not (
            year.isdecimal() and MINYEAR <= int(year[:5]) < MAXYEAR
        ):
            raise BadRequest("There is no such year.")
