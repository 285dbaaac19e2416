"""The desk's form for a story: written, published, corrected, and nothing lost."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Article, Byline, Correction, Tag
from newsroom.models import Event
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_section,
    make_staff,
)
from tests.html_forms import fields_of
from tests.readers import Reader

LIST = reverse("admin:articles_article_changelist")
ADD = reverse("admin:articles_article_add")


def url_of(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def fill_in(client, url, **fields):
    """Return what a browser would send of the form at ``url``, with ``fields`` typed."""
    return fields_of(client.get(url), "article_form") | fields


def sign_in(client, group="Editor", **fields):
    user = make_staff(group, **fields)
    client.force_login(user)
    return user


def written(**fields):
    """Return what is typed into the form for a new story."""
    return {
        "headline": "Bridge reopens",
        "standfirst": "After eleven weeks.",
        "body": "<p>The first lorry crossed at six.</p>",
        "section": make_section().pk,
    } | fields


def test_a_story_is_written_published_and_read(client):
    editor = sign_in(client)
    author, tag = make_author(), Tag.objects.create(name="tides", slug="tides")
    image = make_image()

    data = fill_in(client, ADD, **written(
        tags=[tag.pk], lead_image=image.pk, _publish="1",
        **{"bylines-0-role": "by", "bylines-0-author": author.pk},
    ))  # fmt: skip
    response = client.post(ADD, data, follow=True)
    story = Article.objects.get()
    page = Reader().get(story.get_absolute_url())

    assert "Readers can see it:" in response.text
    assert f'href="{story.get_absolute_url()}"' in response.text
    assert page.status_code == 200
    for words in ("Bridge reopens", author.name, "tides", "crossed at six"):
        assert words in page.text
    assert story.newest_revision.editor == editor
    assert Event.objects.about(story).get().actor == editor


def test_a_draft_is_saved_and_no_reader_sees_it(client):
    sign_in(client)

    client.post(ADD, fill_in(client, ADD, **written()))
    draft = Article.objects.get()

    assert draft.newest_revision.number == 1
    assert not draft.published_at
    assert "Bridge reopens" not in Reader().get("/").text


def test_view_on_site_is_offered_while_readers_can_open_the_story(client):
    sign_in(client)
    live, draft = make_article(), make_draft(headline="Draft")

    assert f'href="{live.get_absolute_url()}"' in client.get(url_of(live)).text
    assert "View on site" in client.get(url_of(live)).text
    assert "View on site" not in client.get(url_of(draft)).text


def test_what_stands_against_publishing_is_said_and_the_text_is_kept(client):
    sign_in(client)
    image = make_image(credit="", rendered=False)

    data = fill_in(client, ADD, **written(lead_image=image.pk, _publish="1"))
    response = client.post(ADD, data, follow=True)
    story = Article.objects.get()

    assert "Saved, but not published." in response.text
    assert "needs a credit" in response.text
    assert response.redirect_chain[-1][0] == url_of(story)
    assert story.body == "<p>The first lorry crossed at six.</p>"
    assert not story.published_at


def test_a_story_is_scheduled_in_the_publications_time(client):
    sign_in(client)
    draft = make_draft()
    at = timezone.localtime() + timedelta(days=1)

    data = fill_in(client, url_of(draft), _publish="1",
                   publish_at_0=f"{at:%Y-%m-%d}", publish_at_1="18:30")  # fmt: skip
    response = client.post(url_of(draft), data, follow=True)
    draft.refresh_from_db()

    assert "It will be published:" in response.text
    assert f"{draft.published_at:%H:%M}" == "18:30"
    assert not draft.is_live()


def test_a_time_that_has_passed_is_refused_beside_the_field(client):
    sign_in(client)
    draft = make_draft()

    data = fill_in(client, url_of(draft), _publish="1", headline="Typed just now",
                   publish_at_0="2020-01-01", publish_at_1="12:00")  # fmt: skip
    response = client.post(url_of(draft), data)

    assert response.status_code == 200
    assert "That time has passed." in response.text
    assert "Typed just now" in response.text
    draft.refresh_from_db()
    assert not draft.published_at


def test_changes_to_a_live_story_wait_until_they_are_published(client):
    sign_in(client)
    story = make_article(headline="As published")

    client.post(url_of(story), fill_in(client, url_of(story), headline="Rewritten"))
    saved = Reader().get(story.get_absolute_url()).text
    form = client.get(url_of(story)).text
    client.post(url_of(story), fill_in(client, url_of(story), _publish="1"))
    published = Reader().get(story.get_absolute_url()).text

    assert "As published" in saved
    assert "Rewritten" not in saved
    assert "Readers have revision 1; the working copy is at 2." in form
    assert "Publish changes" in form
    assert "Rewritten" in published


def test_a_correction_is_asked_for_in_words_and_dated_on_the_page(client):
    editor = sign_in(client)
    story = make_article()

    without = client.post(
        url_of(story),
        fill_in(
            client, url_of(story), headline="Nine", note_kind="correction", _publish="1"
        ),
    )
    client.post(
        url_of(story),
        fill_in(client, url_of(story), headline="Nine", note_kind="correction",
                note_text="It was nine strands.", _publish="1"),
    )  # fmt: skip

    assert "Say in a sentence what has changed." in without.text
    page = Reader().get(story.get_absolute_url()).text
    assert "It was nine strands." in page
    assert Correction.objects.get().editor == editor


def test_a_story_is_withdrawn_with_a_public_reason(client):
    sign_in(client)
    story = make_article()

    data = fill_in(client, url_of(story), withdrawal_note="A doubt.", _withdraw="1")
    response = client.post(url_of(story), data, follow=True)
    page = Reader().get(story.get_absolute_url())

    assert "It is withdrawn" in response.text
    assert page.status_code == 410
    assert "A doubt." in page.text


def test_many_stories_are_published_and_withdrawn_from_the_list(client):
    sign_in(client)
    drafts = [make_draft(headline=f"Story {number}") for number in range(2)]
    empty = make_draft(headline="Nothing in it", body="")

    chosen = [draft.pk for draft in [*drafts, empty]]
    published = client.post(
        LIST, {"action": "publish_selected", "_selected_action": chosen}, follow=True
    )
    withdrawn = client.post(
        LIST,
        {"action": "withdraw_selected", "_selected_action": chosen[:2]},
        follow=True,
    )

    assert "2 stories are published." in published.text
    assert "Nothing in it: The story has no body yet." in published.text
    assert "2 stories are withdrawn." in withdrawn.text
    assert (
        Reader().get(Article.objects.get(pk=chosen[0]).get_absolute_url()).status_code
        == 410
    )


def test_the_second_of_two_who_save_keeps_their_text_and_chooses(client):
    first = sign_in(client, first_name="Saskia", last_name="Vantongel")
    draft = make_draft(headline="Bridge reopens")
    opened_by_the_second = fill_in(client, url_of(draft))

    client.post(
        url_of(draft), fill_in(client, url_of(draft), headline="Bridge opens early")
    )
    sign_in(client)
    refused = client.post(
        url_of(draft), opened_by_the_second | {"standfirst": "Written by the second."}
    )
    draft.refresh_from_db()
    kept = draft.headline
    chosen = client.post(url_of(draft), fields_of(refused, "article_form"))

    assert refused.status_code == 200
    assert "Saskia Vantongel saved this story" in refused.text
    assert "headline" in refused.text
    assert "Written by the second." in refused.text
    assert kept == "Bridge opens early"
    assert chosen.status_code == 302
    draft.refresh_from_db()
    assert (draft.headline, draft.standfirst) == (
        "Bridge reopens",
        "Written by the second.",
    )
    assert draft.revisions.get(number=2).headline == "Bridge opens early"
    assert draft.revisions.get(number=2).editor == first


def test_a_body_too_long_is_refused_and_comes_back(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
    sign_in(client)
    long = "<p>" + "All of it. " * 60_000 + "</p>"

    response = client.post(ADD, fill_in(client, ADD, **written(body=long)))

    assert response.status_code == 200
    assert "Split it into parts." in response.text
    assert response.text.count("All of it.") == 60_000
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("section", "", "This field is required."),
        ("section", "4711", "Select a valid choice."),
        ("headline", "x" * 256, "at most 255 characters"),
        ("slug", "no slug!", "Enter a valid “slug”"),
        ("canonical_url", "nonsense", "Enter a valid URL."),
        ("lead_image", "4711", "Select a valid choice."),
    ],
)
def test_a_field_that_is_wrong_is_marked_and_the_rest_is_kept(
    client, field, value, message
):
    sign_in(client)

    response = client.post(ADD, fill_in(client, ADD, **written(**{field: value})))

    assert response.status_code == 200
    assert message in response.text
    assert "The first lorry crossed at six." in response.text
    assert not Article.objects.exists()


def test_a_byline_names_an_author_or_a_guest(client):
    sign_in(client)
    draft, author = make_draft(), make_author()

    def named(**byline):
        fields = {f"bylines-0-{name}": value for name, value in byline.items()}
        return client.post(url_of(draft), fill_in(client, url_of(draft), **fields))

    both = named(role="by", author=author.pk, guest="A guest")
    guest = named(role="by", guest="A guest")

    assert "Choose an author or name a guest, not both." in both.text
    assert guest.status_code == 302
    assert Byline.objects.get().guest == "A guest"


def test_a_new_slug_keeps_the_old_address_leading_to_the_story(client):
    sign_in(client)
    story = make_article(slug="bridge")
    old = story.get_absolute_url()

    client.post(url_of(story), fill_in(client, url_of(story), slug="bridge-open"))
    response = Reader().get(old)
    story.refresh_from_db()

    assert response.status_code == 301
    assert response.url.endswith(story.get_absolute_url())
    assert story.get_absolute_url().endswith("/bridge-open/")


def test_another_storys_old_address_is_not_taken(client):
    sign_in(client)
    moved, other = make_article(slug="bridge"), make_article(slug="other")
    client.post(url_of(moved), fill_in(client, url_of(moved), slug="bridge-open"))

    response = client.post(url_of(other), fill_in(client, url_of(other), slug="bridge"))

    assert "another story" in response.text.lower()
    other.refresh_from_db()
    assert other.slug == "other"


def test_a_reporter_writes_and_cannot_publish(client):
    sign_in(client, "Reporter")

    form = client.get(ADD).text
    client.post(ADD, fill_in(client, ADD, **written(_publish="1")))
    draft = Article.objects.get()
    listed = client.post(
        LIST, {"action": "publish_selected", "_selected_action": draft.pk}, follow=True
    )
    draft.refresh_from_db()

    assert 'name="_publish"' not in form
    assert draft.headline == "Bridge reopens"
    assert not draft.published_at
    assert "are published" not in listed.text
    assert "is published" not in listed.text


def test_a_reporter_cannot_change_what_takes_effect_at_once(client):
    sign_in(client, "Reporter")
    story = make_article(slug="bridge")

    form = client.get(url_of(story))
    client.post(
        url_of(story),
        fields_of(form, "article_form")
        | {"slug": "other", "headline": "My words", "ratings_open": ""},
    )
    story.refresh_from_db()

    assert story.headline == "My words"
    assert story.slug == "bridge"
    assert story.ratings_open
    assert 'name="slug"' not in form.text


def test_a_story_that_was_published_is_not_deleted_and_a_draft_may_be(client):
    sign_in(client)
    story, draft = make_article(), make_draft(headline="Draft")

    def delete(article):
        url = reverse("admin:articles_article_delete", args=[article.pk])
        return client.post(url, {"post": "yes"})

    assert delete(story).status_code == 403
    assert delete(draft).status_code == 302
    assert list(Article.objects.all()) == [story]


def test_published_stories_among_many_are_not_deleted_either(client):
    sign_in(client)
    story = make_article()

    client.post(
        LIST, {"action": "delete_selected", "_selected_action": story.pk, "post": "yes"}
    )

    assert Article.objects.filter(pk=story.pk).exists()


def test_stories_are_found_by_search_state_and_date(client):
    sign_in(client)
    make_article(headline="Bridge reopens")
    make_draft(headline="Budget draft")
    tomorrow = timezone.now() + timedelta(days=1)
    make_article(headline="Ferry timetable", published_at=tomorrow)
    withdrawn = make_article(headline="Cat found")
    publishing.withdraw(withdrawn, editor=None)
    year = timezone.now().year

    def listed(**query):
        cl = client.get(LIST, query).context["cl"]
        return sorted(article.headline for article in cl.result_list)

    assert listed(q="budget") == ["Budget draft"]
    assert listed(state="draft") == ["Budget draft"]
    assert listed(state="scheduled") == ["Ferry timetable"]
    assert listed(state="live") == ["Bridge reopens"]
    assert listed(state="withdrawn") == ["Cat found"]
    assert "Budget draft" not in listed(published_at__year=year)
    assert "Bridge reopens" in listed(published_at__year=year)


def test_big_choices_are_suggested_and_not_listed(client):
    sign_in(client)
    image = make_image(alt="Cables of the bridge", caption="From below")
    for number in range(30):
        make_author(f"Author {number}")

    form = client.get(ADD).text
    suggested = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "articles",
            "model_name": "article",
            "field_name": "lead_image",
            "term": "cables",
        },
    ).json()["results"]

    assert "Author 7" not in form
    assert [one["text"] for one in suggested] == ["Cables of the bridge"]
    assert suggested[0]["caption"] == "From below"
    assert client.get(suggested[0]["picture"]).status_code == 302
    assert suggested[0]["id"] == str(image.pk)


def test_a_revision_is_read_in_the_admin_and_changed_by_nobody(client):
    client.force_login(make_staff(is_superuser=True))
    revision = make_draft(headline="As it was").newest_revision
    url = reverse("admin:articles_revision_change", args=[revision.pk])

    page = client.get(url)
    answer = client.post(url, {"headline": "Rewritten"})

    assert "As it was" in page.text
    assert answer.status_code == 403
    revision.refresh_from_db()
    assert revision.headline == "As it was"
