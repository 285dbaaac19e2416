"""What readers may ask of the archive, and say of what they were shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles import search
from articles.models import Author, PreviewLink, Section

MOST_WORDS = 8


class SearchForm(forms.Form):
    """A few words that a story must hold, and where and when it must stand."""

    q = forms.CharField(
        label=_("Words in the headline or the story"),
        max_length=200,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
        error_messages={
            "required": _("Type a word to search for."),
            "max_length": _("Search for at most 200 characters."),
        },
    )
    section = forms.ModelChoiceField(
        Section.objects.all(),
        label=_("Section"),
        to_field_name="slug",
        required=False,
        empty_label=_("All sections"),
        error_messages={"invalid_choice": _("There is no such section.")},
    )
    author = forms.ModelChoiceField(
        Author.objects.only("slug", "name"),
        label=_("Author"),
        to_field_name="slug",
        required=False,
        empty_label=_("All authors"),
        error_messages={"invalid_choice": _("There is no such author.")},
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a date as in 2026-11-23.")},
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a date as in 2026-11-23.")},
    )
    order = forms.ChoiceField(
        label=_("Order"),
        choices=search.Order.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such order.")},
    )

    def clean_q(self) -> tuple[search.Term, ...]:
        terms = search.terms_of(self.cleaned_data["q"])
        if not terms:
            raise forms.ValidationError(
                _("Type a word or a number: signs alone are not in the index.")
            )
        if len(terms) > MOST_WORDS:
            raise forms.ValidationError(
                _("Search for at most %(most)d words."), params={"most": MOST_WORDS}
            )
        return terms

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("It ends before it begins."))
        return cleaned

    @property
    def question(self) -> search.Question:
        """What a valid form asks of the index."""
        names = ("section", "author", "since", "until")
        return search.Question(
            self.cleaned_data["q"], **{name: self.cleaned_data[name] for name in names}
        )


class SignUpForm(forms.Form):
    """Who wants the newsletter; the second field is one that people do not see."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Give the address that it shall come to."),
            "invalid": _("This is no email address. Give one as in name@example.org."),
        },
    )
    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "newsletter-%s")
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        """Refuse what mail servers do not take: letters outside ASCII before the @."""
        email: str = self.cleaned_data["email"]
        if not email.rpartition("@")[0].isascii():
            raise forms.ValidationError(self.fields["email"].error_messages["invalid"])
        return email


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
