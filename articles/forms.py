"""What readers may ask of the archive, and say of what they were shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import PreviewLink

MOST_WORDS = 8


class SearchForm(forms.Form):
    """A few words that a story must hold."""

    q = forms.CharField(
        label=_("Search"),
        max_length=200,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
        error_messages={
            "required": _("Type a word to search for."),
            "max_length": _("Search for at most 200 characters."),
        },
    )

    def clean_q(self) -> list[str]:
        words = self.cleaned_data["q"].split()
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(
                _("Search for at most %(most)d words."), params={"most": MOST_WORDS}
            )
        return words


class PreviewAnswerForm(forms.Form):
    """What someone outside says of a story they were shown before it is published."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (PreviewLink.Answer.APPROVED, _("It can be published as it is.")),
            (PreviewLink.Answer.OBJECTED, _("Something should be changed first.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    words = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "objected" and not cleaned.get("words"):
            self.add_error("words", _("Say what should be changed."))
        return cleaned
