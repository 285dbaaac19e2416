"""What a reader types under a story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from comments import akismet, text
from comments.models import Appeal, IllegalNotice, Report

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
    wants_mail = forms.BooleanField(
        label=_("Tell me by email what becomes of it, and of replies."),
        required=False,
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
        _limit(self.fields["comment"])
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"respond-{name}"

    def clean_name(self) -> str:
        name = text.visible(self.cleaned_data["name"])
        if not name and self.fields["name"].required:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class AddressForm(forms.Form):
    """Whose comments are asked for."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Give the address that you wrote with."),
            "invalid": _("This is no email address. Give one as in name@example.org."),
        },
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class EditForm(forms.Form):
    """The words of one's own comment."""

    comment = forms.CharField(
        label=_("Comment"),
        widget=forms.Textarea({"rows": 8, "dir": "auto", "id": "edit-comment"}),
        error_messages={"required": _("Write your comment, or take it back.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(self.fields["comment"])


def _limit(field: forms.Field) -> None:
    most = settings.COMMENT_MAX_LENGTH
    message = _(
        "The comment has %(show_value)d characters; %(limit_value)d is the most. "
        "Shorten it, or post it in parts."
    )
    field.widget.attrs["data-most"] = most
    field.validators.append(MaxLengthValidator(most, message))


class ReportForm(forms.ModelForm):
    """What a reader has against a comment."""

    class Meta:
        model = Report
        fields = ("reason", "words")
        widgets = {
            "reason": forms.RadioSelect,
            "words": forms.Textarea({"rows": 3, "dir": "auto"}),
        }
        labels = {"reason": _("What is wrong with it?"), "words": _("In your words")}
        error_messages = {
            "reason": {
                "required": _("Choose what is wrong with it."),
                "invalid_choice": _("Choose what is wrong with it."),
            },
            "words": {"max_length": _("500 characters are the most. Shorten it.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without the empty choice that Django adds: nothing is chosen yet.
        self.fields["reason"].widget.choices = Report.Reason.choices


class NoticeForm(forms.ModelForm):
    """Notice of illegal content: what Article 16 of the Digital Services Act names."""

    KEPT = ("explanation", "law", "name", "email")

    in_good_faith = forms.BooleanField(
        label=_(
            "I believe in good faith that what I say here is correct and complete."
        ),
        error_messages={"required": _("Confirm this to give notice.")},
    )

    class Meta:
        model = IllegalNotice
        fields = ("explanation", "law", "name", "email")
        widgets = {
            "explanation": forms.Textarea({"rows": 6, "dir": "auto"}),
            "law": forms.TextInput({"dir": "auto"}),
            "name": forms.TextInput({"autocomplete": "name", "dir": "auto"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }
        labels = {
            "explanation": _("Why is it illegal?"),
            "law": _("Which law does it break, if you know?"),
        }
        help_texts = {
            "email": _(
                "Name and email may be left out where the law lets you, as for crimes "
                "against children; with an address we can tell you what was decided."
            )
        }
        error_messages = {
            "explanation": {"required": _("Say why it is illegal.")},
            "email": {"invalid": _("This is no email address.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explanation = self.fields["explanation"]
        most = 5000
        message = _("%(limit_value)d characters are the most. Shorten it.")
        explanation.validators.append(MaxLengthValidator(most, message))


class AppealForm(forms.ModelForm):
    """What a writer says against a refusal."""

    class Meta:
        model = Appeal
        fields = ("words",)
        widgets = {"words": forms.Textarea({"rows": 4, "dir": "auto"})}
        labels = {"words": _("Why should it be published?")}
        error_messages = {
            "words": {
                "required": _("Say why it should be published."),
                "max_length": _("1,000 characters are the most. Shorten it."),
            }
        }
