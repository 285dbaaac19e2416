"""What a reader types under a story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from comments import akismet

if TYPE_CHECKING:
    from comments.rules import Rules


class CommentForm(forms.Form):
    """Leave a Reply: the fields in the order readers know, and one they do not see."""

    comment = forms.CharField(
        label=_("Comment"),
        widget=forms.Textarea({"rows": 8, "dir": "auto"}),
        error_messages={"required": _("Write your comment.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=245,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Give a name: a nickname will do.")},
    )
    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Give your email address. It will not be published."),
            "invalid": _("This is no email address. Give one as in name@example.org."),
        },
    )
    website = forms.URLField(
        label=_("Website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        # Not a browser's own kind of field, which refuses “example.org”.
        widget=forms.TextInput({"autocomplete": "url", "inputmode": "url"}),
        error_messages={
            "invalid": _("This is no web address. Give one as in https://example.org.")
        },
    )
    reply_to = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("The comment you answer is not there."),
        ),
    )
    # Programs fill in what they find; people are kept from it by the style sheet.
    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_akismet = rules.akismet and akismet.is_on()
        for name in ("name", "email"):
            self.fields[name].required = rules.name_and_email_required
        most = settings.COMMENT_MAX_LENGTH
        message = _(
            "The comment has %(show_value)d characters; %(limit_value)d is the most. "
            "Shorten it, or post it in parts."
        )
        self.fields["comment"].validators.append(MaxLengthValidator(most, message))
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"respond-{name}"

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()
