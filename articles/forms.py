"""What readers may ask of the archive."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
