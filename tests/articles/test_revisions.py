"""Revisions at the desk: what changed, two side by side, and back again."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from articles import publishing
from articles.comparison import MOST_WORDS, Kind, compare, rows_of
from articles.models import Article, Byline, Image, Revision
from tests.articles.test_admin_stories import fill_in, sign_in, url_of
from tests.factories import make_article, make_author, make_draft, make_image


def listed_url(article):
    return reverse("admin:articles_article_revisions", args=[article.pk])


def compare_url(article):
    return reverse("admin:articles_article_compare", args=[article.pk])


def saved(article, **fields):
    """Save the working copy with ``fields`` changed; return the revision."""
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    return publishing.save_working_copy(article, editor=None)


def words(rows, side):
    """Return one side of a comparison: removed words in [-…-], added ones in {+…+}."""
    marks = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return [
        "".join(marks[part.kind].format(part.text) for part in getattr(row, side))
        for row in rows
    ]


# --- Words -------------------------------------------------------------------------


def test_words_are_compared_within_a_paragraph():
    rows = rows_of(["The bridge opens at six today."], ["The bridge opens at nine."])

    assert words(rows, "old") == ["The bridge opens at [-six today.-]"]
    assert words(rows, "new") == ["The bridge opens at {+nine.+}"]


def test_a_paragraph_put_between_others_leaves_them_alone():
    rows = rows_of(["One.", "Three."], ["One.", "Two.", "Three."])

    assert words(rows, "old") == ["One.", "", "Three."]
    assert words(rows, "new") == ["One.", "{+Two.+}", "Three."]
    assert [row.is_changed for row in rows] == [False, True, False]


def test_paragraphs_with_nothing_in_common_are_shown_whole():
    rows = rows_of(["A gull sat on the pier."], ["Taxes rise by nine percent."])

    assert words(rows, "old") == ["[-A gull sat on the pier.-]"]
    assert words(rows, "new") == ["{+Taxes rise by nine percent.+}"]


def test_words_of_any_script_are_compared():
    rows = rows_of(["فتح الجسر في السادسة"], ["فتح الجسر في التاسعة"])

    assert words(rows, "new") == ["فتح الجسر في {+التاسعة+}"]


def test_a_long_body_is_compared_paragraph_by_paragraph():
    old = [f"Paragraph {number} of many, as they go." for number in range(12_000)]
    new = [
        text.replace("many", "some") if i % 7 == 0 else text
        for i, text in enumerate(old)
    ]
    block = "word " * (MOST_WORDS * 5)

    rows = rows_of([*old, block], [*new, block + "more"])

    assert sum(row.is_changed for row in rows) == 12_000 // 7 + 2
    assert words(rows, "new")[-1].startswith("{+word")


# --- Versions ----------------------------------------------------------------------


def test_every_part_of_a_story_is_compared_by_its_name():
    image = make_image(alt="A gull")
    other = make_article(headline="Riggers thanked")
    draft = make_draft(author=make_author("Odalys Fenwright"), headline="Bridge opens")
    old = draft.newest_revision
    Byline.objects.create(
        article=draft, guest="A. Visitor", role="photographs", position=2
    )
    new = saved(
        draft,
        headline="Bridge reopens",
        label="opinion",
        lead_image=image,
        seo_headline="Bridge",
        body=f'<h2>Noon</h2><p>See <a href="https://a.example/">this</a>.</p>'
        f'<figure data-image="{image.pk}" data-layout="wide"><figcaption>On a post.'
        f'</figcaption></figure><div data-read-more="{other.pk}"></div>'
        "<ul><li><p>An entry</p></li></ul>",
    )

    fields = {field.label: field for field in compare(old, new).fields}

    assert set(fields) == {
        "Headline", "Label", "Lead image", "Headline for search", "Body", "Byline",
    }  # fmt: skip
    assert words(fields["Headline"].rows, "new") == ["Bridge {+reopens+}"]
    assert words(fields["Byline"].rows, "new") == [
        "by Odalys Fenwright", "{+photographs by A. Visitor+}",
    ]  # fmt: skip
    body = " ".join(words(fields["Body"].rows, "new"))
    for said in ("## Noon", "See this (https://a.example/).", "[Picture: A gull",
                 "wide On a post.", "READ MORE: Riggers thanked", "• An entry"):  # fmt: skip
        assert said in body


def test_a_story_elsewhere_is_named_with_its_address():
    draft = make_draft()
    old = draft.newest_revision
    line = '<div data-read-more="" data-href="https://b.example/" data-title="Tides"></div>'

    (field,) = compare(old, saved(draft, body=draft.body + line)).fields

    assert "{+READ MORE: Tides (https://b.example/)+}" in words(field.rows, "new")


def test_a_comparison_costs_three_queries(django_assert_max_num_queries):
    draft = make_draft(author=make_author(), lead_image=make_image())
    old = draft.newest_revision
    figures = "".join(
        f'<figure data-image="{make_image().pk}" data-layout="wide"></figure>'
        for _number in range(4)
    )
    new = saved(draft, body=figures)

    with django_assert_max_num_queries(3):
        compare(old, new)


# --- Pages -------------------------------------------------------------------------


def test_any_two_revisions_are_shown_side_by_side(client):
    sign_in(client)
    draft = make_draft(headline="Bridge opens")
    saved(draft, headline="Bridge reopens")
    saved(draft, headline="Bridge <reopens> early")

    page = client.get(compare_url(draft), {"old": 1, "new": 3})
    turned = client.get(compare_url(draft), {"old": 3, "new": 1})
    newest = client.get(compare_url(draft))

    assert "<del>opens</del>" in page.text
    assert "<ins>&lt;reopens&gt; early</ins>" in page.text
    assert "<ins>&lt;reopens&gt; early</ins>" in turned.text
    assert "<del>reopens</del>" in newest.text


def test_what_is_the_same_in_both_is_only_counted(client):
    sign_in(client)
    paragraphs = [f"<p>Paragraph {number}.</p>" for number in range(9)]
    draft = make_draft(body="".join(paragraphs))
    saved(draft, body="".join([*paragraphs, "<p>The end.</p>"]))

    page = client.get(compare_url(draft))

    assert "<ins>The end.</ins>" in page.text
    assert "Paragraph 8." in page.text  # next to what was added
    assert "8 paragraphs unchanged" in page.text
    assert "Paragraph 7." not in page.text


def test_the_list_says_who_saved_what_and_offers_two_to_compare(client):
    editor = sign_in(client, first_name="Saskia")
    draft = make_article(headline="Bridge opens")
    client.post(
        url_of(draft),
        fill_in(client, url_of(draft), standfirst="New.", note="For the second page"),
    )

    page = client.get(listed_url(draft))

    assert editor.name in page.text
    assert "standfirst" in page.text
    assert "For the second page" in page.text
    assert "(readers have it)" in page.text.partition('value="1"')[2]
    assert page.text.count('name="old"') == 2


def test_a_story_with_many_revisions_costs_no_more(
    client, django_assert_max_num_queries
):
    sign_in(client)
    draft = make_draft()
    for number in range(60):
        saved(draft, headline=f"Version {number}")

    with django_assert_max_num_queries(9):
        first = client.get(listed_url(draft))
    second = client.get(listed_url(draft), {"page": 2})

    assert first.text.count('name="old"') == 50
    assert second.text.count('name="old"') == 11


@pytest.mark.parametrize(
    "query", ["old=9", "new=9", "old=x", "new=-1", "old=" + "9" * 40, "old=1&new=0"]
)
def test_a_revision_that_there_is_not_is_not_found(client, query):
    sign_in(client)
    draft = make_draft()
    saved(draft, headline="Second")

    assert client.get(f"{compare_url(draft)}?{query}").status_code == 404
    assert client.get(compare_url(draft)).status_code == 200


def test_a_first_revision_has_none_to_be_compared_with(client):
    sign_in(client)
    assert client.get(compare_url(make_draft())).status_code == 404


def test_revisions_are_for_those_who_may_read_them(client):
    draft = make_draft()
    saved(draft, headline="Second")
    sign_in(client, "Moderator")

    assert client.get(listed_url(draft)).status_code == 403
    assert client.get(compare_url(draft)).status_code == 403


def test_a_revision_is_read_with_its_pictures_and_read_more_lines(client):
    sign_in(client)
    image = make_image(alt="A gull on a post")
    other = make_article(headline="Riggers thanked")
    draft = make_draft(
        body=f'<figure data-image="{image.pk}"></figure><div data-read-more="{other.pk}"></div>'
    )
    url = reverse("admin:articles_revision_change", args=[draft.newest_revision.pk])

    page = client.get(url)

    assert 'alt="A gull on a post"' in page.text
    assert "Riggers thanked" in page.text


def test_restoring_a_revision_whose_image_is_gone_leaves_the_picture_out(client):
    sign_in(client)
    image = make_image()
    draft = make_draft(
        lead_image=image,
        body=f'<p>Before.</p><figure data-image="{image.pk}"></figure>',
    )
    saved(draft, lead_image=None, body="<p>After.</p>")
    Image.objects.all().delete()
    first = Revision.objects.get(number=1)

    answer = client.post(
        reverse("admin:articles_revision_restore", args=[first.pk]), follow=True
    )
    published = client.post(
        url_of(draft), fill_in(client, url_of(draft), _publish="1"), follow=True
    )

    assert "says again what revision 1 said" in answer.text
    assert f"Image {image.pk} is not in the library" in answer.text
    article = Article.objects.get()
    assert article.lead_image is None
    assert "<p>Before.</p>" in article.body
    assert f"Image {image.pk} is not in the library" in published.text


def test_the_change_form_costs_the_same_however_much_there_is(client):
    sign_in(client)
    draft = make_draft()

    def cost(act):
        with CaptureQueriesContext(connection) as queries:
            answer = act()
        assert answer.status_code in {200, 302}
        return len(queries)

    def open_and_save(headline):
        opened = cost(lambda: client.get(url_of(draft)))
        data = fill_in(client, url_of(draft), headline=headline)
        return opened, cost(lambda: client.post(url_of(draft), data))

    open_and_save("Warm")
    little = open_and_save("Little")
    for number in range(30):
        saved(Article.objects.get(pk=draft.pk), headline=f"Version {number}")
        make_image()
        make_draft()
    much = open_and_save("Much")

    assert much == little
