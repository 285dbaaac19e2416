"""What the site's own decisions teach about spam."""

import pytest

from comments import learning, moderation, screening
from comments.models import Comment, Word
from tests.factories import make_article, make_comment, set_discussion
from tests.readers import Reader

State = Comment.State


def teach(article, number=learning.ENOUGH):
    """Decide on ``number`` comments of each kind."""
    spam = [
        make_comment(article, state="pending", source=f"Cheap pills and loans, day {i}")
        for i in range(number)
    ]
    ham = [
        make_comment(article, state="pending", source=f"The bridge hums, as on day {i}")
        for i in range(number)
    ]
    moderation.decide(spam, State.SPAM, moderator=None)
    moderation.decide(ham, State.APPROVED, moderator=None)
    return spam, ham


def posted():
    return Comment.objects.latest("pk")


def counts():
    return {word.word: (word.spam, word.ham) for word in Word.objects.all()}


def test_it_holds_what_looks_like_earlier_spam_and_says_by_which_words():
    set_discussion(hold_unknown=False)
    article = make_article()
    teach(article)

    Reader().comment(article, "Pills! Loans! All cheap")

    verdict = posted().verdicts[0]
    assert posted().state == State.PENDING
    assert verdict["check"] == "learner"
    assert "pills" in screening.in_words(verdict)
    assert "loans" in screening.in_words(verdict)


def test_what_looks_like_earlier_good_comments_passes():
    set_discussion(hold_unknown=False)
    article = make_article()
    teach(article)

    Reader().comment(article, "The bridge hums again")

    assert posted().state == State.APPROVED


def test_it_says_nothing_before_it_has_seen_enough():
    set_discussion(hold_unknown=False)
    article = make_article()
    teach(article, learning.ENOUGH - 1)

    Reader().comment(article, "Pills! Loans! All cheap")

    assert posted().state == State.APPROVED


def test_switched_off_it_holds_nothing():
    set_discussion(hold_unknown=False, learner_holds=False)
    article = make_article()
    teach(article)

    Reader().comment(article, "Pills! Loans! All cheap")

    assert posted().state == State.APPROVED


@pytest.mark.parametrize("then", [State.PENDING, State.REMOVED])
def test_a_decision_that_is_undone_is_unlearned(then):
    comment = make_comment(make_article(), state="pending", source="Cheap pills")
    moderation.decide([comment], State.SPAM, moderator=None)
    learned = counts()

    moderation.decide([comment], then, moderator=None)

    assert learned[""] == learned["pills"] == (1, 0)
    assert set(counts().values()) == {(0, 0)}
    comment.refresh_from_db()
    assert comment.learned_as == ""


def test_a_decision_that_is_reversed_teaches_the_contrary():
    comment = make_comment(make_article(), state="pending", source="Cheap pills")
    moderation.decide([comment], State.SPAM, moderator=None)

    moderation.decide([comment], State.APPROVED, moderator=None)

    assert counts()[""] == counts()["pills"] == (0, 1)


def test_what_is_removed_teaches_nothing():
    comment = make_comment(make_article(), state="pending", source="You fool")

    moderation.decide([comment], State.REMOVED, moderator=None)

    assert counts() == {}
    assert Comment.objects.get().state == State.REMOVED


@pytest.mark.parametrize(
    "text", ["\u202e", "…", "-" * 5000, "ab " * 1600, "漢字" * 2000, "x" * 5000]
)
def test_any_text_can_be_learned_and_weighed(text):
    article = make_article()
    teach(article)
    comment = make_comment(article, state="pending", source=text)

    moderation.decide([comment], State.SPAM, moderator=None)
    opinion = learning.opinion_of(Comment(source=text))

    assert counts()[""] == (learning.ENOUGH + 1, learning.ENOUGH)
    assert 0 <= opinion.percent <= 100


def test_an_opinion_costs_one_query(django_assert_num_queries):
    article = make_article()
    teach(article)

    with django_assert_num_queries(1):
        opinion = learning.opinion_of(Comment(source="Cheap pills"))

    assert opinion.percent > 90
