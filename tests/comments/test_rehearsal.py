"""Trying changed settings on old comments."""

from datetime import timedelta

from django.utils import timezone

import pytest

from comments import learning, moderation, rehearsal
from comments.models import Comment, Discussion
from tests.factories import make_article, make_comment, make_section, set_discussion

State = Comment.State


def decided(article, state, **fields):
    comment = make_comment(article, state="pending", **fields)
    moderation.decide([comment], state, moderator=None)
    return comment


def of_site(**settings):
    """Return the site's settings with changes that are not saved."""
    discussion = Discussion.objects.get(section=None, article=None)
    for name, value in settings.items():
        setattr(discussion, name, value)
    return discussion


def test_it_says_what_would_have_been_held_and_saves_nothing():
    set_discussion(hold_unknown=False)
    article = make_article()
    spam = decided(article, State.SPAM, source="A casino!")
    decided(article, State.APPROVED, source="The casino burnt down.")
    decided(article, State.APPROVED, source="Plain words.")

    result = rehearsal.rehearse(of_site(hold_words="casino"), newest=1000)

    assert result.number == 3
    assert result.before.outcomes == {"let in": 3}
    assert result.after.outcomes == {"let in": 1, "held": 2}
    assert (result.before.bad_let_in, result.after.bad_let_in) == (1, 0)
    assert (result.before.good_held, result.after.good_held) == (0, 1)
    assert result.after.checks == {"words": 2}
    [difference] = result.differences
    assert difference == ("let in", "held")
    assert result.examples[difference][0].comment == spam
    assert Discussion.objects.get().hold_words == ""


def test_a_writer_is_known_only_after_their_first_approval():
    article = make_article()
    now = timezone.now()
    writer = {"name": "Hettie P.", "email": "hettie@example.org"}
    first = decided(article, State.APPROVED, created_at=now, **writer)
    Comment.objects.filter(pk=first.pk).update(decided_at=now + timedelta(hours=2))
    for hours in (1, 3):
        at = now + timedelta(hours=hours)
        other = decided(article, State.APPROVED, created_at=at, **writer)
        Comment.objects.filter(pk=other.pk).update(decided_at=at + timedelta(hours=4))

    result = rehearsal.rehearse(of_site(), newest=1000)

    assert result.before.checks == {"first": 2}
    assert result.before.outcomes == {"held": 2, "let in": 1}


@pytest.mark.parametrize("scope", ["section", "article"])
def test_it_tries_a_narrower_scope_on_its_own_comments_alone(scope):
    set_discussion(hold_unknown=False)
    article = make_article()
    elsewhere = make_article(section=make_section("Harbour", "harbour"))
    decided(article, State.APPROVED)
    decided(elsewhere, State.APPROVED)
    where = {"section": article.section, "article": article}[scope]

    changed = Discussion(hold_all=True, **{scope: where})
    result = rehearsal.rehearse(changed, newest=1000)

    assert result.number == 1
    assert result.after.outcomes == {"held": 1}


def test_a_storys_own_settings_hold_while_the_sites_are_tried():
    article, other = make_article(), make_article()
    set_discussion(hold_unknown=False)
    set_discussion(article=article, hold_all=False)
    decided(article, State.APPROVED)
    decided(other, State.APPROVED)

    result = rehearsal.rehearse(of_site(hold_all=True), newest=1000)

    assert result.after.outcomes == {"let in": 1, "held": 1}


def test_the_learner_is_not_asked_about_what_it_was_taught():
    set_discussion(hold_unknown=False)
    article = make_article()
    for number in range(learning.ENOUGH):
        decided(article, State.SPAM, source=f"Cheap pills {number}")
        decided(article, State.APPROVED, source=f"The bridge hums {number}")
    decided(article, State.SPAM, source="Cheap pills again")

    result = rehearsal.rehearse(of_site(), newest=1000)

    # All but the last came before it had learned enough to say anything.
    assert result.before.checks == {"learner": 1}


def test_only_the_newest_are_taken():
    article = make_article()
    for number in range(4):
        decided(article, State.APPROVED, source=f"Number {number}")

    result = rehearsal.rehearse(of_site(hold_all=True, hold_unknown=False), newest=2)

    assert result.number == 2


def test_what_was_known_of_the_trap_is_known_again():
    article = make_article()
    set_discussion(hold_unknown=False)
    comment = decided(article, State.SPAM)
    Comment.objects.filter(pk=comment.pk).update(
        verdicts=[{"check": "trap", "state": "spam", "reason": "Filled in."}]
    )

    result = rehearsal.rehearse(of_site(), newest=1000)

    assert result.before.outcomes == {"refused": 1}
    assert result.before.good == 1


def test_its_queries_do_not_grow_with_the_comments(django_assert_num_queries):
    article = make_article()
    for number in range(12):
        decided(article, State.APPROVED, source=f"Number {number}")

    changed = of_site(hold_words="casino")
    with django_assert_num_queries(4):
        result = rehearsal.rehearse(changed, newest=10_000)

    assert result.number == 12
