"""The acts of the desk: what each does, refuses and writes down."""

from datetime import timedelta
from urllib.parse import unquote

from django.db import IntegrityError, transaction
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    OldAddress,
    RelatedLink,
    Revision,
)
from articles.publishing import PublishingRefused
from newsroom.models import Event, Publication
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_staff,
)

NOW = timezone.now()


def change(article, **fields):
    """Save changed fields of the working copy as the desk does."""
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    return publishing.save_working_copy(article, editor=None)


def test_a_save_that_says_something_new_writes_a_revision_and_no_other_does():
    editor = make_staff("Editor")
    draft = make_draft(headline="First words")

    again = publishing.save_working_copy(draft, editor=editor)
    draft.headline = "Better words"
    draft.save()
    changed = publishing.save_working_copy(draft, editor=editor, note="Shorter")

    assert again.number == 1
    assert (changed.number, changed.headline) == (2, "Better words")
    assert (changed.editor, changed.note) == (editor, "Shorter")
    assert draft.revisions.get(number=1).headline == "First words"


def test_a_revision_holds_the_byline_and_the_related_links_of_its_time():
    author, other = make_author(), make_article(headline="Other")
    draft = make_draft(author=author)
    Byline.objects.create(
        article=draft, guest="A guest", role="photographs", position=1
    )
    RelatedLink.objects.create(article=draft, target=other)

    revision = publishing.save_working_copy(draft, editor=None)

    assert revision.byline == [
        {"role": "by", "author": author.pk},
        {"role": "photographs", "guest": "A guest"},
    ]
    assert revision.related == [{"article": other.pk}]


def test_a_revision_is_never_changed():
    draft = make_draft()

    with pytest.raises(TypeError, match="never changed"):
        draft.revisions.update(headline="Rewritten")

    assert draft.revisions.get().headline == draft.headline


def test_publishing_gives_the_story_its_address_in_the_publications_own_day(
    monkeypatch,
):
    Publication.objects.create(pk=1, time_zone="Pacific/Auckland")
    late = timezone.now().replace(hour=20, minute=15, second=42)
    monkeypatch.setattr(timezone, "now", lambda: late)

    story = make_article(headline="Bridge reopens")

    assert story.published_at == late.replace(second=0, microsecond=0)
    assert story.day == (late + timedelta(days=1)).date()
    assert story.slug == "bridge-reopens"
    assert story.is_live()


def test_a_long_headline_gives_an_address_of_its_first_words():
    story = make_article(headline="Nine strands and a pin " * 7)

    assert story.slug.startswith("nine-strands-and-a-pin-nine-strands-and")
    assert len(story.slug) <= 80
    assert not story.slug.endswith("-")


def test_two_stories_of_a_day_with_one_headline_have_two_addresses():
    first, second = make_article(), make_article()

    assert first.slug == "estuary-bridge-reopens"
    assert second.slug == f"estuary-bridge-reopens-{second.pk}"


def test_a_slug_that_was_chosen_and_is_taken_is_refused_in_words():
    taken = make_article(slug="bridge")
    draft = make_draft(slug="bridge")

    with pytest.raises(PublishingRefused, match="has, or had, the slug “bridge”"):
        publishing.publish(draft, editor=None)

    draft.refresh_from_db()
    assert not draft.published_at
    assert taken.is_live()


@pytest.mark.parametrize("slug", ["bridge", "straßenbrücke"])
def test_a_new_story_takes_no_address_that_leads_elsewhere(slug):
    moved = make_article(slug=slug)
    old_path = moved.get_absolute_url()
    moved.slug = "bridge-open"
    moved.save()
    publishing.change_slug(moved, editor=None, old_path=old_path)

    with pytest.raises(PublishingRefused, match="has, or had, the slug"):
        make_article(slug=slug)

    assert OldAddress.objects.get().path == unquote(old_path)


