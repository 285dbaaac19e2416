"""A form that was open meanwhile undoes nothing that a colleague did or decided."""

import threading
from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

import pytest

from articles import corrections, publishing, redaction, unsaved
from articles.models import Article, Byline, Correction, Redaction
from articles.publishing import PublishingRefused
from tests.articles.test_admin_stories import ADD, fill_in, sign_in, url_of, written
from tests.articles.test_workflow import at, split
from tests.factories import make_article, make_draft, make_staff
from tests.html_forms import fields_of
from tests.readers import Reader


@pytest.fixture
def editor(client):
    return sign_in(client)


def long_ago(**fields):
    return make_article(published_at=timezone.now() - timedelta(days=2), **fields)


def changed(article, **fields):
    """Save a change of the working copy beside any form; return the story."""
    Article.objects.filter(pk=article.pk).update(**fields)
    article.refresh_from_db()
    publishing.save_working_copy(article, editor=None)
    return article


def saved_twice(client, article, data):
    """Send a form, and what comes back again: whoever insists. Return both answers."""
    first = client.post(url_of(article), data)
    again = fields_of(first, "article_form")
    pressed = {name: data[name] for name in ("_publish",) if name in data}
    return first, client.post(url_of(article), again | pressed)


# --- What readers get ----------------------------------------------------------------


def test_an_expiry_set_meanwhile_stays(client, editor):
    story = long_ago()
    opened = fill_in(client, url_of(story), headline="Typo mended")
    end = at(days=3)
    publishing.expire(story, editor=None, at=end)

    first, second = saved_twice(client, story, opened)

    assert "what readers get, and when" in first.text
    assert second.status_code == 302
    story.refresh_from_db()
    assert story.headline == "Typo mended"
    assert story.expires_at == end


def test_an_embargo_set_meanwhile_stays(client, editor):
    story = make_article(published_at=at(days=3))
    opened = fill_in(client, url_of(story), headline="Typo mended")
    publishing.embargo(story, editor=None)

    first, second = saved_twice(client, story, opened)

    assert "what readers get, and when" in first.text
    assert second.status_code == 302
    story.refresh_from_db()
    assert story.headline == "Typo mended"
    assert story.embargoed


@pytest.mark.parametrize("act", ["withdraw", "schedule"])
def test_a_story_withdrawn_or_scheduled_meanwhile_is_not_published_by_oversight(
    client, editor, act
):
    story = changed(long_ago(), headline="Second")
    opened = fill_in(client, url_of(story), note_kind="minor", _publish="1")
    if act == "withdraw":
        publishing.withdraw(story, editor=None, reason="A court said so.")
    else:
        note = Correction(kind="update", text="Eleven weeks.")
        publishing.schedule(story, editor=None, at=at(), note_to_readers=note)

    answer = client.post(url_of(story), opened)

    assert "what readers get, and when" in answer.text
    story.refresh_from_db()
    assert bool(story.withdrawn_at) == (act == "withdraw")
    assert bool(story.next_at) == (act == "schedule")
    assert story.corrections.count() == (act == "schedule")


def test_a_schedule_set_meanwhile_stands_in_the_form_that_comes_back(client, editor):
    story = changed(long_ago(), headline="Second")
    opened = fill_in(client, url_of(story), note_kind="minor", _publish="1")
    when = at()
    publishing.schedule(story, editor=None, at=when)

    first, second = saved_twice(client, story, opened)

    fields = fields_of(first, "article_form")
    assert fields["publish_at_0"] == split("publish_at", when)["publish_at_0"]
    assert second.status_code == 302
    story.refresh_from_db()
    assert story.next_at == when


def test_a_change_whose_time_came_is_nobodys_act(client, editor):
    story = changed(long_ago(), headline="Second")
    publishing.schedule(story, editor=None, at=at())
    opened = fill_in(client, url_of(story), standfirst="Typo mended")
    passed = timezone.now() - timedelta(minutes=5)
    Article.objects.filter(pk=story.pk).update(next_at=passed)

    answer = client.post(url_of(story), opened)

    assert answer.status_code == 302
    story.refresh_from_db()
    assert story.standfirst == "Typo mended"


def test_a_refused_publication_lifts_no_embargo(client, editor):
    story = make_article(published_at=at(days=3))
    publishing.embargo(story, editor=None)
    opened = fill_in(client, url_of(story), body="", _publish="1")
    opened.pop("embargo")

    answer = client.post(url_of(story), opened, follow=True)

    assert "Saved, but not published." in answer.text
    story.refresh_from_db()
    assert story.embargoed


# --- Notes to readers, and lines -------------------------------------------------------


def test_a_note_corrected_meanwhile_stays(client, editor):
    story = long_ago()
    note = Correction.objects.create(article=story, text="It was ten.", editor=editor)
    opened = fill_in(client, url_of(story), headline="Typo mended")
    note.text = "It was nine."
    corrections.change(note, editor=editor, before={"text": "It was ten."})
    note.save()

    first, second = saved_twice(client, story, opened)

    assert "notes to readers" in first.text
    assert second.status_code == 302
    assert story.corrections.get().text == "It was nine."


def test_of_a_note_only_what_was_touched_is_saved(client, editor):
    story = long_ago()
    note = Correction.objects.create(article=story, text="It was ten.", editor=editor)
    opened = fill_in(client, url_of(story), **{"corrections-0-kind": "clarification"})
    Correction.objects.filter(pk=note.pk).update(text="It was nine.")

    saved_twice(client, story, opened)

    note.refresh_from_db()
    assert (note.kind, note.text) == ("clarification", "It was nine.")


