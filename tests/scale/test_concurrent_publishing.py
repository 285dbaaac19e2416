"""Readers vote and write under a story while the desk publishes it again and again."""

VOTES_AND_CHANGES = """
import json
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from articles import publishing
from articles.models import Article
from ratings.models import Rating
from ratings.voting import Voter, cast_vote
from tests.factories import make_article, make_comment

article = make_article()

def publish(number):
    working_copy = Article.objects.get(pk=article.pk)
    working_copy.headline = f"Bulletin {number}"
    publishing.save_working_copy(working_copy, editor=None)
    publishing.publish(working_copy, editor=None)

def vote(number):
    cast_vote(article.pk, voter=Voter(hash=f"{number:064}"), score=4)

def comment(number):
    make_comment(article, source=f"Comment {number}.")

def repeatedly(act, times):
    try:
        for number in range(times):
            act(number)
    finally:
        connection.close()

with ThreadPoolExecutor() as pool:
    acts = [(publish, 60), (vote, 200), (comment, 100)]
    for one in [pool.submit(repeatedly, *act) for act in acts]:
        one.result()
article.refresh_from_db()
print(json.dumps([
    article.live.headline, Rating.objects.count(), article.thread.approved
]))
"""


def test_who_acts_on_a_story_that_is_being_published_is_in_nobodys_way(site):
    assert site.run(VOTES_AND_CHANGES) == ["Bulletin 59", 200, 100]
