"""Taking subscribers over from elsewhere, and along to there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles.models import Newsletter, Subscriber
from articles.newsletter import lists as subscribers_lists
from articles.newsletter.lists import HEAD, Unreadable, rows_of_all
from newsroom.models import Event
from newsroom.spreadsheets import csv_of
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_SHOWN = 1000  # lines of the report


class ListForm(forms.Form):
    """A list as a file or typed, and whether its people agreed."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        help_text=gettext_lazy(
            "With a column “email”, and “language” if you like; or one address a line."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Or the addresses, one a line"),
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy(
            "All of them asked for this newsletter, and we can show that they did."
        ),
        required=False,
        help_text=gettext_lazy(
            "Without this they are kept as unconfirmed and get nothing."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            if file.size > 2 * subscribers_lists.MOST_CHARACTERS:
                self.add_error("file", _("The list is too long. Cut it into parts."))
                return cleaned
            try:
                cleaned["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("Save the file as CSV in UTF-8."))
        elif not cleaned.get("text") and not self.errors:
            self.add_error("file", _("Choose a file, or type addresses."))
        return cleaned


def lists(request: HttpRequest) -> HttpResponse:
    """Show both forms; a POST takes a list in and reports on each of its lines."""
    may_import = request.user.has_perm("articles.add_subscriber")
    may_export = request.user.has_perm("articles.export_subscriber")
    if not (may_import or may_export):
        raise PermissionDenied
    is_sent = request.method == "POST"
    if is_sent and not may_import:
        raise PermissionDenied
    form = ListForm(request.POST, request.FILES) if is_sent else ListForm()
    context: dict[str, Any] = {}
    if is_sent and form.is_valid():
        try:
            lines = subscribers_lists.take(
                form.cleaned_data["text"],
                agreed=form.cleaned_data["agreed"],
                editor=staff_of(request),
            )
        except Unreadable as error:
            form.add_error(None, str(error))
        else:
            left = [line for line in lines if line.refusal]
            taken = [line for line in lines if not line.refusal]
            context = {
                "report": [*left, *taken][:MOST_SHOWN],
                "taken": len(taken),
                "left": len(left),
                "is_cut": len(lines) > MOST_SHOWN,
            }
            form = ListForm()
    context |= admin.site.each_context(request) | {
        "title": _("Import and export"),
        "opts": Subscriber._meta,
        "form": form,
        "may_import": may_import,
        "may_export": may_export,
        "number": Subscriber.objects.count(),
    }
    status = 422 if form.errors else 200
    template = "admin/articles/subscriber/lists.html"
    return render(request, template, context, status=status)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Answer with all subscribers as CSV, and write down who took them."""
    if not request.user.has_perm("articles.export_subscriber"):
        raise PermissionDenied
    newsletter = Newsletter.objects.current()
    newsletter.pk = 1
    facts = {"subscribers": Subscriber.objects.count()}
    editor = staff_of(request)
    Event.objects.record(editor, "export subscribers", newsletter, after=facts)
    return csv_of("subscribers.csv", HEAD, rows_of_all())