def test_readers_keep_the_live_words_until_the_change_is_published():
    story = make_article(headline="As published")

    change(story, headline="Half rewritten")
    meanwhile = Article.objects.get(pk=story.pk).shown().headline
    publishing.publish(story, editor=None)
    afterwards = Article.objects.get(pk=story.pk).shown().headline

    assert meanwhile == "As published"
    assert afterwards == "Half rewritten"


def test_a_note_to_readers_dates_the_story_and_a_minor_change_does_not():
    story = make_article()
    change(story, headline="A comma, mended")
    minor = publishing.publish(story, editor=None)
    change(story, headline="Nine strands, not eight")

    major = publishing.publish(
        story,
        editor=None,
        note_to_readers=Correction(kind="correction", text="It was nine."),
    )

    assert minor.updated_at is None
    assert major.updated_at == Correction.objects.get().published_at
    assert Correction.objects.get().text == "It was nine."


def test_a_scheduled_story_is_live_in_its_minute_without_any_job():
    at = NOW.replace(second=30) + timedelta(hours=2)
    draft = make_draft()

    story = publishing.schedule(draft, editor=None, at=at)

    minute = at.replace(second=0, microsecond=0)
    assert story.published_at == minute
    assert not story.is_live(minute - timedelta(seconds=1))
    assert story.is_live(minute)
    assert Article.objects.live(minute).get() == story
    assert not Article.objects.live(minute - timedelta(seconds=1)).exists()


def test_a_scheduled_change_is_shown_in_its_minute_and_settled_by_the_next_act():
    story = make_article(headline="Before")
    change(story, headline="After")
    at = timezone.now() + timedelta(hours=2)
    story = publishing.schedule(story, editor=None, at=at)
    minute = at.replace(second=0, microsecond=0)

    assert story.shown(minute - timedelta(seconds=1)).headline == "Before"
    assert story.shown(minute).headline == "After"

    Article.objects.filter(pk=story.pk).update(next_at=NOW - timedelta(minutes=1))
    settled = publishing.withdraw(story, editor=None)

    assert settled.live.headline == "After"
    assert settled.next is None


def test_a_time_that_has_passed_is_refused():
    draft = make_draft()

    with pytest.raises(PublishingRefused, match="That time has passed"):
        publishing.schedule(draft, editor=None, at=NOW - timedelta(hours=1))

    assert not draft.published_at


def test_a_story_that_is_scheduled_again_appears_at_the_later_time_alone():
    first, later = (NOW + timedelta(hours=hours) for hours in (2, 50))
    draft = make_draft(slug="bridge")
    publishing.schedule(draft, editor=None, at=first)

    story = publishing.schedule(draft, editor=None, at=later)

    assert story.published_at == later.replace(second=0, microsecond=0)
    assert story.day == later.date()
    assert not story.is_live(first)
    assert story.is_live(later)


def test_publishing_now_settles_what_was_to_come_later():
    story = make_article(headline="Before")
    change(story, headline="After")
    story = publishing.schedule(story, editor=None, at=NOW + timedelta(days=1))
    change(story, headline="Better")

    story = publishing.publish(story, editor=None)

    assert (story.next, story.next_at) == (None, None)
    assert story.shown().headline == "Better"
    assert story.shown(NOW + timedelta(days=2)).headline == "Better"


def test_a_withdrawn_story_is_published_again_before_anything_is_scheduled():
    story = make_article()
    change(story, headline="After")
    publishing.withdraw(story, editor=None)
    tomorrow = NOW + timedelta(days=1)

    with pytest.raises(PublishingRefused, match="it is withdrawn"):
        publishing.schedule(story, editor=None, at=tomorrow)
    publishing.publish(story, editor=None)
    change(story, headline="Later")
    scheduled = publishing.schedule(story, editor=None, at=tomorrow)

    assert scheduled.next.headline == "Later"


def test_withdrawing_cancels_the_change_to_come():
    story = make_article(headline="Before")
    change(story, headline="After")
    publishing.schedule(story, editor=None, at=NOW + timedelta(days=1))

    withdrawn = publishing.withdraw(story, editor=None)

    assert withdrawn.live.headline == "Before"
    assert (withdrawn.next, withdrawn.next_at) == (None, None)


