"""No page reads a large table from end to end: what each query uses is an index."""

import re

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import Author, Byline, Tag
from newsroom import remembered
from ratings.voting import Voter, cast_vote
from tests.factories import make_article, make_author, make_comment, make_image
from tests.readers import Reader

# The tables that grow for as long as a paper lives.
LARGE = (
    *("articles_article", "articles_revision", "articles_reference"),
    *("articles_correction", "articles_publishedversion", "articles_pageversion"),
    *("articles_searchentry", "articles_searchword", "articles_article_tags"),
    *("comments_comment", "comments_thread", "ratings_rating", "ratings_tally"),
    *("ratings_daytally", "newsroom_event", "newsroom_delivery"),
)


@pytest.fixture
def paper():
    """A story with all that hangs on one, and the addresses of every kind of page."""
    author = make_author()
    tag = Tag.objects.create(name="Bridge", slug="bridge")
    story = make_article(author=author, lead_image=make_image())
    story.tags.add(tag)
    root = make_comment(story)
    make_comment(story, parent=root)
    cast_vote(story.pk, voter=Voter("reader"), score=4)
    make_article(headline="The one before", author=author)
    address, now = story.get_absolute_url(), timezone.localdate()
    assert Byline.objects.filter(author=author).count() == 2
    assert Author.objects.get() == author
    return {
        "front": "/",
        "latest": "/latest/",
        "section": "/section/town-hall/",
        "tag": "/tag/bridge/",
        "author": author.get_absolute_url(),
        "story": address,
        "versions": f"{address}versions/",
        "archive": "/archive/",
        "month": f"/{now:%Y/%m}/",
        "day": f"/{now:%Y/%m/%d}/",
        "corrections": "/corrections/",
        "search": "/search/?q=bridge",
        "thread": reverse("comments:thread", args=[story.pk]),
        "newest comments": f"{reverse('comments:thread', args=[story.pk])}?order=newest",
        "replies": reverse("comments:replies", args=[root.pk]),
        "counting": reverse("ratings:counting", args=[story.pk]),
        "feed": "/feed/",
        "section feed": "/section/town-hall/feed/",
        "author feed": f"{author.get_absolute_url()}feed/",
        "comments feed": reverse("comments:site-feed"),
        "news sitemap": "/news-sitemap.xml",
        "sitemap": f"/sitemap-{now:%Y-%m}.xml",
    }


PAGES = (
    *("front", "latest", "section", "tag", "author", "story", "versions", "archive"),
    *("month", "day", "corrections", "search", "thread", "newest comments", "replies"),
    *("counting", "feed", "section feed", "author feed", "comments feed"),
    *("news sitemap", "sitemap"),
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_no_large_table_through(paper, page):
    cache.clear()
    remembered.forget()
    with CaptureQueriesContext(connection) as queries:
        answer = Reader().get(paper[page])

    assert answer.status_code == 200
    asked = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
    assert asked
    found = {sql: read_through(sql) for sql in asked}
    assert not any(found.values()), {sql: of for sql, of in found.items() if of}


def read_through(sql):
    """Return the lines of the plan of ``sql`` that read all of a large table."""
    if re.search(r'FROM "(\w+)" ORDER BY "\1"\."id" ASC LIMIT 1$', sql):
        return []  # the first row there is
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            # So few rows are read through for choice: what remains has no index.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql)
        plan = [str(row[-1]) for row in cursor.fetchall()]
    pattern = (
        r"SCAN (\S+)(?!.* USING (COVERING )?INDEX)"
        if is_sqlite
        else r"Seq Scan on (\w+)"
    )
    names = aliases_in(sql) if is_sqlite else {}
    lines = []
    for line in plan:
        match = re.match(pattern, line) if is_sqlite else re.search(pattern, line)
        if match and names.get(match[1], match[1]) in LARGE:
            lines.append(line)
    return lines


def aliases_in(sql):
    """Return the table of each alias in ``sql``: SQLite's plans name aliases."""
    return {alias: table for table, alias in re.findall(r'"(\w+)" "?(\w+\d+)"?', sql)}
