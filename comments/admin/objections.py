"""Appeals and notices of illegal content: each decided with a word to who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin, messages
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import appeals, notices
from comments.models import Appeal, Comment, IllegalNotice
from newsroom.staff import staff_of

from .base import Moderated

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


# PostgreSQL would list what has no time last.
OPEN_FIRST = F("decided_at").asc(nulls_first=True)


class Decided(Moderated):
    """Decided once, by one of two buttons; read-only afterwards."""

    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.decided_at is None
        return self.has_moderate_permission(request) and is_open

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_moderate_permission(request)


class AppealDecision(forms.ModelForm):
    """What the moderator answers."""

    word = forms.CharField(
        label=gettext_lazy("A word to its writer"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"class": "vTextField"}),
    )

    class Meta:
        model = Appeal
        fields = ()


@admin.register(Appeal)
class AppealAdmin(Decided, admin.ModelAdmin):
    """Open appeals first; who refused the comment leaves them to another."""

    form = AppealDecision
    list_display = ["comment", "words", "created_at", "upheld", "decided_by"]
    list_filter = [("decided_at", admin.EmptyFieldListFilter), "upheld"]
    list_select_related = ["comment", "decided_by"]
    ordering = [OPEN_FIRST, "pk"]
    readonly_fields = [
        "text",
        "why",
        "words",
        "created_at",
        "upheld",
        "decided_by",
        "decided_at",
    ]

    @override
    def get_fields(self, request: HttpRequest, obj: Appeal | None = None) -> Any:
        is_open = obj is not None and obj.decided_at is None
        return [*self.readonly_fields, "word"] if is_open else self.readonly_fields

    @admin.display(description=gettext_lazy("comment"))
    def text(self, appeal: Appeal) -> SafeString:
        return appeal.comment.rendered

    @admin.display(description=gettext_lazy("refused because"))
    def why(self, appeal: Appeal) -> str:
        comment = appeal.comment
        said = [str(comment.get_fault_display()), comment.word]
        return " ".join(filter(None, said)) or str(comment.get_state_display())

    @override
    def save_model(
        self, request: HttpRequest, obj: Appeal, form: Any, change: bool
    ) -> None:
        buttons = {"_uphold": True, "_dismiss": False}
        for button, upheld in buttons.items():
            if button in request.POST:
                self._decide(request, obj, form.cleaned_data["word"], upheld=upheld)

    def _decide(
        self, request: HttpRequest, obj: Appeal, word: str, *, upheld: bool
    ) -> None:
        try:
            appeals.decide_appeal(
                obj, upheld=upheld, moderator=staff_of(request), word=word
            )
        except appeals.AppealDecided:
            messages.warning(request, _("Another moderator was quicker."))
        except appeals.AnotherModeratorShould:
            messages.error(
                request,
                _("You refused this comment: another moderator decides on the appeal."),
            )


class NoticeDecision(forms.ModelForm):
    """The statement of reasons, without which nothing is decided."""

    class Meta:
        model = IllegalNotice
        fields = ("statement",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "statement" in self.fields:
            self.fields["statement"].required = True
            self.fields["statement"].error_messages["required"] = _(
                "Say what was decided, on which facts, and under which law or rule."
            )


@admin.register(IllegalNotice)
class IllegalNoticeAdmin(Decided, admin.ModelAdmin):
    """Open notices first, oldest on top: the law asks for a timely decision."""

    form = NoticeDecision
    list_display = ["reference", "excerpt", "created_at", "state", "decided_by"]
    list_filter = ["state"]
    ordering = [OPEN_FIRST, "pk"]
    search_fields = ["reference", "quoted", "explanation"]
    readonly_fields = [
        "reference",
        "quoted",
        "now",
        "explanation",
        "law",
        "name",
        "email",
        "created_at",
        "state",
        "decided_by",
        "decided_at",
    ]

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, "statement"]

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, notice: IllegalNotice) -> str:
        return notice.quoted[:80]

    @admin.display(description=gettext_lazy("the comment now"))
    def now(self, notice: IllegalNotice) -> str:
        comment = Comment.objects.get(pk=notice.comment_id)
        return f"{comment.get_state_display()}: {comment.source}"

    @override
    def save_model(
        self, request: HttpRequest, obj: IllegalNotice, form: Any, change: bool
    ) -> None:
        buttons = {"_uphold": True, "_dismiss": False}
        for button, upheld in buttons.items():
            if button not in request.POST:
                continue
            try:
                notices.decide_notice(
                    obj,
                    upheld=upheld,
                    moderator=staff_of(request),
                    statement=form.cleaned_data["statement"],
                )
            except notices.NoticeDecided:
                messages.warning(request, _("Another moderator was quicker."))
