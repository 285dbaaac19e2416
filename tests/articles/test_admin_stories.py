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
    acts = Event.objects.about(story).values_list("act", "actor")
    assert list(acts) == [("publish", editor.pk), ("save", editor.pk)]


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


def test_a_refused_change_leaves_readers_what_they_had_and_nothing_else_is_said(client):
    sign_in(client)
    story, image = make_article(headline="As published"), make_image(credit="")

    data = fill_in(
        client,
        url_of(story),
        headline="Rewritten",
        lead_image=image.pk,
        _publish="1",
        note_kind="minor",
    )
    response = client.post(url_of(story), data, follow=True)

    assert "Saved, but not published." in response.text
    assert "Readers can see it" not in response.text
    assert "As published" in Reader().get(story.get_absolute_url()).text
    story.refresh_from_db()
    assert story.headline == "Rewritten"


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


def test_a_change_to_a_live_story_is_scheduled_and_said_to_be(client):
    sign_in(client)
    story = make_article(headline="As published")
    at = timezone.localtime() + timedelta(days=1)

    data = fill_in(client, url_of(story), headline="Tomorrow's words", _publish="1",
                   note_kind="minor",
                   publish_at_0=f"{at:%Y-%m-%d}", publish_at_1="18:30")  # fmt: skip
    response = client.post(url_of(story), data, follow=True)
    story.refresh_from_db()

    assert "The change will be published:" in response.text
    assert "It changes at" in response.text
    assert "Readers can see it" not in response.text
    assert "As published" in Reader().get(story.get_absolute_url()).text
    assert story.next.headline == "Tomorrow's words"


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
    told = fill_in(client, url_of(story), note_kind="minor", _publish="1")
    client.post(url_of(story), told)
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


def test_a_slip_of_spelling_is_mended_without_a_word_to_readers(client):
    sign_in(client)
    story = make_article(headline="Bridge repoens")

    form = client.get(url_of(story)).text
    data = fill_in(client, url_of(story), headline="Bridge reopens", _publish="1")
    unsaid = client.post(url_of(story), data)
    client.post(url_of(story), data | {"note_kind": "minor"})
    story.refresh_from_db()

    assert "Nothing: a slip of spelling or form" in form
    assert "Say whether this is a slip, or what readers are told" in unsaid.text
    assert "Bridge reopens" in unsaid.text
    assert "Bridge reopens" in Reader().get(story.get_absolute_url()).text
    assert story.updated_at is None
    assert not Correction.objects.exists()


def test_what_a_change_is_told_by_waits_for_its_time(client):
    sign_in(client)
    story = make_article(headline="Six")
    tomorrow = timezone.now() + timedelta(days=1)

    data = fill_in(client, url_of(story), headline="Nine", note_kind="update",
                   note_text="News.", publish_at_0=f"{tomorrow:%Y-%m-%d}",
                   publish_at_1="12:00", _publish="1")  # fmt: skip
    client.post(url_of(story), data)

    version = story.versions.get(number=2)
    assert (version.note.kind, version.note.published_at) == (
        "update", Article.objects.get().next_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"note_kind": "minor", "withheld_because": "A court."}, "are no slip"),
        ({"note_kind": "correction", "note_text": "No."}, "Say why, in words for"),
    ],
)
def test_words_are_withheld_with_a_note_and_a_reason(client, told, message):
    sign_in(client)
    story = make_article(headline="Mr Crake did it")
    publishing.publish(story, editor=None)

    def publish(**fields):
        data = fill_in(client, url_of(story), headline="Nobody did it",
                       removed_words="no", _publish="1", **fields)  # fmt: skip
        return client.post(url_of(story), data)

    refused = publish(**told)
    still = story.versions.count()
    publish(note_kind="correction", note_text="No.", withheld_because="A court asked.")

    assert message in refused.text
    assert still == 1
    assert story.versions.get(number=1).withheld_because == "A court asked."


def test_many_are_not_published_over_words_that_readers_know(client):
    sign_in(client)
    changed, same = make_article(headline="Known"), make_article(headline="Same")
    for story in (changed, same):
        publishing.withdraw(story, editor=None)
    Article.objects.filter(pk=changed.pk).update(headline="Changed since")
    changed.refresh_from_db()
    publishing.save_working_copy(changed, editor=None)

    chosen = {"action": "publish_selected", "_selected_action": [changed.pk, same.pk]}
    response = client.post(LIST, chosen, follow=True)

    assert "which asks what they are told" in response.text
    assert not Article.objects.get(pk=changed.pk).is_live()
    assert Article.objects.get(pk=same.pk).is_live()


