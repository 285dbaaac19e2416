"""No silent edits: what a story said before, and what readers are told of it."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.core.cache import cache
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Article, Correction, PublishedVersion
from articles.publishing import PublishingRefused
from newsroom.models import Event
from tests.factories import make_article, make_draft
from tests.queries import queries_of
from tests.readers import Reader

migration = import_module("articles.migrations.0008_first_versions_of_stories")


def change(article, **fields):
    """Save changed fields of the working copy as the desk does."""
    article.refresh_from_db()
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    publishing.save_working_copy(article, editor=None)
    return article


def publish(article, kind="correction", text="It was nine.", because="", **fields):
    """Publish a change, told by a note of ``kind``; a minor one if that is empty."""
    change(article, **fields)
    note = Correction(kind=kind, text=text) if kind else None
    return publishing.publish(
        article, editor=None, note_to_readers=note, withhold_because=because
    )


def told(article):
    """Return number, headline and kind of note of each version, oldest first."""
    return [
        (one.number, one.revision.headline, one.note.kind if one.note else "")
        for one in article.versions.order_by("number")
    ]


def page_of(article, rest="versions/"):
    return Reader().get(article.get_absolute_url() + rest)


@pytest.fixture
def story():
    return make_article(
        headline="Six",
        body="<p>The first lorry crossed at six.</p><p>It hummed.</p>",
        published_at=timezone.now() - timedelta(days=3),
    )


# --- Written down ------------------------------------------------------------------


def test_every_publication_of_something_new_is_a_version(story):
    publishing.publish(story, editor=None)  # nothing new
    publish(story, kind="", headline="Seven")
    publish(story, headline="Nine")

    assert told(story) == [(1, "Six", ""), (2, "Seven", ""), (3, "Nine", "correction")]
    first, second, third = story.versions.order_by("number")
    assert (first.previous, second.previous, third.previous) == (None, first, second)
    assert third.note.published_at == third.shown_from


def test_the_record_says_what_readers_were_told(story):
    publish(story, headline="Nine", because="A court asked for it.")

    event = Event.objects.about(story).first()

    assert event.after["told"] == "correction"
    assert event.after["withheld"] == "A court asked for it."


def test_an_imported_story_has_its_first_version_on_its_date():
    at = timezone.now() - timedelta(days=400)

    story = publishing.publish_as_of(make_draft(), editor=None, at=at)

    assert story.versions.get().shown_from == story.published_at


def test_a_version_that_readers_did_not_get_is_forgotten_with_its_note(story):
    change(story, headline="Never")
    tomorrow = timezone.now() + timedelta(days=1)
    publishing.schedule(
        story,
        editor=None,
        at=tomorrow,
        note_to_readers=Correction(kind="update", text="Never told."),
        withhold_because="Never said.",
    )
    planned = told(story)

    publishing.unschedule(story, editor=None)

    assert planned == [(1, "Six", ""), (2, "Never", "update")]
    assert told(story) == [(1, "Six", "")]
    assert not Correction.objects.exists()
    assert story.versions.get().withheld_because == ""


def test_a_new_time_for_a_change_takes_the_old_ones_place(story):
    change(story, headline="Nine")
    publishing.schedule(story, editor=None, at=timezone.now() + timedelta(days=1))

    later = publishing.schedule(
        story, editor=None, at=timezone.now() + timedelta(days=2)
    )

    assert told(story) == [(1, "Six", ""), (2, "Nine", "")]
    assert story.versions.first().shown_from == later.next_at


def test_a_change_due_after_the_story_had_expired_is_no_version(story):
    change(story, headline="Too late")
    publishing.schedule(story, editor=None, at=timezone.now() + timedelta(days=2))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Article.objects.update(expires_at=an_hour_ago, next_at=an_hour_ago)
    PublishedVersion.objects.filter(number=2).update(shown_from=an_hour_ago)

    publish(story, headline="Back")

    assert told(story) == [(1, "Six", ""), (2, "Back", "correction")]


def test_a_story_that_was_never_seen_has_no_version_left():
    draft = make_draft()
    publishing.schedule(draft, editor=None, at=timezone.now() + timedelta(days=1))
    scheduled = told(draft)

    publishing.unschedule(draft, editor=None)

    assert len(scheduled) == 1
    assert told(draft) == []


def test_a_refused_schedule_leaves_the_versions_alone(story):
    publish(story, headline="Nine")
    publishing.withdraw(story, editor=None)

    with pytest.raises(PublishingRefused):
        publishing.schedule(story, editor=None, at=timezone.now() + timedelta(days=1))

    assert len(told(story)) == 2


def test_stories_from_before_begin_with_what_readers_have(story):
    change(story, headline="Nine")
    publishing.schedule(story, editor=None, at=timezone.now() + timedelta(days=1))
    make_draft()
    known = [*PublishedVersion.objects.values_list("article", "number", "shown_from")]
    PublishedVersion.objects.all().delete()

    migration.write_down(apps, None)

    assert told(story) == [(1, "Six", ""), (2, "Nine", "")]
    found = [*PublishedVersion.objects.values_list("article", "number", "shown_from")]
    assert len(found) == len(known) == 2
    assert found[0] == known[0]


# --- Read --------------------------------------------------------------------------


def test_readers_get_all_versions_and_what_they_were_told_of_each(story):
    publish(story, kind="", headline="Sixx")
    publish(story, headline="Nine", text="An earlier version said six.")

    page = page_of(story)

    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    words = ["Version 3", "An earlier version said six.", "versions/3/", "Version 2",
             "A minor change", "versions/2/", "Version 1", "First published"]  # fmt: skip
    places = [page.text.index(one) for one in words]
    assert places == sorted(places)
    assert "versions/1/" not in page.text


def test_a_note_leads_to_what_changed_word_by_word(story):
    publish(story, body="<p>The first lorry crossed at nine.</p><p>It hummed.</p>")

    story_page = page_of(story, "").text
    page = page_of(story, "versions/2/").text

    assert f'href="{story.get_absolute_url()}versions/2/"' in story_page
    assert f'href="{story.get_absolute_url()}versions/"' in story_page
    assert "The first lorry crossed at <del>six.</del><ins>nine.</ins>" in page
    assert "It was nine." in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_story_that_never_changed_leads_to_no_versions(story):
    before = page_of(story, "").text
    publish(story, kind="", headline="Nine")
    after = page_of(story, "").text

    assert "Earlier versions" not in before
    assert "Earlier versions" in after


@pytest.mark.parametrize("number", [0, 1, 3, 10**30])
def test_there_is_no_comparison_but_with_a_version_before(story, number):
    publish(story, headline="Nine")

    assert page_of(story, f"versions/{number}/").status_code == 404
    assert page_of(story, "versions/2/").status_code == 200


def test_a_scheduled_change_is_seen_nowhere_before_its_time(story):
    change(story, headline="Nine", body="<p>Secretly at nine.</p>")
    publishing.schedule(
        story,
        editor=None,
        at=timezone.now() + timedelta(days=1),
        note_to_readers=Correction(kind="correction", text="A secret note."),
        withhold_because="A secret reason.",
    )
    addresses = [
        story.get_absolute_url(), story.get_absolute_url() + "versions/",
        "/corrections/", "/corrections/feed/", "/",
    ]  # fmt: skip

    before = [Reader().get(address) for address in addresses]
    early = page_of(story, "versions/2/")
    now = timezone.now() - timedelta(minutes=1)
    Article.objects.update(next_at=now)
    PublishedVersion.objects.filter(number=2).update(shown_from=now)
    PublishedVersion.objects.filter(number=1).update(withheld_at=now)
    Correction.objects.update(published_at=now)
    cache.clear()
    after = [Reader().get(address).text for address in addresses]

    assert {page.status_code for page in before} == {200}
    assert not any("ecret" in page.text for page in before)
    assert early.status_code == 404
    assert ["A secret note." in page for page in after] == [True] * 4 + [False]
    assert "A secret reason." in after[1]


def test_a_settled_change_dates_the_story_if_readers_were_told(story):
    change(story, headline="Nine")
    publishing.schedule(
        story,
        editor=None,
        at=timezone.now() + timedelta(days=1),
        note_to_readers=Correction(kind="update", text="News."),
    )
    due = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    Article.objects.update(next_at=due)
    PublishedVersion.objects.filter(number=2).update(shown_from=due)
    Correction.objects.update(published_at=due)

    unsettled = page_of(story, "").text
    settled = publishing.withdraw(story, editor=None)

    assert f'modified_time" content="{due:%Y-%m-%dT%H:%M:%S}+00:00"' in unsettled
    assert settled.updated_at == due


@pytest.mark.parametrize("rest", ["versions/", "versions/2/"])
def test_versions_go_where_their_story_goes(story, rest):
    publish(story, headline="Nine")
    known = page_of(story, rest).status_code
    publishing.withdraw(story, editor=None, reason="It named the wrong man.")
    withdrawn = page_of(story, rest)
    tomorrow = timezone.now() + timedelta(days=1)
    embargoed = make_article(headline="Leak", published_at=tomorrow)
    unseen = page_of(embargoed, rest)

    assert known == 200
    assert withdrawn.status_code == 410
    assert "It named the wrong man." in withdrawn.text
    assert unseen.status_code == 404
    assert "Leak" not in unseen.text


def test_withheld_words_are_nowhere(story):
    publish(story, headline="Seven", body="<p>Mr Crake did it.</p>")
    words_before = page_of(story, "versions/2/").text
    publish(
        story,
        headline="Nine",
        body="<p>Nobody did it.</p>",
        because="It named the wrong man.",
    )

    listed = page_of(story)
    pages = [page_of(story, rest) for rest in ("", "versions/", "versions/2/",
                                               "versions/3/")]  # fmt: skip
    found = Reader().get("/search/?q=Crake")

    assert "Crake" in words_before
    assert not any("Crake" in page.text for page in pages)
    assert "0 stories" in found.text
    assert "results" not in found.text
    assert [page.status_code for page in pages] == [200, 200, 410, 410]
    assert listed.text.count("Its words are withheld since") == 2
    assert "It named the wrong man." in listed.text
    assert "versions/2/" not in pages[0].text
    assert "versions/3/" not in listed.text


def test_what_comes_after_withheld_versions_is_compared_again(story):
    publish(story, headline="Seven", because="It named the wrong man.")
    publish(story, headline="Nine")

    assert page_of(story, "versions/2/").status_code == 410
    assert "<del>Seven</del><ins>Nine</ins>" in page_of(story, "versions/3/").text


def test_version_pages_are_shared_and_stored(story, django_assert_num_queries):
    publish(story, headline="Nine")
    for rest in ("versions/", "versions/2/"):
        first = page_of(story, rest)

        with django_assert_num_queries(1):
            second = page_of(story, rest)

        assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        assert second.content == first.content


def test_the_pages_cost_the_same_however_often_a_story_changed(story):
    publish(story, headline="Nine")
    addresses = [
        story.get_absolute_url(), story.get_absolute_url() + "versions/",
        story.get_absolute_url() + "versions/2/", "/corrections/",
    ]  # fmt: skip

    few = [queries_of(Reader(), address) for address in addresses]
    for number in range(12):
        publish(story, headline=f"Change {number}")
    many = [queries_of(Reader(), address) for address in addresses]

    assert few == many
    assert max(few) <= 6
