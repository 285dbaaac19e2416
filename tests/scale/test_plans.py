"""No page reads a large table from end to end: what each query uses is an index.

Plans depend on sizes. SQLite, which Newsroom never lets ANALYZE, plans the same at any;
PostgreSQL is told before it plans that there are a million rows of each.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Author, Byline, Correction, Page, Tag
from comments.models import Comment
from newsroom import remembered
from newsroom.models import Publication
from ratings.voting import Voter, cast_vote
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_edition,
    make_image,
    make_newsletter,
    make_staff,
)
from tests.readers import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

# The tables that grow for as long as a paper lives.
LARGE = (
    *("articles_article", "articles_revision", "articles_reference"),
    *("articles_correction", "articles_publishedversion", "articles_pageversion"),
    *("articles_searchentry", "articles_searchword", "articles_article_tags"),
    *("comments_comment", "comments_thread", "ratings_rating", "ratings_tally"),
    *("ratings_daytally", "newsroom_event", "newsroom_delivery"),
)
# What Django's lists of the desk read of all rows: how many there are, and of which days.
# bench/README.md says what that costs among 100,000 stories.
OF_ALL_ROWS = re.compile(r"SELECT (COUNT\(|MIN\(|DISTINCT )")
# Two that tell crawlers of all there is: how many stories each month has, counted in an
# index made for it; and which tags lead to a story, looked up tag by tag, or all at once.
OF_ALL_STORIES = ("sitemaps", "sitemap of pages")
ASKS = ("SELECT", "WITH")
# Nodes of PostgreSQL's that take all their rows before they give the first.
GATHERING = {"Sort", "Aggregate", "Hash", "HashAggregate", "Materialize", "WindowAgg"}
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan"}


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
    # Two of each: a list of the desk that fits on its page is asked for without a limit.
    other = make_article(headline="The one before", author=author)
    make_comment(other)
    cast_vote(other.pk, voter=Voter("reader"), score=2)
    address, now = story.get_absolute_url(), timezone.localdate()
    assert Byline.objects.filter(author=author).count() == 2
    assert Author.objects.get() == author
    story.headline = "The bridge reopens after all"
    story.save()
    publishing.save_working_copy(story, editor=None)
    publishing.publish(story, editor=None)
    Publication.objects.update_or_create(
        pk=1, defaults={"name": "The Courier", "contact": "desk@example.org"}
    )
    for article in (story, other):
        Correction.objects.create(article=article, kind="correction", text="Not so.")
    make_newsletter()
    edition = make_edition(story, number=1, state="sent", started_at=timezone.now())
    Page.objects.create(title="Ethics", slug="ethics", body="<p>We say who pays.</p>")
    theirs = author.get_absolute_url()
    thread = reverse("comments:thread", args=[story.pk])
    let_tables_look_large()
    return {
        "front": "/",
        "latest": "/latest/",
        "section": "/section/town-hall/",
        "tag": "/tag/bridge/",
        "author": theirs,
        "story": address,
        "versions": f"{address}versions/",
        "version": f"{address}versions/2/",
        "archive": "/archive/",
        "year": f"/{now:%Y}/",
        "month": f"/{now:%Y/%m}/",
        "day": f"/{now:%Y/%m/%d}/",
        "corrections": "/corrections/",
        "one kind of correction": "/corrections/?kind=correction",
        "search": "/search/?q=bridge",
        "search in a section": "/search/?q=bridge&section=town-hall&order=relevance",
        "thread": thread,
        "newest comments": f"{thread}?order=newest",
        "most recommended": f"{thread}?order=recommended",
        "later comments": f"{thread}?order=oldest&from=1",
        "replies": reverse("comments:replies", args=[root.pk]),
        "later replies": f"{reverse('comments:replies', args=[root.pk])}?from={root.path}",
        "permanent link": root.get_absolute_url(),
        "status": reverse("comments:status", args=[root.status_key]),
        "counting": reverse("ratings:counting", args=[story.pk]),
        "best": "/ratings/",
        "most rated ever": "/ratings/?by=most&over=all",
        "feed": "/feed/",
        "atom feed": "/feed/atom/",
        "section feed": "/section/town-hall/feed/",
        "section JSON": "/section/town-hall/feed/json/",
        "tag feed": "/tag/bridge/feed/",
        "tag JSON": "/tag/bridge/feed/json/",
        "author feed": f"{theirs}feed/",
        "author JSON": f"{theirs}feed/json/",
        "corrections feed": "/corrections/feed/",
        "corrections JSON": "/corrections/feed/json/",
        "comments feed": reverse("comments:site-feed"),
        "comments JSON": f"{reverse('comments:site-feed')}json/",
        "feed of a thread": f"{thread}feed/",
        "JSON of a thread": f"{thread}feed/json/",
        "news sitemap": "/news-sitemap.xml",
        "sitemaps": "/sitemap.xml",
        "sitemap of pages": "/sitemap-pages.xml",
        "sitemap": f"/sitemap-{now:%Y-%m}.xml",
        "sitemap's shard": f"/sitemap-{now:%Y-%m}-1.xml",
        "robots": "/robots.txt",
        "oembed": f"/oembed/?url=http://testserver{address}",
        "about": "/about/",
        "page": "/pages/ethics/",
        "newsletter": "/newsletter/",
        "newsletter asked": "/newsletter/asked/",
        "newsletter erased": "/newsletter/erased/",
        "edition": f"/newsletter/{edition.number}/",
        "manifest": "/manifest.webmanifest",
        "security": "/.well-known/security.txt",
    }


def test_no_public_page_reads_a_large_table_through(paper):
    faults = {name: faults_of(Reader(), address) for name, address in paper.items()}

    for name in OF_ALL_STORIES:
        del faults[name]
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_public_page_is_among_them(paper):
    seen = {resolve(address.partition("?")[0]).route for address in paper.values()}
    shared = {
        route
        for route, pattern in routes(get_resolver().url_patterns)
        if hasattr(pattern.callback, "shared_page")
    }

    assert shared - seen == set()
    assert len(shared) > 30


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield route, one
        else:
            yield from routes(one.url_patterns, route)


def test_no_list_of_the_desk_reads_a_large_table_through(paper, monkeypatch):
    for model_admin in admin.site._registry.values():
        monkeypatch.setattr(model_admin, "list_per_page", 1)
    desk = Client()
    desk.force_login(make_staff(is_superuser=True))
    names = [f"{one._meta.app_label}_{one._meta.model_name}" for one in registered()]
    addresses = [reverse("admin:index"), reverse("admin:comments_comment_queue")]
    addresses += [reverse(f"admin:{name}_changelist") for name in names]

    faults = {address: faults_of(desk, address) for address in addresses}

    assert len(addresses) > 25
    for found in faults.values():
        for sql in list(found):
            if OF_ALL_ROWS.match(sql):
                del found[sql]
    assert {address: found for address, found in faults.items() if found} == {}


def registered() -> list[Any]:
    return [one for one in admin.site._registry if one._meta.app_label != "auth"]


@pytest.mark.parametrize(
    ("rows", "is_found"),
    [
        (Comment.objects.filter(name="Hettie").order_by("name")[:20], True),
        (Comment.objects.filter(name="Hettie").order_by("pk"), True),
        (Comment.objects.filter(thread=1, html="").order_by("source")[:20], False),
    ],
    ids=["no index", "all of an index", "an index to begin with"],
)
def test_a_query_that_reads_all_rows_is_found(paper, rows, is_found):
    with CaptureQueriesContext(connection) as queries:
        list(rows.all())
    (query,) = queries

    assert bool(read_through(query["sql"])) == is_found


def faults_of(client: Client, address: str) -> dict[str, list[str]]:
    """Return what reads a large table through, by the query that does so."""
    cache.clear()
    remembered.forget()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code in {200, 302}, (address, answer.status_code)
    asked = [one["sql"] for one in queries if one["sql"].startswith(ASKS)]
    found = {sql: read_through(sql) for sql in asked}
    return {sql: lines for sql, lines in found.items() if lines}


def read_through(sql: str) -> list[str]:
    """Return the lines of the plan of ``sql`` that read all of a large table."""
    if re.search(r'FROM "(\w+)" ORDER BY "\1"\."id" ASC LIMIT 1$', sql):
        return []  # the first row there is
    if connection.vendor == "sqlite":
        return list(scans_of_sqlite(sql))
    with connection.cursor() as cursor:
        # What is in the columns is not known: a scan that remains has no index.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    (top,) = json.loads(plan) if isinstance(plan, str) else plan
    return list(scans_of_postgres(top["Plan"], partial_indexes()))


def scans_of_sqlite(sql: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [str(row[-1]) for row in cursor.fetchall()]
    # SQLite's plans name aliases.
    names = {alias: of for of, alias in re.findall(r'"(\w+)" "?(\w+\d+)"?', sql)}
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    by_number = re.search(r'ORDER BY "(\w+)"\."id" (?:ASC|DESC) LIMIT', sql)
    for line in plan:
        match = re.match(r"SCAN (\S+)(?: USING (?:COVERING )?INDEX (\S+))?", line)
        if not match or names.get(match[1], match[1]) not in LARGE:
            continue
        # In an index's order as far as the limit, or through an index of a few.
        has_order = match[2] or (by_number and by_number[1] == match[1])
        in_order = has_order and " LIMIT " in sql and not is_sorted
        if not in_order and match[2] not in partial_indexes():
            yield line


def scans_of_postgres(
    node: dict[str, Any], partial: set[str], *, is_limited: bool = False
) -> Iterator[str]:
    kind = node["Node Type"]
    if kind in SCANS and node["Relation Name"] in LARGE:
        in_order = kind != "Seq Scan" and is_limited
        is_chosen = "Index Cond" in node or node.get("Index Name") in partial
        if not (in_order or is_chosen):
            yield f"{kind} on {node['Relation Name']}: {node.get('Filter', '')}"
    is_limited = kind == "Limit" or (is_limited and kind not in GATHERING)
    for inner in node.get("Plans", []):
        yield from scans_of_postgres(inner, partial, is_limited=is_limited)


def partial_indexes() -> set[str]:
    """Return the names of the indexes of some rows: those that wait for somebody."""
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        if connection.vendor == "sqlite"
        else "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name for (name,) in cursor.fetchall()}


def let_tables_look_large() -> None:
    """Tell PostgreSQL's planner of a million rows in each large table: until the end."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        # So large a plan would be compiled first, which takes longer than the few rows.
        cursor.execute("SET LOCAL jit = off")
        # The planner multiplies rows a page, as noted here, by the pages that there are.
        cursor.execute(
            """
            UPDATE pg_class SET relpages = 1, reltuples = 1000000
            WHERE oid = ANY(%s::regclass[]) OR oid IN (
                SELECT indexrelid FROM pg_index WHERE indrelid = ANY(%s::regclass[])
            )
            """,
            [list(LARGE), list(LARGE)],
        )