def test_a_story_that_readers_do_not_know_needs_no_word_to_them(client):
    sign_in(client)

    of_a_story = client.get(url_of(make_article())).text
    of_a_draft = client.get(url_of(make_draft())).text

    assert 'name="note_kind"' in of_a_story
    assert 'name="withdrawal_note"' in of_a_story
    assert 'name="publish_at_0"' in of_a_draft
    assert 'name="note_kind"' not in of_a_draft
    assert 'name="withdrawal_note"' not in of_a_draft


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


def test_only_what_readers_have_is_withdrawn(client):
    sign_in(client)
    draft, story = make_draft(headline="Draft"), make_article()

    response = client.post(
        LIST,
        {"action": "withdraw_selected", "_selected_action": [draft.pk, story.pk]},
        follow=True,
    )

    client.post(url_of(draft), fill_in(client, url_of(draft), _withdraw="1"))

    assert "1 story is withdrawn." in response.text
    assert Event.objects.about(story).first().act == "withdraw"
    assert [event.act for event in Event.objects.about(draft)] == ["save"]


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


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"body": "<p>Theirs.</p>"}, "body"),
        ({"label": "opinion"}, "label"),
        ({"slug": "theirs"}, "slug"),
        ({"comments_open": ""}, "readers may comment"),
        ({"bylines-0-role": "by", "bylines-0-guest": "Theirs"}, "byline"),
        (
            {
                "related_links-0-url": "https://example.org/",
                "related_links-0-title": "x",
            },
            "related links",
        ),
    ],
)
def test_the_second_is_told_what_the_first_changed(client, fields, name):
    sign_in(client)
    draft = make_draft()
    opened_by_the_second = fill_in(client, url_of(draft), standfirst="Mine.")

    first = client.post(url_of(draft), fill_in(client, url_of(draft), **fields))
    refused = client.post(url_of(draft), opened_by_the_second)

    assert first.status_code == 302
    differing = refused.text.partition("Theirs differs in: ")[2].partition(".")[0]
    assert set(differing.split(", ")) == {"standfirst", name}


def test_the_second_sees_theirs_beside_their_own_and_takes_what_they_choose(client):
    sign_in(client)
    draft = make_draft(headline="Bridge reopens", standfirst="After a year.")
    image = make_image(alt="A gull")
    opened_by_the_second = fill_in(client, url_of(draft))
    theirs = {"headline": "Bridge opens early", "body": "<p>Theirs.</p>"}
    theirs |= {"standfirst": "After a month.", "lead_image": image.pk}
    client.post(url_of(draft), fill_in(client, url_of(draft), **theirs))

    mine = {"headline": "Bridge opens at last", "body": "<p>Mine.</p>"}
    refused = client.post(url_of(draft), opened_by_the_second | mine)
    chosen = fields_of(refused, "article_form")
    chosen["take_theirs"] = ["headline", "lead_image"]
    saved = client.post(url_of(draft), chosen)

    said, beside = map(refused.text.index, ("while you were writing", "Take theirs"))
    assert said < beside
    assert "Bridge opens <del>early</del>" in refused.text
    assert "Bridge opens <ins>at last</ins>" in refused.text
    assert "<del>Theirs.</del>" in refused.text
    assert "<ins>Mine.</ins>" in refused.text
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.headline == "Bridge opens early"
    assert draft.lead_image == image
    assert (draft.body, draft.standfirst) == ("<p>Mine.</p>", "After a year.")
    assert draft.revisions.get(number=2).standfirst == "After a month."


def test_the_second_does_not_publish_what_they_have_not_seen(client):
    sign_in(client)
    story = make_article(headline="As published")
    opened_by_the_second = fill_in(client, url_of(story), standfirst="Mine.")

    client.post(url_of(story), fill_in(client, url_of(story), headline="Theirs"))
    refused = client.post(url_of(story), opened_by_the_second | {"_publish": "1"})
    page = Reader().get(story.get_absolute_url()).text

    assert "while you were writing" in refused.text
    assert "Mine." in refused.text
    assert "As published" in page
    assert "Mine." not in page


@pytest.mark.parametrize("is_touched", [True, False])
def test_a_line_that_the_first_took_out_comes_back_only_if_the_second_worked_on_it(
    client, is_touched
):
    sign_in(client)
    draft = make_draft(author=make_author())
    changed = {"bylines-0-role": "photographs"} if is_touched else {}
    opened_by_the_second = fill_in(client, url_of(draft), standfirst="Mine.", **changed)

    client.post(
        url_of(draft), fill_in(client, url_of(draft), **{"bylines-0-DELETE": "on"})
    )
    taken_out = not draft.bylines.exists()
    refused = client.post(url_of(draft), opened_by_the_second)
    chosen = client.post(url_of(draft), fields_of(refused, "article_form"))

    assert taken_out
    assert "byline" in refused.text
    assert chosen.status_code == 302
    roles = [line.role for line in draft.bylines.all()]
    assert roles == (["photographs"] if is_touched else [])
    draft.refresh_from_db()
    assert draft.standfirst == "Mine."


