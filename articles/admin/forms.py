from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import ImportMap, Media

from articles import body, publishing, unsaved
from articles.comparison import Comparison, compare
from articles.models import Article, Correction, Revision
from articles.models.stories import WORDS_A_MINUTE
from articles.permissions import may_publish, sections_of

from . import conflicts
from .conflicts import CONTENT

if TYPE_CHECKING:
    from datetime import datetime

    from newsroom.models import User

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "StoryFigure": True,
    "ReadMore": True,
    "PullQuote": True,
    "Footnote": True,
    "StoryTable": True,
    "TableRow": True,
    "StoryCell": True,
    "StoryHeader": True,
    "Gallery": True,
    "Embed": True,
    "StoryRecording": True,
    "SlashMenu": True,
    "StoryPaste": True,
}

MINOR = "minor"  # a change that readers are not told of

format_html_lazy = lazy(format_html, str)

a_key = RegexValidator(r"^[0-9a-f]{32}\Z")


def validate_time(at: datetime) -> None:
    """Raise ``ValidationError`` for a year that no zone or database could take."""
    if not 1900 <= at.year < 9000:
        raise ValidationError(_("Choose a year between 1900 and 8999."))


class BodyWidget(AdminProseEditorWidget):
    """The editor, whose modules find each other by names that outlive a release."""

    @property
    def media(self) -> Media:
        """Its files, and where ``newsroom/editor-blocks`` is now."""
        own = ImportMap({"newsroom/editor-blocks": "js/editor-blocks.js"})
        return super().media + Media(importmap=own)


class PossibleKeys(forms.ModelMultipleChoiceField):
    """Rows chosen by key; what is no key is refused before the database is asked."""

    def _check_values(self, value: Any) -> Any:
        for key in value if isinstance(value, (list, tuple)) else ():
            digits = str(key)
            if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": digits[:40]},
                )
        return super()._check_values(value)  # type: ignore[misc]


