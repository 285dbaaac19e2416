"""The counts are what a recount gives, whatever happens in whatever order."""

from contextlib import suppress

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from comments import editing, erasure, moderation, objections, recommending
from comments.models import Comment, Thread
from comments.posting import NotRepliable, post_comment
from comments.rules import rules_of
from tests.factories import make_article, make_comment, set_discussion
from tests.readers import Reader

State = Comment.State
KNOWN = {"name": "Hettie P.", "email": "hettie@example.org"}
WHICH = st.integers(0, 20)  # one of the comments there are, counted round and round
POSTS = st.tuples(st.sampled_from(["newcomer", "known"]), st.none() | WHICH)
DECISIONS = st.tuples(
    st.sampled_from([*moderation.ACTS]), st.lists(WHICH, min_size=1, max_size=4)
)


@hypothesis.given(acts=st.lists(POSTS | DECISIONS, max_size=20))
@hypothesis.settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
def test_counts_equal_a_recount_after_any_posts_and_decisions(settings, acts):
    set_discussion(flood_seconds=0)
    make_comment(make_article(headline="Where Hettie P. became known"), **KNOWN)
    article = make_article()
    make_comment(article)

    for number, (act, which) in enumerate(acts):
        there = list(Comment.objects.filter(thread=article.pk).order_by("pk"))
        if act in State:
            chosen = [there[one % len(there)] for one in which]
            moderation.decide(chosen, act, moderator=None)
        else:
            answered = None if which is None else there[which % len(there)]
            post(article, number, answered, as_known=act == "known")

    comments = list(Comment.objects.filter(thread=article.pk))
    approved = [one for one in comments if one.state == State.APPROVED]
    thread = Thread.objects.get(article=article)
    assert thread.approved == len(approved)
    assert thread.pending == sum(one.state == State.PENDING for one in comments)
    assert thread.last_number == len(comments)
    assert {one.pk: one.approved_replies for one in comments} == {
        one.pk: sum(one in ancestors_of(reply) for reply in approved)
        for one in comments
    }


def post(article, number, answered, *, as_known):
    address = f"reader{number}-of-story{article.pk}@example.org"
    newcomer = {"name": "Somebody", "email": address}
    comment = Comment(
        source=f"Comment number {number}.",
        reader_hash=f"{number:064x}",
        **(KNOWN if as_known else newcomer),
    )
    is_known = Comment.objects.filter(**KNOWN, state=State.APPROVED).exists()
    try:
        post_comment(article, comment, reply_to=answered and answered.pk)
    except NotRepliable:
        # Nothing was stored; whether that is right, the refusals' tests say.
        assert comment.pk is None
    else:
        assert comment.state == (
            State.APPROVED if as_known and is_known else State.PENDING
        )


def ancestors_of(comment):
    ancestors = []
    while comment := comment.parent:
        ancestors.append(comment)
    return ancestors


class Talk(RuleBasedStateMachine):
    """Readers write, change, take back, report and recommend; moderators decide.

    After each step every count is compared with what the rows say.
    """

    def __init__(self):
        super().__init__()
        set_discussion(flood_seconds=0, slow_after=0, reports_held=2)
        make_comment(make_article(headline="Where Hettie P. became known"), **KNOWN)
        self.article = make_article()
        self.number = 0
        make_comment(self.article)

    def one(self, which):
        there = list(Comment.objects.filter(thread=self.article.pk).order_by("pk"))
        return there[which % len(there)]

    @rule(as_known=st.booleans(), answered=st.none() | WHICH)
    def post(self, as_known, answered):
        self.number += 1
        parent = None if answered is None else self.one(answered)
        post(self.article, self.number, parent, as_known=as_known)

    @rule(which=WHICH, number=st.integers(0, 3))
    def edit(self, which, number):
        with suppress(editing.TooLate):
            editing.edit(
                self.one(which),
                source="See https://a.example https://b.example"
                if number
                else "Other.",
                rules=rules_of(self.article),
                late=True,
            )

    @rule(which=WHICH)
    def withdraw(self, which):
        with suppress(editing.TooLate):
            editing.withdraw(self.one(which), rules=rules_of(self.article), late=True)

    @rule(which=WHICH, reader=st.integers(0, 3))
    def report(self, which, reader):
        with suppress(objections.NotReportable):
            objections.report(
                self.one(which),
                reader_hash=f"reader {reader}",
                network_key=f"network {reader}",
                reason="insult",
            )

    @rule(which=WHICH, reader=st.integers(0, 3), back=st.booleans())
    def recommend(self, which, reader, back):
        act = recommending.take_back if back else recommending.recommend
        with suppress(recommending.NotRecommendable):
            act(self.one(which), reader_hash=f"reader {reader}")

    @rule(decision=DECISIONS)
    def decide(self, decision):
        state, which = decision
        moderation.decide([self.one(one) for one in which], state, moderator=None)

    @rule(which=WHICH)
    def undo(self, which):
        with suppress(moderation.NothingToUndo):
            moderation.undo(self.one(which), moderator=None)

    @rule(which=WHICH, keep_words=st.booleans())
    def erase(self, which, keep_words):
        erasure.erase(self.one(which).email, keep_words=keep_words)

    @invariant()
    def counts_equal_a_recount(self):
        comments = list(Comment.objects.filter(thread=self.article.pk))
        approved = [one for one in comments if one.state == State.APPROVED]
        thread = Thread.objects.get(article=self.article)
        assert thread.approved == len(approved)
        assert thread.pending == sum(one.state == State.PENDING for one in comments)
        assert thread.last_number == len(comments)
        for one in comments:
            below = sum(one in ancestors_of(reply) for reply in approved)
            unsettled = one.reports.filter(settled_at=None)
            assert one.approved_replies == below
            assert one.is_shown == (one.state == State.APPROVED or below > 0)
            assert one.recommended == one.recommendations.count()
            assert one.open_reports == unsettled.count()


def test_counts_equal_a_recount_after_any_interleaving():
    run_state_machine_as_test(
        Talk,
        settings=hypothesis.settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )


def test_the_number_over_a_thread_is_that_of_the_comments_readers_see():
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    held = make_comment(article, parent=root, state=State.PENDING)

    def heading():
        page = Reader().get(article.get_absolute_url()).text
        return page.partition('<h2 id="comments-heading">')[2].split("</h2>")[0].strip()

    assert heading() == "2 comments"
    moderation.decide([held], State.APPROVED, moderator=None)
    assert heading() == "3 comments"
    moderation.decide([root, held], State.SPAM, moderator=None)
    assert heading() == "1 comment"
    moderation.decide([reply], State.REMOVED, moderator=None)
    assert heading() == "Comments"
