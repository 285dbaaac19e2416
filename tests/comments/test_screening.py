"""Each check, and the reason that moderators read."""

import pytest

from comments import moderation
from comments.models import Comment
from tests.factories import make_article, make_comment, make_staff, set_discussion
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


def test_a_known_address_under_another_name_is_a_newcomer():
    article = make_article()

    known_reader(article).comment(article, name="Capt. Sprat")

    assert posted().state == Comment.State.PENDING
    assert reasons() == ["No comment by this name and address is approved yet."]


def test_an_address_is_the_same_in_capitals():
    article = make_article()

    known_reader(article).comment(article, email="Hettie@Example.ORG")

    assert posted().state == Comment.State.APPROVED


@pytest.mark.parametrize(
    "one",
    [
        "https://example.org/a",
        "https://www.example.org/a",
        "www.example.org/a",
        "<https://example.org/a>",
        "[the report](https://example.org/a)",
        "[https://example.org/a](https://example.org/a)",
        "[the report](//example.org/a)",
        "[the report](h&#116;tps://example.org/a)",
    ],
)
def test_two_links_wait_and_one_does_not_however_they_are_written(settings, one):
    set_discussion(flood_seconds=0)
    article = make_article()
    reader = known_reader(article)

    reader.comment(article, f"See {one} for more.")
    with_one = posted().state
    reader.comment(article, f"See {one} and {one} for more.")

    assert with_one == Comment.State.APPROVED
    assert posted().state == Comment.State.PENDING
    assert reasons() == ["It holds several links."]


def test_how_many_links_wait_is_the_operators_choice(settings):
    set_discussion(flood_seconds=0)
    article = make_article()
    reader = known_reader(article)
    links = "https://example.org/a https://example.org/b"

    states = []
    for most in (2, 3, 0):  # 0 lets any number pass
        set_discussion(links_held=most)
        reader.comment(article, f"With {most} held: {links}")
        states.append(posted().state)

    assert states == ["pending", "approved", "approved"]


def test_who_fills_in_the_hidden_field_is_spam():
    article = make_article()

    reader = known_reader(article)
    response = reader.comment(article, "Loans for boats.", subject="Buy now")
    told = reader.get(response.url).text
    page = Reader().get(article.get_absolute_url()).text

    assert posted().state == Comment.State.SPAM
    assert reasons() == ["The field that only programs see was filled in."]
    assert response.status_code == 303
    # Said plainly: a browser's own filling-in may have done it, and its owner appeals.
    assert "Your comment was not published." in told
    assert "Earlier." in page
    assert "Loans for boats." not in page


def test_a_busy_network_is_held_and_never_refused(settings):
    settings.COMMENTS_PER_NETWORK_HOUR = 2
    set_discussion(flood_seconds=0)
    article = make_article()
    known_reader(article)
    school = [Reader(address="203.0.113.7") for _pupil in range(3)]

    states = []
    for number, pupil in enumerate(school):
        assert pupil.comment(article, f"Number {number}.").status_code == 303
        states.append(posted().state)

    assert states == ["approved", "approved", "pending"]
    assert reasons() == ["Many comments came from this network within the hour."]


def test_another_network_is_not_held_for_the_busy_one(settings):
    settings.COMMENTS_PER_NETWORK_HOUR = 1
    set_discussion(flood_seconds=0)
    article = make_article()
    known_reader(article)

    states = []
    for address in ("203.0.113.7", "203.0.113.200", "198.51.100.7"):
        Reader(address=address).comment(article, f"From {address}.")
        states.append(posted().state)

    assert states == ["approved", "pending", "approved"]


def test_all_reasons_are_kept_and_the_gravest_decides():
    text = "See www.example.org and www.example.com"

    Reader().comment(make_article(), text, subject="Buy now")

    assert posted().state == Comment.State.SPAM
    assert posted().verdicts == [
        {
            "check": "trap",
            "state": "spam",
            "reason": "The field that only programs see was filled in.",
        },
        {"check": "links", "state": "pending", "reason": "It holds several links."},
        {
            "check": "first",
            "state": "pending",
            "reason": "No comment by this name and address is approved yet.",
        },
    ]


def test_what_a_screened_comment_waits_for_is_said_to_moderators_alone(client):
    article, reader = make_article(), Reader()
    answer = reader.comment(article, "See `www.example.org` and `www.example.com`")
    client.force_login(make_staff("Moderator"))

    queue = client.get("/admin/comments/comment/").text
    form = client.get(f"/admin/comments/comment/{posted().pk}/change/").text
    own = reader.get(answer.url).text

    for page in (queue, form):
        assert "It holds several links." in page
        assert "No comment by this name and address is approved yet." in page
    assert "See <code>www.example.org</code>" in own
    assert "several links" not in own


def test_a_moderators_decision_makes_a_reader_known(settings):
    set_discussion(flood_seconds=0)
    article, reader = make_article(), Reader()

    reader.comment(article, "First.")
    moderation.decide([posted()], Comment.State.APPROVED, moderator=None)
    reader.comment(article, "Second.")
    after_approval = posted().state
    moderation.decide(Comment.objects.all(), Comment.State.SPAM, moderator=None)
    reader.comment(article, "Third.")

    assert after_approval == Comment.State.APPROVED
    assert posted().state == Comment.State.PENDING