def test_a_second_withdrawal_leaves_time_and_reason_as_readers_know_them():
    story = make_article()
    first = publishing.withdraw(story, editor=None, reason="A doubt.")

    second = publishing.withdraw(story, editor=None, reason="Another.")

    assert second.withdrawal_reason == "A doubt."
    assert second.withdrawn_at == first.withdrawn_at
    assert Event.objects.about(story).filter(act="withdraw").count() == 1


def test_a_story_is_live_until_the_minute_it_expires():
    minute = NOW.replace(second=0, microsecond=0) + timedelta(hours=2)
    story = make_article()
    story.expires_at = minute
    story.save()

    assert story.is_live(minute - timedelta(seconds=1))
    assert Article.objects.live(minute - timedelta(seconds=1)).get() == story
    assert not story.is_live(minute)
    assert not Article.objects.live(minute).exists()


def test_an_expired_story_that_is_published_again_has_no_end():
    story = make_article(published_at=NOW - timedelta(days=2))
    story.expires_at = NOW - timedelta(days=1)
    story.save()
    address = story.get_absolute_url()

    back = publishing.publish(story, editor=None)

    assert back.is_live()
    assert back.expires_at is None
    assert back.get_absolute_url() == address


def test_a_withdrawn_story_comes_back_where_it_was():
    story = make_article()
    address = story.get_absolute_url()
    publishing.withdraw(story, editor=None, reason="A doubt.")

    back = publishing.publish(story, editor=None)

    assert back.is_live()
    assert back.get_absolute_url() == address
    assert back.withdrawal_reason == ""


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ({"credit": ""}, "needs a credit"),
        ({"alt": ""}, "needs an alternative text, or the mark “decorative”"),
        ({"alt": "", "credit": ""}, "needs a credit and an alternative text"),
    ],
)
@pytest.mark.parametrize("place", ["lead", "body"])
def test_a_picture_without_credit_or_alt_keeps_a_story_back(image, reason, place):
    picture = make_image(rendered=False, **image)
    figure = f'<p>x</p><figure data-image="{picture.pk}"></figure>'
    fields = {"lead_image": picture} if place == "lead" else {"body": figure}
    draft = make_draft(**fields)

    with pytest.raises(PublishingRefused, match=reason):
        publishing.publish(draft, editor=None)
    picture.alt, picture.credit = "A bridge", "I. Brandreth"
    picture.save()
    published = publishing.publish(draft, editor=None)

    assert published.is_live()


def test_a_decorative_picture_needs_no_alternative_text():
    picture = make_image(rendered=False, alt="", decorative=True)

    assert make_article(lead_image=picture).is_live()


def test_a_story_without_a_body_or_with_a_lost_picture_is_kept_back():
    for body, reason in (
        ("", "The story has no body yet."),
        (
            '<p>x</p><figure data-image="4711"></figure>',
            "Image 4711 is not in the library",
        ),
    ):
        with pytest.raises(PublishingRefused, match=reason):
            publishing.publish(make_draft(body=body), editor=None)


def test_restoring_brings_words_byline_and_links_back_as_a_new_revision():
    author = make_author()
    story = make_article(headline="First", author=author)
    change(story, headline="Second")
    story.bylines.update(author=make_author())
    publishing.save_working_copy(story, editor=None)

    restored = publishing.restore(story.revisions.get(number=1), editor=None)

    story.refresh_from_db()
    assert (restored.number, restored.headline) == (4, "First")
    assert story.headline == "First"
    assert story.bylines.get().author == author
    assert restored.note == "Restored from revision 1"


