"""A query written once answers as the ORM does that writes it anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

import pytest

from articles.models import Article
from newsroom.compiled import Compiled
from tests.factories import make_article, make_comment, make_section

AT = datetime(1605, 1, 2, tzinfo=UTC)


def of_section(slug, at):
    found = Article.objects.live(at).filter(section__slug=slug)
    return found.select_related("section", "live").with_changed(at).order_by("pk")


def all_of(article):
    """Return every value that ``article`` came with, and those of its companions."""
    fields = {name: value for name, value in vars(article).items() if name[0] != "_"}
    related = {
        name: all_of(one)
        for name, one in article._state.fields_cache.items()
        if one is not None
    }
    return fields | related


@pytest.mark.django_db
def test_the_same_objects_come_with_what_belongs_to_them(django_assert_num_queries):
    for headline in ("One", "Two"):
        make_article(headline=headline)
    make_article(section=make_section("Harbour", "harbour"))
    compiled = Compiled(of_section, "a-slug", AT)
    now = timezone.now()

    for slug in ("town-hall", "harbour", "nowhere"):
        with django_assert_num_queries(1):
            found = compiled.all(slug, now)
        assert [all_of(one) for one in found] == [
            all_of(one) for one in of_section(slug, now)
        ]
    assert len(compiled.all("town-hall", now)) == 2
    assert compiled.all("town-hall", now.replace(year=2000)) == []


@pytest.mark.django_db
def test_a_number_that_no_database_can_hold_finds_nothing():
    compiled = Compiled(lambda pk: Article.objects.filter(pk=pk), -1605)
    article = make_article()

    assert compiled.first(article.pk) == article
    for number in (2**63, 10**40, -(10**40)):
        assert compiled.first(number) is None
        assert compiled.row(number) is None


@pytest.mark.django_db
def test_what_was_left_out_is_fetched_when_it_is_asked_for():
    article = make_article(body="<p>The lock stays shut.</p>")
    compiled = Compiled(lambda pk: Article.objects.filter(pk=pk).defer("body"), -1605)

    found = compiled.first(article.pk)

    assert "body" not in vars(found)
    assert "The lock stays shut" in found.body


@pytest.mark.django_db
def test_an_argument_that_the_query_does_not_take_is_an_error():
    compiled = Compiled(lambda _pk: Article.objects.all(), -1605)

    with pytest.raises(AssertionError, match="-1605"):
        compiled.all(1)


@pytest.mark.django_db(transaction=True)
def test_threads_ask_one_query_at_once_each_on_its_own_connection():
    story = make_article()
    comments = [make_comment(story, name=f"Reader {n}").pk for n in range(8)]
    compiled = Compiled(lambda pk: story.thread.comments.filter(pk=pk), -1605)

    def ask(pk):
        try:
            return [compiled.first(pk).pk for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, comments))

    assert answers == [[pk] * 20 for pk in comments]