def test_redacted_words_do_not_come_back_from_an_open_form(client, editor):
    story = long_ago(body="<p>Bob Smith said so.</p>")
    Byline.objects.create(article=story, guest="Bob Smith")
    publishing.save_working_copy(story, editor=None)
    publishing.publish(story, editor=None)
    Correction.objects.create(article=story, text="It was Bob Smith.", editor=editor)
    opened = fill_in(client, url_of(story), headline="Typo mended")
    proposed = redaction.propose(
        Redaction(article=story, words="Bob Smith", reason="A court said so."),
        editor=make_staff("Editor"),
    )
    redaction.confirm(proposed, editor=make_staff("Editor"))
    opened["body"] = Article.objects.get(pk=story.pk).body

    _first, second = saved_twice(client, story, opened)

    assert second.status_code == 302
    page = Reader().get(story.get_absolute_url()).text
    assert "It was " in page
    assert "Bob Smith" not in page
    assert "Smith" not in Byline.objects.get(article=story).guest


def test_a_form_whose_note_is_gone_can_be_saved(client, editor):
    story = changed(long_ago(), headline="Second")
    note = Correction(kind="update", text="Eleven weeks.")
    publishing.schedule(story, editor=None, at=at(), note_to_readers=note)
    opened = fill_in(client, url_of(story), standfirst="Typo mended")
    publishing.unschedule(story, editor=None)

    _first, second = saved_twice(client, story, opened)

    assert second.status_code == 302
    story.refresh_from_db()
    assert story.standfirst == "Typo mended"
    assert not story.corrections.exists()


# --- Sent twice ------------------------------------------------------------------------


def test_a_form_sent_twice_tells_readers_once(client, editor):
    story = long_ago()
    told = {"note_kind": "correction", "note_text": "It was nine.", "_publish": "1"}
    opened = fill_in(client, url_of(story), headline="Nine weeks", **told)

    client.post(url_of(story), opened)
    again = client.post(url_of(story), opened)

    assert story.corrections.count() == 1
    assert "This form was saved already." in again.text


def test_a_new_story_sent_twice_is_one_story_and_the_second_answer_leads_there(
    client, editor
):
    opened = fill_in(client, ADD, **written())

    client.post(ADD, opened)
    again = client.post(ADD, opened)

    story = Article.objects.get()
    assert f'<a href="{url_of(story)}">' in again.text
    # Whoever means it, as after going back for a second story, is not stopped.
    meant = fields_of(again, "article_form") | {"headline": "Another one"}
    assert client.post(ADD, meant).status_code == 302
    assert Article.objects.count() == 2


# --- Odd input -------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["9" * 5000 + "-x", "-", "0-1-2-3-4-5", "²-1", ""])
def test_an_odd_base_is_answered_with_the_form(client, editor, base):
    draft = make_draft()
    opened = fill_in(client, url_of(draft), headline="Mine", base=base)

    answer = client.post(url_of(draft), opened)

    assert answer.status_code == 200
    assert "Mine" in answer.text


@pytest.mark.parametrize("name", ["due_at", "publish_at", "expires"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_year_that_no_zone_can_take_is_refused(client, editor, name, day):
    draft = make_draft()
    opened = fill_in(
        client, url_of(draft), **{f"{name}_0": day, f"{name}_1": "23:59:59"}
    )

    answer = client.post(url_of(draft), opened)

    assert answer.status_code == 200
    assert "Choose a year between 1900 and 8999." in answer.text


# --- At the same moment ----------------------------------------------------------------


def beside(act, started, finish):
    """Do ``act`` in a transaction of its own that stays open until ``finish``."""
    try:
        with transaction.atomic():
            act()
            started.set()
            finish.wait(2)
    finally:
        started.set()
        connection.close()


@pytest.fixture
def meanwhile(transactional_db):
    """Run an act in another connection, open while the body of the test goes on."""
    running = []

    def run(act):
        started, finish = threading.Event(), threading.Event()
        thread = threading.Thread(target=beside, args=(act, started, finish))
        thread.start()
        started.wait(10)
        # It holds its locks for a moment, so that what comes next meets them.
        threading.Timer(0.5, finish.set).start()
        running.append(thread)

    yield run
    for thread in running:
        thread.join()


def test_a_save_does_not_undo_a_withdrawal_of_the_same_moment(meanwhile, client):
    story = long_ago()
    sign_in(client, "Reporter")
    opened = fill_in(client, url_of(story), headline="Typo mended")

    meanwhile(lambda: publishing.withdraw(story, editor=None, reason="A court."))
    client.post(url_of(story), opened)

    story.refresh_from_db()
    assert story.withdrawn_at


def test_two_stories_of_one_headline_published_at_once_do_not_fail(meanwhile):
    one, other = make_draft(), make_draft()

    meanwhile(lambda: publishing.publish(one, editor=None))
    with suppress(PublishingRefused):  # on PostgreSQL: “Publish once more.”
        publishing.publish(other, editor=None)
    publishing.publish(other, editor=None)

    other.refresh_from_db()
    assert other.is_live()
    assert other.slug != Article.objects.get(pk=one.pk).slug


def test_two_windows_that_keep_one_copy_do_not_fail(meanwhile):
    draft, writer = make_draft(), make_staff("Reporter")
    key, words = "a" * 32, [("headline", ["Mine"])]

    meanwhile(lambda: unsaved.keep(key, editor=writer, article=draft, fields=words))
    unsaved.keep(key, editor=writer, article=draft, fields=words)

    assert draft.unsaved_copies.count() == 1