def test_two_who_wrote_the_same_are_not_stopped(client):
    sign_in(client)
    draft = make_draft()
    opened_by_the_second = fill_in(client, url_of(draft), headline="Agreed")

    client.post(url_of(draft), fill_in(client, url_of(draft), headline="Agreed"))
    second = client.post(url_of(draft), opened_by_the_second)

    assert second.status_code == 302
    assert draft.revisions.count() == 2


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
        ("headline", "Bridge\0", "Null characters are not allowed."),
        ("standfirst", "x" * 501, "at most 500 characters"),
        ("label", "gossip", "Select a valid choice."),
        ("language", "xx", "Select a valid choice."),
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


def test_a_body_nested_too_deeply_to_clean_is_refused_and_comes_back(client):
    sign_in(client)
    deep = "<blockquote>" * 61 + "At the bottom."

    refused = client.post(ADD, fill_in(client, ADD, **written(body=deep)))
    saved = client.post(ADD, fill_in(client, ADD, **written(body=deep[12:])))

    assert "Paste it as plain text." in refused.text
    assert "At the bottom." in refused.text
    assert saved.status_code == 302


def test_what_no_story_may_hold_is_taken_out_of_the_body(client):
    sign_in(client)
    body = '<p onclick="steal()">Text<script>steal()</script></p><img src="//x">'

    client.post(ADD, fill_in(client, ADD, **written(body=body)))

    assert Article.objects.get().body == "<p>Text</p>"


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


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"title": "The report"}, "give an address with its title"),
        ({"url": "https://example.org/"}, "give an address with its title"),
        ({"url": "javascript:alert(1)", "title": "x"}, "Enter a valid URL."),
    ],
)
def test_a_related_link_is_a_story_or_an_address_with_its_title(client, link, message):
    sign_in(client)
    draft, other = make_draft(), make_article()

    def linked(**link):
        fields = {f"related_links-0-{name}": value for name, value in link.items()}
        return client.post(url_of(draft), fill_in(client, url_of(draft), **fields))

    refused = linked(**link)
    saved = linked(target=other.pk)

    assert message in refused.text
    assert saved.status_code == 302
    assert draft.related_links.get().target == other


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


def test_the_address_of_another_story_of_that_day_is_not_taken(client):
    sign_in(client)
    make_article(slug="bridge")
    other = make_article(slug="other")

    refused = client.post(
        url_of(other), fill_in(client, url_of(other), slug="bridge", headline="Typed")
    )
    free = client.post(url_of(other), fill_in(client, url_of(other), slug="free"))

    assert refused.status_code == 200
    assert "another story&#x27;s address. Choose another slug." in refused.text
    assert "Typed" in refused.text
    assert free.status_code == 302


def test_a_story_with_an_address_keeps_a_slug(client):
    sign_in(client)
    story, draft = make_article(slug="bridge"), make_draft(slug="draft")

    refused = client.post(url_of(story), fill_in(client, url_of(story), slug=""))
    emptied = client.post(url_of(draft), fill_in(client, url_of(draft), slug=""))

    assert "A story that has an address needs a slug." in refused.text
    assert emptied.status_code == 302


def test_a_slug_in_any_script_is_an_address(client):
    sign_in(client)

    data = fill_in(client, ADD, **written(slug="brücke-開通", _publish="1"))
    client.post(ADD, data)
    story = Article.objects.get()

    assert story.slug == "brücke-開通"
    assert Reader().get(story.get_absolute_url()).status_code == 200


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


def test_a_reporter_takes_nothing_from_readers(client):
    sign_in(client, "Reporter")
    story = make_article()

    form = client.get(url_of(story)).text
    data = fill_in(client, url_of(story), headline="My words", _withdraw="1")
    client.post(url_of(story), data)
    client.post(LIST, {"action": "withdraw_selected", "_selected_action": story.pk})
    deleted = client.post(
        reverse("admin:articles_article_delete", args=[story.pk]), {"post": "yes"}
    )
    story.refresh_from_db()

    assert 'name="_withdraw"' not in form
    assert story.headline == "My words"
    assert story.is_live()
    assert deleted.status_code == 403


def test_a_moderator_reads_a_story_and_changes_nothing(client):
    sign_in(client, "Moderator")
    story = make_article(headline="Bridge reopens")

    page = client.get(url_of(story))
    answer = client.post(url_of(story), {"headline": "Rewritten", "_publish": "1"})

    assert "Bridge reopens" in page.text
    assert "View on site" in page.text
    assert 'name="_save"' not in page.text
    assert answer.status_code == 403
    story.refresh_from_db()
    assert story.headline == "Bridge reopens"


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


