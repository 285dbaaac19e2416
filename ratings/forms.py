from django import forms
from django.utils.translation import gettext_lazy as _

from ratings.models import STARS


class RatingForm(forms.Form):
    """One to five whole stars: anything else is refused, not rounded."""

    score = forms.TypedChoiceField(
        choices=[(stars, str(stars)) for stars in STARS],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one to five stars."),
            "invalid_choice": _("Choose one to five stars."),
        },
    )
