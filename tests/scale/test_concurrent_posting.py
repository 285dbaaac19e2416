"""Many readers write at once: no word is lost, none stands twice, all are counted."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

CLIENTS = 64
POSTS = 1000
TWICE = 40  # of them are sent by two tabs at the same moment

STORIES = """
import json
from comments.models import Comment, Discussion
from tests.factories import make_article, make_comment, set_discussion
open_, held = make_article(headline="All may write"), make_article(headline="All wait")
set_discussion(article=open_, hold_unknown=False)
parent = make_comment(open_)
print(json.dumps({"open": open_.pk, "held": held.pk, "parent": parent.pk}))
"""
COUNTS = """
import json
from collections import Counter
from comments.models import Comment, Thread
told = {}
for thread in Thread.objects.all():
    comments = list(thread.comments.all())
    states = Counter(comment.state for comment in comments)
    below = Counter(
        path for comment in comments if comment.is_approved
        for path in comment.ancestor_paths
    )
    told[thread.pk] = {
        "texts": [comment.source for comment in comments],
        "numbers": sorted(comment.number for comment in comments),
        "states": states,
        "counted": [thread.approved, thread.pending, thread.last_number],
        "replies_agree": all(
            comment.approved_replies == below[comment.path] for comment in comments
        ),
    }
print(json.dumps(told))
"""


def test_a_thousand_posts_at_once_lose_none_and_double_none(site):
    stories = site.run(STORIES)
    posts = [post_number(number, stories) for number in range(POSTS)]
    sent = posts + posts[:TWICE]
    sent.sort(key=lambda post: post["number"])  # the two tabs side by side

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda post: send(site, post), sent))

    told = site.run(COUNTS)
    texts = [text for thread in told.values() for text in thread["texts"]]
    written = [text for text in texts if text.startswith("Post ")]
    assert sorted(written) == sorted(post["fields"]["comment"] for post in posts)
    assert answers.count(303) == POSTS
    assert answers.count(409) == TWICE
    for thread in told.values():
        states, (approved, pending, last_number) = thread["states"], thread["counted"]
        assert approved == states.get("approved", 0)
        assert pending == states.get("pending", 0)
        assert thread["numbers"] == list(range(1, last_number + 1))
        assert thread["replies_agree"]
    assert told[str(stories["held"])]["states"]["pending"] == POSTS // 4
    assert told[str(stories["open"])]["states"]["approved"] == POSTS * 3 // 4 + 1


def post_number(number, stories):
    """Return a post: one of four is held, and of the others every second answers one."""
    is_held = number % 4 == 3
    return {
        "number": number,
        "path": f"/comments/story/{stories['held' if is_held else 'open']}/",
        "address": f"10.{number // 250}.{number % 250}.9",
        "fields": {
            "comment": f"Post {number}, word for word.",
            "name": f"Reader {number}",
            "email": f"reader{number}@example.org",
            "reply_to": stories["parent"] if number % 4 == 1 else "",
        },
    }


def send(site, post):
    with site.open() as connection:
        connection.request(
            "POST",
            post["path"],
            urlencode(post["fields"]),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Host": f"127.0.0.1:{site.port}",
                "Origin": f"http://127.0.0.1:{site.port}",
                "X-Forwarded-For": post["address"],
                "X-Forwarded-Proto": "http",
            },
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status
