"""The moderation queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin, messages
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, ngettext

from comments import moderation, picking, screening
from comments.models import Comment
from newsroom.staff import staff_of

from . import queue
from .base import Moderated

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

State = Comment.State
BUTTONS = {
    "_approve": State.APPROVED,
    "_spam": State.SPAM,
    "_remove": State.REMOVED,
    "_hold": State.PENDING,
}


class DecisionForm(forms.ModelForm):
    """What a moderator says about a decision, beside the buttons that make it."""

    fault = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        choices=[("", "–"), *Comment.Fault.choices],
    )
    word = forms.CharField(
        label=gettext_lazy("A word to its writer"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "If the comment is not published, its writer reads this and the reason."
        ),
        widget=forms.TextInput({"class": "vTextField"}),
    )

    class Meta:
        model = Comment
        fields = ()


@admin.register(Comment)
class CommentAdmin(Moderated, admin.ModelAdmin):
    """Comments: what each says, why it was held, and what is to become of it."""

    form = DecisionForm
    list_display = ["excerpt", "name", "story", "state", "why", "created_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["thread__article"]
    list_per_page = 50
    search_fields = ["name", "email", "source"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ["approve", "mark_as_spam", "remove", "hold", "pick", "unpick"]
    readonly_fields = [
        "story",
        "answers",
        "name",
        "email",
        "website",
        "text",
        "state",
        "why",
        "created_at",
    ]
    fields = (*readonly_fields, "fault", "word")

    def get_urls(self) -> list[Any]:
        return queue.urls() + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).select_related("thread__article", "parent")

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, comment: Comment) -> str:
        return Truncator(comment.source).words(24)

    @admin.display(description=gettext_lazy("story"), ordering="thread")
    def story(self, comment: Comment) -> SafeString:
        article = comment.thread.article
        return format_html(
            '<a href="{}">{}</a>', article.get_absolute_url(), article.headline
        )

    @admin.display(description=gettext_lazy("in reply to"))
    def answers(self, comment: Comment) -> str:
        return str(comment.parent) if comment.parent else "–"

    @admin.display(description=gettext_lazy("comment"))
    def text(self, comment: Comment) -> SafeString:
        return comment.rendered

    @admin.display(description=gettext_lazy("why"))
    def why(self, comment: Comment) -> str:
        reasons = ((screening.in_words(one),) for one in comment.verdicts)
        return format_html_join(" ", "{}", reasons) or "–"

    def view_on_site(self, comment: Comment) -> str | None:
        """Return the comment's address while readers can see it."""
        return comment.get_absolute_url() if comment.is_approved else None

    @override
    def save_model(
        self, request: HttpRequest, obj: Comment, form: Any, change: bool
    ) -> None:
        """Decide as the button says that was pressed; nothing else can be changed."""
        for button, state in BUTTONS.items():
            if button in request.POST:
                said = {name: form.cleaned_data[name] for name in ("fault", "word")}
                moderation.decide([obj], state, moderator=staff_of(request), **said)
                obj.state = state

    def _decide(
        self, request: HttpRequest, comments: QuerySet[Comment], state: Comment.State
    ) -> None:
        changed = moderation.decide(comments, state, moderator=staff_of(request))
        said = ngettext(
            "%(n)d comment is now: %(state)s.",
            "%(n)d comments are now: %(state)s.",
            changed,
        )
        messages.success(request, said % {"n": changed, "state": state.label})

    @admin.action(
        description=gettext_lazy("Approve selected comments"), permissions=["moderate"]
    )
    def approve(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide(request, queryset, State.APPROVED)

    @admin.action(
        description=gettext_lazy("Mark selected comments as spam"),
        permissions=["moderate"],
    )
    def mark_as_spam(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide(request, queryset, State.SPAM)

    @admin.action(
        description=gettext_lazy("Remove selected comments"), permissions=["moderate"]
    )
    def remove(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide(request, queryset, State.REMOVED)

    @admin.action(
        description=gettext_lazy("Hold selected comments again"),
        permissions=["moderate"],
    )
    def hold(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide(request, queryset, State.PENDING)

    @admin.action(
        description=gettext_lazy("Pin selected comments as editors’ picks"),
        permissions=["moderate"],
    )
    def pick(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            picking.pick(comment, moderator=staff_of(request))

    @admin.action(
        description=gettext_lazy("Pin selected comments no more"),
        permissions=["moderate"],
    )
    def unpick(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            picking.unpick(comment, moderator=staff_of(request))