def test_restoring_leaves_out_what_is_gone_since():
    kept, lost = make_article(headline="Kept"), make_draft(headline="Lost")
    picture = make_image(rendered=False)
    story = make_draft(lead_image=picture)
    for position, target in enumerate((kept, lost)):
        RelatedLink.objects.create(article=story, target=target, position=position)
    first = publishing.save_working_copy(story, editor=None)
    change(story, headline="Second", lead_image=None)
    lost.delete()
    picture.delete()
    first.refresh_from_db()

    publishing.restore(first, editor=None)

    story.refresh_from_db()
    assert story.headline == first.headline
    assert story.lead_image is None
    assert [link.target for link in story.related_links.all()] == [kept]


def test_restoring_changes_nothing_for_readers():
    story = make_article(headline="First")
    change(story, headline="Second")
    story = publishing.publish(story, editor=None)

    publishing.restore(story.revisions.get(number=1), editor=None)

    story = Article.objects.get(pk=story.pk)
    assert story.headline == "First"
    assert story.shown().headline == "Second"


def test_an_imported_story_is_dated_as_it_was_and_only_once():
    draft = make_draft()
    at = NOW - timedelta(days=900)

    story = publishing.publish_as_of(draft, editor=None, at=at)

    assert story.published_at == at.replace(second=0, microsecond=0)
    assert story.day == at.date()
    with pytest.raises(PublishingRefused, match="has its date"):
        publishing.publish_as_of(story, editor=None, at=at)
    with pytest.raises(PublishingRefused, match="still to come"):
        publishing.publish_as_of(make_draft(), editor=None, at=NOW + timedelta(days=1))


def test_each_act_is_written_down_with_the_facts_before_and_after():
    editor = make_staff("Editor")
    draft = make_draft()

    publishing.publish(draft, editor=editor)
    publishing.restore(draft.newest_revision, editor=editor)
    publishing.withdraw(draft, editor=editor, reason="A doubt.")

    withdrawn, restored, published, _saved = Event.objects.about(draft)
    acts = (published.act, restored.act, withdrawn.act)
    assert acts == ("publish", "restore", "withdraw")
    assert {published.actor, restored.actor, withdrawn.actor} == {editor}
    assert published.before["published_at"] is None
    assert published.after["live"] == 1
    assert withdrawn.reason == "A doubt."
    assert withdrawn.after["withdrawn_at"]


@pytest.mark.parametrize(
    "broken",
    [
        {"published_at": NOW},
        {"next_at": NOW},
        {"published_at": NOW, "expires_at": NOW - timedelta(days=1)},
    ],
)
def test_the_database_itself_refuses_a_story_that_contradicts_itself(broken):
    draft = make_draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=draft.pk).update(**broken)


def test_what_readers_still_see_named_is_not_deleted():
    author = make_author()
    make_article(author=author)
    Byline.objects.all().delete()

    with pytest.raises(IntegrityError):
        author.delete()

    assert Author.objects.filter(pk=author.pk).exists()
    assert Revision.objects.exists()


def test_what_readers_have_already_is_not_scheduled_again_with_a_note_to_them():
    story = make_article()
    note = Correction(kind="update", text="Eleven weeks.")

    with pytest.raises(PublishingRefused, match="Readers have this already"):
        publishing.schedule(
            story, editor=None, at=NOW + timedelta(days=1), note_to_readers=note
        )

    assert not story.corrections.exists()


def test_a_story_withdrawn_before_its_time_can_be_scheduled_again():
    story = make_article(published_at=NOW + timedelta(days=1))
    publishing.withdraw(story, editor=None, reason="Too soon.")

    again = publishing.schedule(story, editor=None, at=NOW + timedelta(days=2))

    assert again.is_live(NOW + timedelta(days=3))
    draft = publishing.unschedule(again, editor=None)
    assert (draft.withdrawn_at, draft.withdrawal_reason) == (None, "")
    assert draft.state() == "draft"


def test_a_withdrawn_story_taken_off_the_schedule_is_a_draft():
    story = make_article(published_at=NOW + timedelta(days=1))
    story = publishing.withdraw(story, editor=None, reason="Too soon.")

    draft = publishing.unschedule(story, editor=None)

    assert draft.state() == "draft"