class ArticleForm(forms.ModelForm):
    """A story's working copy, and what is asked when it is published or withdrawn.

    What takes effect beside it (expiry, embargo, notes, lines) is done only if it was
    touched here: the form says what it was filled with, and a colleague may have
    changed it since.
    """

    editor: User  # who works with the form; the admin sets it

    body = ProseEditorFormField(
        label=gettext_lazy("Body"),
        required=False,
        config={"extensions": EXTENSIONS},
        sanitize=body.clean,
        widget=BodyWidget,
        preset="configurable",
        help_text=format_html_lazy(
            '<output id="word-count" data-words-a-minute="{}" data-text="{}"></output> {}',
            WORDS_A_MINUTE,
            gettext_lazy("%words words, %minutes min to read."),
            gettext_lazy("“/” at the start of a paragraph offers every block."),
        ),
    )
    # What the form was filled from, so that ``clean`` sees what came in between.
    base = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    # Names what is typed into this form until it is saved; see ``unsaved``.
    copy = forms.CharField(
        label="", required=False, widget=forms.HiddenInput, validators=[a_key]
    )
    note = forms.CharField(
        label=gettext_lazy("Note on this change"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For colleagues; readers never see it."),
        widget=forms.TextInput({"class": "vTextField"}),
    )
    publish_at = forms.SplitDateTimeField(
        label=gettext_lazy("Publish at"),
        required=False,
        validators=[validate_time],
        show_hidden_initial=True,
        widget=AdminSplitDateTime,
        help_text=gettext_lazy(
            "Empty: at once, when the button is pressed. In the publication's time zone."
        ),
    )
    embargo = forms.BooleanField(
        label=gettext_lazy("Under embargo"),
        required=False,
        show_hidden_initial=True,
        help_text=gettext_lazy(
            "No slip publishes it before that time: this mark has to be taken away first."
        ),
    )
    expires = forms.SplitDateTimeField(
        label=gettext_lazy("Take from readers at"),
        required=False,
        validators=[validate_time],
        show_hidden_initial=True,
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Empty: it stays. Takes effect when the form is saved."),
    )
    note_kind = forms.ChoiceField(
        label=gettext_lazy("What readers are told of the change"),
        required=False,
        choices=[
            ("", "---------"),
            (MINOR, gettext_lazy("Nothing: a slip of spelling or form")),
            *Correction.Kind.choices,
        ],
        help_text=gettext_lazy("When a published story is published again."),
    )
    note_text = forms.CharField(
        label=gettext_lazy("In these words"),
        required=False,
        widget=AdminTextareaWidget({"rows": 2}),
    )
    removed_words = forms.ChoiceField(
        label=gettext_lazy("May readers see the removed words?"),
        required=False,
        choices=[
            ("", gettext_lazy("Yes: they can compare the two versions")),
            ("no", gettext_lazy("No: what the story said until now is withheld")),
        ],
    )
    withheld_because = forms.CharField(
        label=gettext_lazy("If not, why"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Readers see the reason and the date."),
        widget=forms.TextInput({"class": "vTextField"}),
    )
    withdrawal_note = forms.CharField(
        label=gettext_lazy("Public reason for a withdrawal"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"class": "vTextField"}),
    )

    class Meta:
        model = Article
        fields = "__all__"  # noqa: DJ007  # the admin's fieldsets choose
        widgets = {"standfirst": AdminTextareaWidget({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Theirs beside what was sent, when a colleague saved in between.
        self.conflict: Comparison | None = None
        if self.is_bound:
            self._take_theirs()
        self.initial["base"] = conflicts.base_of(self.instance)
        self.initial["copy"] = secrets.token_hex(16)
        self.initial["publish_at"] = to_come(self.instance)
        self.initial["embargo"] = self.instance.embargoed
        self.initial["expires"] = self.instance.expires_at
        self.old_path = self.instance.get_absolute_url()

    @property
    def note_to_readers(self) -> Correction | None:
        """The dated note that a substantive change needs; None for a minor one."""
        kind, text = (
            self.cleaned_data.get(name, "") for name in ("note_kind", "note_text")
        )
        return Correction(kind=kind, text=text) if kind not in {"", MINOR} else None

    @property
    def withhold_because(self) -> str:
        """Why readers may not see the removed words; "" if they may."""
        is_withheld = self.cleaned_data.get("removed_words") == "no"
        return self.cleaned_data["withheld_because"] if is_withheld else ""

    def clean_publish_at(self) -> Any:
        at = self.cleaned_data["publish_at"]
        if at and at <= timezone.now() and "_publish" in self.data:
            raise ValidationError(
                _(
                    "That time has passed. Choose a later one, or empty the field to "
                    "publish at once."
                )
            )
        return at

    def clean_due_at(self) -> Any:
        at = self.cleaned_data["due_at"]
        if at:
            validate_time(at)
        return at

    def clean_expires(self) -> Any:
        at = self.cleaned_data["expires"]
        if "expires" in self.changed_data and at and at <= timezone.now():
            raise ValidationError(
                _("That time has passed. Choose a later one, or withdraw the story.")
            )
        return at

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        article = self.instance
        if not article.day:
            return slug
        if not slug:
            raise ValidationError(_("A story that has an address needs a slug."))
        if not publishing.is_free(article, slug):
            raise ValidationError(
                _("This is, or was, another story's address. Choose another slug.")
            )
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._ask_what_readers_are_told(cleaned)
        self._keep_to_own_sections(cleaned)
        self._refuse_a_second_time(cleaned)
        if self.instance.pk:
            self._keep_embargo(cleaned)
            self._refuse_to_overwrite(cleaned)
        if "_restore" in self.data:
            self.add_error(
                None,
                _(
                    "This is what you typed and did not save. Look it through and save it."
                ),
            )
        return cleaned

    def _take_theirs(self) -> None:
        """Put a colleague's words in the place of what was sent, where that is chosen."""
        chosen = set(self.data.getlist("take_theirs")) & {*CONTENT}  # type: ignore[attr-defined]
        if not (chosen and self.instance.pk):
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in forms.model_to_dict(self.instance, fields=chosen).items():
            self.data[name] = "" if value is None else value  # type: ignore[index]

    def _ask_what_readers_are_told(self, cleaned: dict[str, Any]) -> None:
        """Let no edit of a story that readers know be silent by an oversight."""
        kind, text = cleaned.get("note_kind"), cleaned.get("note_text")
        is_told = kind not in {"", None, MINOR}
        if is_told and not text:
            self.add_error("note_text", _("Say in a sentence what has changed."))
        if "note_kind" not in self.fields or "_publish" not in self.data:
            return
        if not kind and "note_kind" not in self.errors and self.instance.was_seen():
            self.add_error(
                "note_kind",
                _("Say whether this is a slip, or what readers are told of it."),
            )
        if cleaned.get("removed_words") != "no":
            return
        if not is_told:
            self.add_error(
                "removed_words",
                _("Words that are withheld are no slip: tell readers of the change."),
            )
        if not cleaned.get("withheld_because"):
            self.add_error("withheld_because", _("Say why, in words for readers."))

    def _keep_embargo(self, cleaned: dict[str, Any]) -> None:
        """Ask for the mark to be taken away before the time is moved earlier."""
        article = self.instance
        until = article.published_at
        is_held = article.embargoed and until and until > timezone.now()
        if not (is_held and cleaned.get("embargo") and "_publish" in self.data):
            return
        at = cleaned.get("publish_at")
        if "publish_at" not in self.errors and (at is None or at < until):
            self.add_error(
                "publish_at",
                _(
                    "Embargoed until %(time)s (%(zone)s). Choose no earlier time, or take "
                    "the mark “Under embargo” away first."
                )
                % {
                    "time": date_format(timezone.localtime(until), "DATETIME_FORMAT"),
                    "zone": timezone.get_current_timezone_name(),
                },
            )

    def _keep_to_own_sections(self, cleaned: dict[str, Any]) -> None:
        """Let an editor of some sections neither take from others nor give to them.

        And let nobody call a story ready who may not publish it.
        """
        new, old = cleaned.get("section"), self.instance.section_id
        if new is None:
            return
        is_limited = may_publish(self.editor) and bool(sections_of(self.editor))
        is_moved = old not in {None, new.pk}
        if is_limited and is_moved and not may_publish(self.editor, old, new.pk):
            said = _("You publish in your own sections: leave this story in its own.")
            self.add_error("section", said)
        is_ready = cleaned.get("stage") == Article.Stage.READY
        is_called_ready = is_ready and "stage" in self.changed_data
        if is_called_ready and not may_publish(self.editor, new.pk):
            said = _("Only who may publish in that section calls its stories ready.")
            self.add_error("stage", said)

    def _refuse_a_second_time(self, cleaned: dict[str, Any]) -> None:
        """Stop a form that was saved: sent twice, or found again by going back."""
        key = cleaned.get("copy")
        saved = unsaved.settled(key, editor=self.editor) if key else None
        if saved is None:
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["copy"] = self.initial["copy"]  # type: ignore[index]
        url = reverse("admin:articles_article_change", args=[saved]) if saved else ""
        said = _(
            "This form was saved already. To save what stands here as well, save again."
        )
        link = (
            format_html(' <a href="{}">{}</a>', url, _("Open what was saved."))
            if url
            else ""
        )
        self.add_error(None, format_html("{}{}", said, link))

    def _refuse_to_overwrite(self, cleaned: dict[str, Any]) -> None:
        """Stop the second of two who save, once, with what the first one changed."""
        # The admin has locked the row, and has read it under the lock.
        current, base = self.instance, self.initial["base"]
        if cleaned.get("base") == base:
            return
        differing = [
            str(self.fields[name].label).lower()
            for name, value in conflicts.values_of(current).items()
            if name in self.fields and conflicts.comparable(cleaned.get(name)) != value
        ]
        differing += conflicts.changed_parts(cleaned.get("base", ""), current)
        # The next save is a choice made in the knowledge of this one.
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["base"] = base  # type: ignore[index]
        self._show_what_is_true_now()
        if differing:
            self.add_error(None, conflicts.said_of(current, differing))
            theirs = {name: getattr(current, name) for name in CONTENT}
            sent = {name: cleaned[name] for name in CONTENT if name in cleaned}
            mine = theirs | sent
            self.conflict = compare(Revision(**theirs), Revision(**mine))

    def _show_what_is_true_now(self) -> None:
        """Fill what was not touched in this form with what a colleague set meanwhile."""
        data: Any = self.data
        for name in {"publish_at", "expires"} & self.fields.keys() - {
            *self.changed_data
        }:
            at = self.initial[name] and timezone.localtime(self.initial[name])
            for key in (self.add_prefix(name), self.add_initial_prefix(name)):
                data[f"{key}_0"] = at.date().isoformat() if at else ""
                data[f"{key}_1"] = at.time().isoformat("minutes") if at else ""
        if "embargo" in self.fields and "embargo" not in self.changed_data:
            data["initial-embargo"] = str(self.initial["embargo"])
            data["embargo"] = "on" if self.initial["embargo"] else ""


class LineForm(forms.ModelForm):
    """One line of a story; what was not touched in it stays as the database has it.

    A colleague may have changed it since the form was filled, or two editors may have
    taken words out of it for good.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            for name in cleaned.keys() - {*self.changed_data}:
                if hasattr(self.instance, name):
                    cleaned[name] = getattr(self.instance, name)
        return cleaned


class LineFormSet(forms.BaseInlineFormSet):
    """Lines of a story; one whose row a colleague took out meanwhile is a new line.

    Django finds such a line invalid, in a field that nobody sees, at every save.
    """

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if self._is_new(form):
            form.fields["id"].required = False
            form.fields["id"].disabled = True  # what was sent names no row
        return form

    @property
    def initial_forms(self) -> list[Any]:
        return [form for form in self.forms if not self._is_new(form)]

    @property
    def extra_forms(self) -> list[Any]:
        return [form for form in self.forms if self._is_new(form)]

    def _is_new(self, form: Any) -> bool:
        return form.instance._state.adding


def to_come(article: Article) -> datetime | None:
    """Return when readers get something new of ``article``, if that is set."""
    now = timezone.now()
    for at in (article.next_at, article.published_at):
        if at and at > now and not article.withdrawn_at:
            return at
    return None
