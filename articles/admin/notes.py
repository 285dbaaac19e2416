"""What colleagues say to each other about a story, under its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles import workflow
from articles.models import Article, Note
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 50  # of the newest notes are shown


class NoteForm(forms.ModelForm):
    """One note, in plain text."""

    class Meta:
        model = Note
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 3})}
        labels = {"text": _("A note for colleagues")}
        help_texts = {
            "text": _(
                "Readers never see it. Name colleagues as @name: they get a mail."
            )
        }


def notes_of(article: Article) -> Sequence[Note]:
    """Return the newest notes on the story, in the order they were written."""
    newest = article.notes.select_related("writer").order_by("-pk")[:MOST]
    return list(reversed(newest))


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note; answer with the notes alone if the form's script asks for them."""
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    article = get_object_or_404(Article, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        workflow.add_note(article, writer=staff_of(request), text=text)
        form = NoteForm()
        if request.POST.get("fragment") != "notes":
            url = reverse("admin:articles_article_change", args=[pk])
            return HttpResponseRedirect(f"{url}#notes")
    context = {"original": article, "notes": notes_of(article), "note_form": form}
    status = 422 if form.errors else 200
    if request.POST.get("fragment") == "notes":
        name = "admin/articles/article/_notes.html"
    else:
        name = "admin/articles/article/notes.html"
    return render(request, name, context, status=status)
