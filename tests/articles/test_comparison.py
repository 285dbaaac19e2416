"""Two versions word by word: in reading order, for readers, and at a cost with an end."""

import time
from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from articles import publishing
from articles.comparison import (
    Comparison,
    Field,
    Kind,
    compare,
    compare_for_readers,
    rows_of,
)
from tests.factories import make_article, make_draft, make_image

MARKS = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}


def read(rows):
    """Return rows as a reader meets them: removed words in [-…-], added in {+…+}."""
    return [
        "".join(MARKS[part.kind].format(part.text) for part in row.parts)
        for row in rows
    ]


def saved(article, **fields):
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    return publishing.save_working_copy(article, editor=None)


def test_removed_words_stand_before_the_added_ones():
    rows = rows_of(["The bridge opens at six today."], ["The bridge opens at nine."])

    assert read(rows) == ["The bridge opens at [-six today.-]{+nine.+}"]


def test_an_edited_paragraph_meets_its_old_self_past_one_put_before_it():
    rows = rows_of(
        ["The lorry crossed at six.", "Gulls sat on the pier and slept."],
        ["Taxes rise.", "Gulls sat on the pier and looked.", "The end."],
    )

    assert read(rows) == [
        "[-The lorry crossed at six.-]{+Taxes rise.+}",
        "Gulls sat on the pier and [-slept.-]{+looked.+}",
        "{+The end.+}",
    ]


def test_scripts_without_spaces_are_compared_letter_by_letter():
    rows = rows_of(["橋は六時に開いた"], ["橋は九時に開いた"])

    assert read(rows) == ["橋は[-六-]{+九+}時に開いた"]


def test_words_that_repeat_without_end_are_compared_in_seconds():
    old = ["a b " * 250 + str(number) for number in range(250)]
    new = ["b a c " * 165 + str(number) for number in range(900, 1150)]
    started = time.monotonic()

    rows = rows_of(old, new)

    assert time.monotonic() - started < 20  # without a limit: minutes
    assert "{+" in read(rows)[0]
    assert read(rows)[-1].startswith("[-a b")  # shown whole: the limit is used up


def test_all_but_the_neighbours_of_a_change_are_only_counted():
    old = [f"Paragraph {number}." for number in range(9)]
    new = [*old[:4], "Another one.", *old[5:]]

    runs = Field("body", "Body", rows_of(old, new)).runs

    assert [run.unchanged for run in runs] == [3, 0, 3]
    assert read(runs[1].rows) == [
        "Paragraph 3.", "[-Paragraph 4.-]{+Another one.+}", "Paragraph 5.",
    ]  # fmt: skip


def test_what_is_compared_is_words_and_never_markup():
    field = Field("body", "Body", rows_of(["<script>1</script> six"], ["<b>1</b> six"]))

    page = render_to_string(
        "articles/_changes.html", {"comparison": Comparison([field])}
    )

    assert "<del>&lt;script&gt;1&lt;/script&gt;</del> " in page
    assert "<ins>&lt;b&gt;1&lt;/b&gt;</ins> " in page


def test_readers_get_no_name_of_a_story_that_is_not_theirs_and_no_desks_fields():
    now = timezone.now()
    secret = make_article(headline="Budget leak", published_at=now + timedelta(hours=1))
    known = make_article(headline="Riggers thanked")
    saved(known, headline="Riggers unmasked")
    draft = make_draft()
    old = draft.newest_revision
    lines = "".join(f'<div data-read-more="{one.pk}"></div>' for one in (secret, known))
    picture = f'<figure data-image="{make_image(alt="A gull").pk}" data-layout="wide"></figure>'
    new = saved(draft, body=draft.body + lines + picture, seo_headline="Bridge")

    desk = [field.label for field in compare(old, new).fields]
    (field,) = compare_for_readers(old, new, now).fields

    assert desk == ["Body", "Headline for search"]
    assert read(field.rows)[1:] == [
        "{+READ MORE: Riggers thanked+}", "{+[Picture: A gull]+}",
    ]  # fmt: skip
