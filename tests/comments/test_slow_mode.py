"""Slow mode sets itself when a discussion gets heated, and lifts by itself."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

import pytest

from comments import moderation, slow_mode
from comments.models import Comment, Discussion, Report, Thread
from comments.rules import Rules, is_slow, rules_of
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff, set_discussion
from tests.readers import Reader

NOON = datetime(2026, 11, 23, 12, 0, 20, tzinfo=UTC)
RULES = Rules(slow_after=3, slow_lasts_minutes=60)
MINUTE = timedelta(minutes=1)


def trouble(article, number, at):
    """Store reports of ``number`` readers, made at ``at``."""
    comment = make_comment(article)
    for reader in range(number):
        Report.objects.create(
            comment=comment,
            reader_hash=f"{reader}-{comment.pk}",
            network_key=f"network {reader}",
            reason="insult",
            created_at=at,
        )
    return Thread.objects.get(article=article)


def test_enough_trouble_within_the_hour_slows_until_a_whole_minute():
    thread = trouble(make_article(), 3, NOON - 59 * MINUTE)

    slow_mode.note_trouble(thread, RULES, NOON)

    assert Thread.objects.get().slow_until == datetime(2026, 11, 23, 13, 1, tzinfo=UTC)
    assert Event.objects.filter(act="slow down", actor=None).count() == 1


@pytest.mark.parametrize(("number", "minutes"), [(2, 0), (3, 60), (9, 90)])
def test_too_little_or_too_old_trouble_slows_nothing(number, minutes):
    thread = trouble(make_article(), number, NOON - minutes * MINUTE)

    slow_mode.note_trouble(thread, RULES, NOON)

    assert Thread.objects.get().slow_until is None


def test_it_lasts_longer_while_trouble_goes_on_and_lifts_by_the_clock():
    thread = trouble(make_article(), 3, NOON)
    slow_mode.note_trouble(thread, RULES, NOON)
    slow_mode.note_trouble(thread, RULES, NOON + 30 * MINUTE)

    until = Thread.objects.get().slow_until
    assert until == datetime(2026, 11, 23, 13, 31, tzinfo=UTC)
    assert is_slow(thread, until - timedelta(seconds=1))
    assert not is_slow(thread, until)
    assert Event.objects.filter(act="slow down").count() == 1


def test_a_busy_but_peaceful_story_never_slows():
    set_discussion(slow_after=1, hold_unknown=False)
    article = make_article()

    for number in range(5):
        Reader().comment(article, f"Number {number}.", email=f"r{number}@example.org")

    assert Thread.objects.get().approved == 5
    assert Thread.objects.get().slow_until is None


def test_refusals_by_rules_and_moderators_and_reports_all_count():
    set_discussion(slow_after=3, refuse_words="zeppelin")
    article = make_article()
    removed, reported = make_comment(article), make_comment(article)

    Reader().comment(article, "A zeppelin!")
    moderation.decide([removed], Comment.State.REMOVED, moderator=None)
    before = Thread.objects.get().slow_until
    Reader().post(reverse("comments:report", args=[reported.pk]), {"reason": "insult"})

    assert before is None
    assert Thread.objects.get().slow_until is not None


def test_readers_are_told_and_wait_longer_with_their_text_kept():
    set_discussion(hold_unknown=False)
    article, reader = make_article(), Reader()
    quick = reader.comment(article, "First.")
    moderation.slow_down(article, moderator=None)
    Comment.objects.update(
        created_at=Comment.objects.get().created_at - timedelta(seconds=60)
    )

    page = Reader().get(article.get_absolute_url()).text
    refused = reader.comment(article, "Second.")
    other = Reader().comment(article, "By another.", email="other@example.org")
    moderation.end_slow_mode(article, moderator=None)
    after = Reader().get(article.get_absolute_url()).text

    assert quick.status_code == 303
    assert "each reader may write one comment in 5 minutes" in page
    assert refused.status_code == 429
    assert "one comment in 5 minutes" in refused.text
    assert "Second." in refused.text
    assert refused.headers["Retry-After"] == "300"
    assert other.status_code == 303
    assert "The discussion is heated" not in after
    assert reader.comment(article, "Second.").status_code == 303


def test_moderators_switch_a_story_from_the_list_of_threads(client):
    article = make_article()
    make_comment(article)
    client.force_login(make_staff("Moderator"))

    def do(action):
        client.post(
            reverse("admin:comments_thread_changelist"),
            {"action": action, "_selected_action": [article.pk]},
        )

    do("slow_down")
    slowed = is_slow(Thread.objects.get())
    do("end_slow_mode")
    ended = not is_slow(Thread.objects.get())
    do("hold_every")
    held = rules_of(article).hold_all
    do("hold_as_usual")

    assert (slowed, ended, held, rules_of(article).hold_all) == (
        True,
        True,
        True,
        False,
    )
    assert Discussion.objects.get(article=article).hold_all is None  # as the site says


def test_a_long_interval_without_slow_mode_is_not_called_heat():
    set_discussion(flood_seconds=300)
    article, reader = make_article(), Reader()
    reader.comment(article, "First.")

    refused = reader.comment(article, "Second.")

    assert refused.status_code == 429
    assert "Wait 300 seconds" in refused.text
    assert "heated" not in refused.text


def test_the_scripts_of_the_form_are_loaded_only_where_there_is_a_form():
    article = make_article()
    open_ = Reader().get(article.get_absolute_url()).text
    moderation.close(article, moderator=None)

    closed = Reader().get(article.get_absolute_url()).text

    assert "js/comment-form.js" in open_
    assert "js/comment-form.js" not in closed
    assert "js/story-page.js" in closed
