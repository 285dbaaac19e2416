"""The counts are what a recount gives, whatever happens in whatever order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments import moderation
from comments.models import Comment, Thread
from tests.factories import make_article, make_comment

State = Comment.State
ACTS = st.lists(
    st.tuples(st.sampled_from(["post", *State]), st.integers(0, 30)), max_size=20
)


@given(acts=ACTS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_counts_equal_a_recount_after_any_posts_and_decisions(acts):
    article = make_article()
    made = [make_comment(article, state=State.PENDING)]

    for act, choice in acts:
        comment = made[choice % len(made)]
        if act == "post":
            comment.refresh_from_db()
            parent = comment if comment.depth < 4 and choice % 3 else None
            made.append(make_comment(article, parent=parent, state=State.APPROVED))
        else:
            moderation.decide([comment], State(act), moderator=None)

    comments = list(Comment.objects.filter(thread=article.pk))
    thread = Thread.objects.get(article=article)
    assert thread.approved == sum(one.state == State.APPROVED for one in comments)
    assert thread.pending == sum(one.state == State.PENDING for one in comments)
    for comment in comments:
        assert comment.approved_replies == sum(
            one.state == State.APPROVED
            and one.pk != comment.pk
            and one.path.startswith(comment.path)
            for one in comments
        )
