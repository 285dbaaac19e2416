"""Each check, and the reason that moderators read."""

from comments import moderation
from comments.models import Comment
from tests.factories import make_article, make_comment, make_staff
from tests.readers import Reader


def known_reader(article):
    """Return a reader whose comment would be published at once."""
    make_comment(
        article, name="Hettie P.", email="hettie@example.org", source="Earlier."
    )
    return Reader()


def posted():
    return Comment.objects.latest("pk")


def reasons():
    return [verdict["reason"] for verdict in posted().verdicts]


def test_a_known_readers_plain_comment_passes_every_check():
    article = make_article()

    known_reader(article).comment(article, "Plain words.")

    assert posted().state == Comment.State.APPROVED
    assert reasons() == []


def test_a_known_name_with_another_address_is_a_newcomer():
    article = make_article()

    known_reader(article).comment(article, email="other@example.org")

    assert posted().state == Comment.State.PENDING
    assert reasons() == ["No comment by this name and address is approved yet."]


def test_an_address_is_the_same_in_capitals():
    article = make_article()

    known_reader(article).comment(article, email="Hettie@Example.ORG")

    assert posted().state == Comment.State.APPROVED


def test_two_links_wait_and_one_does_not():
    article = make_article()
    reader = known_reader(article)

    reader.comment(article, "One: https://example.org/a")
    one = posted().state
    Comment.objects.update(created_at="2026-01-01T00:00:00Z")
    reader.comment(article, "Two: https://example.org/a www.example.org/b")

    assert one == Comment.State.APPROVED
    assert posted().state == Comment.State.PENDING
    assert reasons() == ["It holds several links."]


def test_who_fills_in_the_hidden_field_is_spam():
    article = make_article()

    response = known_reader(article).comment(article, subject="Buy now")

    assert response.status_code == 303  # a program is told nothing
    assert posted().state == Comment.State.SPAM
    assert "only programs see" in reasons()[0]


def test_a_busy_network_is_held_and_never_refused(settings):
    settings.COMMENTS_PER_NETWORK_HOUR = 2
    settings.COMMENT_FLOOD_SECONDS = 0
    article = make_article()
    known_reader(article)
    school = [Reader(address="203.0.113.7") for _pupil in range(3)]

    states = []
    for number, pupil in enumerate(school):
        assert pupil.comment(article, f"Number {number}.").status_code == 303
        states.append(posted().state)

    assert states == ["approved", "approved", "pending"]
    assert reasons() == ["Many comments came from this network within the hour."]


def test_moderators_read_why_a_comment_was_held(client):
    Reader().comment(make_article(), "See www.example.org and www.example.com")
    client.force_login(make_staff("Moderator"))

    page = client.get("/admin/comments/comment/").text

    assert "It holds several links." in page
    assert "No comment by this name and address is approved yet." in page


def test_a_moderators_decision_makes_a_reader_known(settings):
    settings.COMMENT_FLOOD_SECONDS = 0
    article, reader = make_article(), Reader()

    reader.comment(article, "First.")
    moderation.decide([posted()], Comment.State.APPROVED, moderator=None)
    reader.comment(article, "Second.")
    after_approval = posted().state
    moderation.decide(Comment.objects.all(), Comment.State.SPAM, moderator=None)
    reader.comment(article, "Third.")

    assert after_approval == Comment.State.APPROVED
    assert posted().state == Comment.State.PENDING
