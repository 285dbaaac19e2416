"""``manage.py demo``: a whole small newspaper, from nothing, as often as one likes."""

from io import StringIO

from django.core.management import CommandError, call_command

import pytest

from articles.models import Article, Author, Image, Section
from comments.models import Comment
from newsroom.models import Publication, User
from ratings.models import Rating
from tests.factories import make_article


def load():
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


def test_a_second_load_changes_nothing():
    load()
    Publication.objects.update(name="The Other Courier")
    Article.objects.filter(slug="night-bus-trial").update(standfirst="My own words.")
    before = counts()

    said = load()

    assert "nothing was changed" in said
    assert counts() == before
    assert Publication.objects.get().name == "The Other Courier"
    assert Article.objects.get(slug="night-bus-trial").standfirst == "My own words."


def counts():
    models = (Article, Author, Comment, Image, Rating, Section, User)
    return {model: model.objects.count() for model in models}


def test_a_site_with_stories_of_its_own_is_left_alone():
    make_article(headline="Somebody’s own story")

    with pytest.raises(CommandError, match="stories of its own"):
        load()

    assert Article.objects.count() == 1