def test_a_story_is_found_by_its_section_and_label(client):
    sign_in(client)
    culture = make_section("Culture", "culture")
    make_article(headline="Concert", section=culture)
    make_article(headline="Budget", label="opinion")

    def listed(**query):
        cl = client.get(LIST, query).context["cl"]
        return sorted(article.headline for article in cl.result_list)

    assert listed(section__id__exact=culture.pk) == ["Concert"]
    assert listed(label__exact="opinion") == ["Budget"]
    assert listed() == ["Budget", "Concert"]


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


@pytest.mark.parametrize(
    ("model", "field", "term"),
    [("article", "tags", "tid"), ("byline", "author", "oda"),
     ("relatedlink", "target", "bri"), ("article", "lead_image", "cab")],
)  # fmt: skip
def test_whoever_writes_is_given_suggestions_and_nobody_else(
    client, model, field, term
):
    make_article(headline="Bridge reopens", author=make_author("Odalys"))
    Tag.objects.create(name="tides", slug="tides")
    make_image(alt="Cables")
    asked = {
        "app_label": "articles",
        "model_name": model,
        "field_name": field,
        "term": term,
    }

    to_readers = client.get(reverse("admin:autocomplete"), asked)
    sign_in(client, "Reporter")
    to_reporters = client.get(reverse("admin:autocomplete"), asked)
    nothing = client.get(reverse("admin:autocomplete"), asked | {"term": "zzz"})

    assert to_readers.status_code == 302
    assert len(to_reporters.json()["results"]) == 1
    assert nothing.json()["results"] == []


def test_a_headline_is_told_to_who_may_read_stories(client):
    draft = make_draft(headline="Budget leak")
    url = reverse("admin:articles_article_headline", args=[draft.pk])

    to_readers = client.get(url)
    sign_in(client, "Reporter")
    to_reporters = client.get(url)
    client.force_login(make_staff())
    to_staff_of_no_group = client.get(url)

    assert to_reporters.text == "Budget leak"
    assert to_readers.status_code == 302
    assert to_staff_of_no_group.status_code == 403


def test_the_form_lists_the_revisions_with_who_saved_them_and_why(client):
    sign_in(client, first_name="Saskia", last_name="Vantongel")
    draft = make_draft()

    data = fill_in(client, url_of(draft), headline="Shorter", note="Cut for print")
    client.post(url_of(draft), data)
    newest = draft.newest_revision
    form = client.get(url_of(draft)).text

    revision = reverse("admin:articles_revision_change", args=[newest.pk])
    assert f'<a href="{revision}">2</a>' in form
    row = form.partition(f'<a href="{revision}">2</a>')[2].partition("</tr>")[0]
    assert "Saskia Vantongel" in row
    assert "headline" in row
    assert "Cut for print" in row


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


def test_changes_to_a_live_story_are_not_published_from_the_list_in_silence(client):
    sign_in(client)
    story, draft = make_article(headline="As published"), make_draft(headline="Draft")
    story.headline = "Rewritten"
    story.save()
    publishing.save_working_copy(story, editor=None)

    chosen = {"action": "publish_selected", "_selected_action": [story.pk, draft.pk]}
    response = client.post(LIST, chosen, follow=True)

    assert "Publish its changes in its form" in response.text
    assert "1 story is published." in response.text
    assert Article.objects.get(pk=story.pk).shown().headline == "As published"


def test_a_correction_added_in_its_table_dates_the_story(client):
    editor = sign_in(client)
    story = make_article()
    assert story.updated_at is None

    line = {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-kind": "correction",
        "corrections-0-text": "It was nine.",
        "corrections-0-published_at_0": "2026-11-01",
        "corrections-0-published_at_1": "12:00",
    }
    client.post(url_of(story), fill_in(client, url_of(story), **line))
    story.refresh_from_db()

    correction = Correction.objects.get()
    assert correction.editor == editor
    assert story.updated_at == correction.published_at


def test_an_earlier_revision_is_brought_back_with_a_button(client):
    editor = sign_in(client)
    story = make_article(headline="First")
    client.post(url_of(story), fill_in(client, url_of(story), headline="Second"))
    first = story.revisions.get(number=1)
    restore = reverse("admin:articles_revision_restore", args=[first.pk])

    page = client.get(reverse("admin:articles_revision_change", args=[first.pk])).text
    looked_at = client.get(restore)
    done = client.post(restore, follow=True)
    sign_in(client, "Moderator")
    refused = client.post(restore)

    story.refresh_from_db()
    assert f'action="{restore}"' in page
    assert looked_at.status_code == 405
    assert "says again what revision 1 said" in done.text
    assert story.headline == "First"
    assert story.revisions.latest("number").editor == editor
    assert refused.status_code == 403
    assert story.revisions.count() == 3
