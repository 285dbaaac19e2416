"""The queue: what it shows to whom, and what its forms do without a script."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from comments import moderation
from comments.models import Appeal, Ban, Comment
from comments.statistics import statistics_since
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff

State = Comment.State
QUEUE = reverse("admin:comments_comment_queue")
DECIDE = reverse("admin:comments_comment_decide")
UNDO = reverse("admin:comments_comment_undo")
LOG = reverse("admin:comments_comment_log")
STATISTICS = reverse("admin:comments_comment_statistics")


def url_of(comment, what):
    return reverse(f"admin:comments_comment_{what}", args=[comment.pk])


@pytest.fixture
def moderator(client):
    user = make_staff("Moderator", first_name="Dilys", last_name="Moor")
    client.force_login(user)
    return user


def test_the_queue_shows_what_waits_oldest_first_and_why(client, moderator):
    article = make_article(headline="Bridge reopens")
    reason = {"check": "links", "state": "pending", "reason": "It holds several links."}
    for text in ("One.", "Two."):
        make_comment(article, state=State.PENDING, source=text, verdicts=[reason])
    make_comment(article, source="Published.")

    page = client.get(QUEUE).text

    assert page.index("One.") < page.index("Two.")
    assert "It holds several links." in page
    assert "Bridge reopens" in page
    assert "Published." not in page


def test_the_queue_is_paged_by_25(client, moderator):
    article = make_article()
    for number in range(26):
        make_comment(article, state=State.PENDING, source=f"Number <{number}>.")

    first = client.get(QUEUE)
    beyond = Comment.objects.order_by("pk")[24].pk
    second = client.get(QUEUE, {"beyond": beyond}).text

    assert f"beyond={beyond}" in first.text
    assert "Number &lt;24&gt;." in first.text
    assert "Number &lt;25&gt;." not in first.text
    assert "Number &lt;25&gt;." in second
    assert "Number &lt;24&gt;." not in second


def test_the_queue_is_filtered(client, moderator):
    first, second = make_article(headline="A"), make_article(headline="B")
    held = make_comment(
        first,
        state=State.PENDING,
        source="Held words",
        verdicts=[{"check": "links", "state": "pending", "reason": "Links."}],
        network_key="ab" * 16,
    )
    refused = make_comment(second, state=State.SPAM, source="Trapped words")
    reported = make_comment(second, source="Reported words", open_reports=2)
    appealed = make_comment(second, state=State.REMOVED, source="Appealed words")
    Appeal.objects.create(comment=appealed, words="Please.")
    every = [held, refused, reported, appealed]

    def found(**query):
        page = client.get(QUEUE, query).text
        return [one for one in every if one.source in page]

    assert found() == [held]
    assert found(show="all") == every
    assert found(show="refused") == [refused, appealed]
    assert found(show="spam") == [refused]
    assert found(show="removed") == [appealed]
    assert found(show="reported") == [reported]
    assert found(show="appealed") == [appealed]
    assert found(show="approved") == [reported]
    assert found(show="all", check="links") == [held]
    assert found(show="all", check="trap") == []
    assert found(story=second.pk) == [refused, reported, appealed]
    assert found(reader=refused.reader_hash) == [refused]
    assert found(network="ab" * 16) == [held]
    assert found(q="trapped") == [refused]


def test_a_decision_is_made_and_undone_without_a_script(client, moderator):
    comment = make_comment(make_article(), state=State.PENDING)

    page = client.post(
        DECIDE,
        {
            "comment": comment.pk,
            f"seen-{comment.pk}": "pending",
            "decision": "remove",
            "fault": "insult",
            "word": "Be kind.",
            "back": "show=pending",
        },
        follow=True,
    )
    comment.refresh_from_db()
    decided = comment.state, comment.fault, comment.word
    event = Event.objects.about(comment).get()
    client.post(UNDO, {"event": event.pk})

    comment.refresh_from_db()
    assert decided == (State.REMOVED, "insult", "Be kind.")
    assert "1 comment is now: removed." in page.text
    assert f'name="event" type="hidden" value="{event.pk}"' in page.text
    assert comment.state == State.PENDING


def test_many_are_decided_and_undone_together(client, moderator):
    articles = [make_article(headline="A"), make_article(headline="B")]
    many = [make_comment(one, state=State.PENDING) for one in articles * 6]
    keys = [comment.pk for comment in many]

    client.post(DECIDE, {"comment": keys, "decision": "spam"})
    states = set(Comment.objects.values_list("state", flat=True))
    events = list(Event.objects.filter(act="mark as spam").values_list("pk", flat=True))
    answer = client.post(UNDO, {"event": events, "fragment": "1"})

    assert states == {State.SPAM}
    assert "12 comments are now: pending." in answer.text
    assert set(Comment.objects.values_list("state", flat=True)) == {State.PENDING}


def test_the_second_moderator_is_told_what_the_first_decided(client, moderator):
    comment = make_comment(make_article(), state=State.PENDING, name="Hettie P.")
    typed = {"comment": comment.pk, f"seen-{comment.pk}": "pending", "fragment": "1"}

    first = client.post(DECIDE, typed | {"decision": "approve"})
    client.force_login(make_staff("Moderator"))
    second = client.post(DECIDE, typed | {"decision": "spam"})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Dilys Moor was quicker" in second.text
    assert "is approved" in second.text
    comment.refresh_from_db()
    assert comment.state == State.APPROVED


def test_a_reply_approves_what_it_answers(client, moderator):
    comment = make_comment(make_article(), state=State.PENDING)
    url = url_of(comment, "answer")

    refused = client.post(url, {"source": "Thanks.", "fragment": "1"})
    taken = client.post(url, {"source": "Thanks.", "approve": "1"}, follow=True)

    comment.refresh_from_db()
    assert refused.status_code == 422
    assert "2 comments are now: approved." in taken.text
    assert comment.state == State.APPROVED
    assert comment.replies.get().staff == moderator


def test_who_wrote_a_comment_is_banned_from_its_card(client, moderator):
    comment = make_comment(
        make_article(), email="troll@gmail.com", network_key="ab" * 16
    )

    def banned(**typed):
        typed = {"reason": "Spam.", "fragment": "1"} | typed
        return client.post(url_of(comment, "ban"), typed).text

    assert "Banned" in banned(kind="email", days="7")
    assert "Banned" in banned(kind="reader")
    assert "Confirm" in banned(kind="domain")
    assert "Banned" in banned(kind="domain", confirmed="1")
    assert "14 days at most" in banned(kind="network")
    assert "Banned" in banned(kind="network", days="14")
    assert sorted(Ban.objects.values_list("kind", "value")) == [
        ("domain", "gmail.com"),
        ("email", "troll@gmail.com"),
        ("network", "ab" * 16),
        ("reader", comment.reader_hash),
    ]


def test_context_shows_the_thread_the_record_and_the_log(client, moderator):
    article = make_article()
    root = make_comment(article, source="The root.")
    comment = make_comment(
        article, parent=root, state=State.PENDING, email="ann@example.org"
    )
    make_comment(article, parent=root, source="A neighbour.")
    make_comment(article, email="ann@example.org", state=State.SPAM, source="Boats.")
    comment.wordings.create(source="As it was.")
    moderation.decide([comment], State.APPROVED, moderator=moderator, note="Fine.")

    whole = client.get(url_of(comment, "context")).text
    piece = client.get(url_of(comment, "context"), {"fragment": "1"}).text

    for words in ("The root.", "A neighbour.", "Boats.", "As it was.", "Fine."):
        assert words in whole
        assert words in piece
    assert "spam: 1" in piece
    assert "<html" not in piece


def test_a_queue_of_any_length_costs_the_same(client, moderator):
    make_comment(make_article(), state=State.PENDING)
    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)

    for number in range(20):
        other = make_article(headline=f"Story {number}")
        make_comment(other, parent=make_comment(other), state=State.PENDING)
    with CaptureQueriesContext(connection) as many:
        page = client.get(QUEUE)

    assert "Story 19" in page.text
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("group", "looks", "decides"),
    [("Moderator", 200, 303), ("Editor", 200, 403), ("Reporter", 403, 403)],
)
def test_moderators_decide_editors_look_and_reporters_do_neither(
    client, group, looks, decides
):
    comment = make_comment(make_article(), state=State.PENDING)
    event = Event.objects.record(None, "approve", comment)
    client.force_login(make_staff(group))
    posts = {
        DECIDE: {"comment": comment.pk, "decision": "approve"},
        UNDO: {"event": event.pk},
        url_of(comment, "answer"): {"source": "Hello."},
        url_of(comment, "ban"): {"kind": "email", "reason": "Spam."},
    }

    pages = [QUEUE, LOG, STATISTICS, url_of(comment, "context")]

    assert {client.get(url).status_code for url in pages} == {looks}
    assert {client.post(url, typed).status_code for url, typed in posts.items()} == {
        decides
    }
    everything = client.get(QUEUE, {"show": "all"}).text
    assert ("queue-decision" in everything) == (group == "Moderator")


@pytest.mark.parametrize(
    "junk", ["", "a\0b", "9" * 40, "-1", "\ud800".encode("utf-8", "replace"), "²", "pk"]
)
def test_junk_is_no_error_of_the_server(client, moderator, junk):
    comment = make_comment(make_article(), state=State.PENDING)
    names = ["show", "check", "q", "story", "reader", "network", "beyond", "decided"]
    names += ["failed", "act", "moderator"]
    fields = ["comment", "decision", "fault", "word", "event", "source", "kind"]
    fields += ["days", "reason", "back", f"seen-{comment.pk}"]
    posts = [DECIDE, UNDO, url_of(comment, "answer"), url_of(comment, "ban")]
    valid = {"comment": comment.pk, "decision": "hold", "event": 1, "source": "Hi."}

    gets = [client.get(url, {n: junk}) for url in (QUEUE, LOG) for n in names]
    sent = [client.post(url, valid | {n: junk}) for url in posts for n in fields]

    assert {one.status_code for one in gets} <= {200, 400}
    assert {one.status_code for one in sent} <= {303, 400, 422}
    huge = f"{QUEUE}{'9' * 30}/"
    assert client.get(huge).status_code == 404
    assert client.get(DECIDE).status_code == 405


def test_the_log_says_who_decided_what_and_why(client, moderator):
    first, second = make_article(headline="A"), make_article(headline="B")
    one = make_comment(first, source="Words of one")
    other = make_comment(second, source="Words of other")
    moderation.decide([one], State.REMOVED, moderator=moderator, word="It is rude.")
    moderation.decide([other], State.SPAM, moderator=None)

    def found(**query):
        page = client.get(LOG, query).text
        return ["Words of one" in page, "Words of other" in page]

    assert "It is rude." in client.get(LOG).text
    assert found() == [True, True]
    assert found(moderator="dilys") == [True, False]
    assert found(act="mark as spam") == [False, True]
    assert found(story=first.pk) == [True, False]


def test_statistics_count_what_the_days_held(client, moderator):
    now, article = timezone.now(), make_article()
    for hours in (1, 2, 10):
        make_comment(
            article,
            state=State.APPROVED,
            screened_as=State.PENDING,
            created_at=now - timedelta(hours=hours),
            decided_at=now,
            verdicts=[{"check": "first", "state": "pending", "reason": "New."}],
        )
    make_comment(article, state=State.SPAM)
    make_comment(article, created_at=now - timedelta(days=40))
    appealed = make_comment(article)
    Appeal.objects.create(comment=appealed, upheld=True, decided_at=now)
    moderation.decide([appealed], State.REMOVED, moderator=moderator)

    found = statistics_since(now - timedelta(days=7))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(STATISTICS).text

    assert (found.written, found.held, found.refused) == (5, 3, 1)
    assert (found.median, found.ninetieth) == (
        timedelta(hours=2),
        timedelta(hours=10),
    )
    assert (found.appeals, found.overturned_percent) == (1, 100)
    assert [(one.check, one.caught, one.published) for one in found.checks] == [
        ("first comment", 3, 3)
    ]
    assert found.moderators == [("Dilys Moor", 1)]
    assert "2:00:00" in page
    assert len(queries) <= 20


def test_bans_are_typed_and_lifted_in_the_admin(client, moderator):
    add = reverse("admin:comments_ban_add")
    typed = {"kind": "domain", "value": "Example.ORG", "reason": "Spam."}

    client.post(add, typed)
    free = client.post(add, typed | {"value": "gmail.com"})
    network = client.post(add, typed | {"kind": "network", "value": "ab" * 16})
    ban = Ban.objects.get()
    opened = client.get(reverse("admin:comments_ban_change", args=[ban.pk]))
    client.post(reverse("admin:comments_ban_delete", args=[ban.pk]), {"post": "yes"})

    assert (ban.value, ban.by, opened.status_code) == ("example.org", moderator, 200)
    assert "Confirm that you mean all." in free.text
    assert network.status_code == 200
    assert not Ban.objects.exists()
    acts = Event.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["ban", "lift ban"]
