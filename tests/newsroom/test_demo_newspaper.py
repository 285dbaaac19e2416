"""What stands in the demo newspaper, which is loaded once for all these tests."""

import gzip
import re
from collections import Counter

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Length
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import Article, Author, Correction, Image, Page, Section
from comments.models import Comment, Thread
from newsroom.demo import content
from newsroom.models import User
from ratings.models import Rating, Tally
from tests.queries import queries_of

from .test_demo import load

KB = 1024  # bytes
AT_ONCE = "django.tasks.backends.immediate.ImmediateBackend"


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup, django_db_blocker):
    """Load the demo; return what was said. What a test changes is undone after it."""
    at_once = override_settings(TASKS={"default": {"BACKEND": AT_ONCE, "QUEUES": []}})
    with django_db_blocker.unblock(), transaction.atomic():
        with at_once:
            said = load()
        yield said
        transaction.set_rollback(True)


def test_the_demo_is_a_complete_small_newspaper(said, client):
    now = timezone.now()
    live = Article.objects.live(now)
    states = Counter(Comment.objects.values_list("state", flat=True))
    words = [len(article.live.text.split()) for article in live]
    assert "25 stories" in said
    assert Article.objects.count() >= 24
    assert Section.objects.count() >= 5
    assert Author.objects.count() >= 6
    assert Image.objects.count() == len(content.photos()) == 14
    assert not Image.objects.filter(Q(credit="") | Q(alt="")).exists()
    assert all(290 <= number <= 900 for number in words)
    assert Article.objects.filter(published_at__gt=now).count() == 1
    assert Article.objects.filter(published_at=None).count() == 1
    assert live.filter(language="ar").exists()
    assert live.filter(live__lead_image=None).exists()
    assert live.annotate(length=Length("headline")).filter(length__gt=200).exists()
    assert live.filter(label="opinion").exists()
    assert Correction.objects.filter(kind="correction").exists()
    assert Page.objects.filter(kind="accessibility").exists()
    assert states["approved"] > 200
    assert states["pending"] >= 5
    assert states["spam"] >= 3
    assert Comment.objects.filter(depth=4, state="approved").exists()
    assert Rating.objects.count() > 2000
    assert not Comment.objects.filter(created_at__gt=now).exists()
    for page in Page.objects.all():
        assert client.get(page.get_absolute_url()).status_code == 200
    for article in live:
        assert client.get(article.get_absolute_url()).status_code == 200


def test_the_demos_sums_are_what_a_recount_gives():
    votes = Counter(Rating.objects.values_list("article", "score"))
    for tally in Tally.objects.all():
        assert tally.counts == {n: votes[tally.pk, n] for n in (5, 4, 3, 2, 1)}
    counted = Thread.objects.annotate(
        approved_there=Count("comments", Q(comments__state="approved")),
        pending_there=Count("comments", Q(comments__state="pending")),
    )
    assert counted.count() > 15
    for thread in counted:
        assert thread.approved == thread.approved_there
        assert thread.pending == thread.pending_there
        branch = list(thread.comments.filter(state="approved"))
        for comment in thread.comments.all():
            below = [
                one
                for one in branch
                if one.pk != comment.pk and one.path.startswith(comment.path)
            ]
            assert comment.approved_replies == len(below)


def test_the_busiest_story_costs_at_most_six_queries(client):
    busiest = Thread.objects.order_by("-approved").first()
    assert busiest.approved >= 30
    address = busiest.article.get_absolute_url()

    assert queries_of(client, address) <= 6


def test_nobody_can_sign_in_as_one_of_the_demos_staff(client):
    staff = User.objects.filter(is_staff=True)

    assert staff.count() >= 6
    assert not any(user.has_usable_password() for user in staff)
    for password in ("", "admin", "password"):
        response = client.post(
            reverse("admin:login"),
            {"username": "saskia-vantongel", "password": password},
        )
        assert response.status_code == 200


def test_the_busiest_story_is_light_and_asks_for_little(client, collected, settings):
    settings.STATIC_ROOT = str(collected)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"}
    }
    busiest = Thread.objects.order_by("-approved").first()

    page = client.get(busiest.article.get_absolute_url()).text

    comments = page.index('<section class="thread"'), page.index('class="back-to-top"')
    without_comments = page[: comments[0]] + page[comments[1] :]
    loaded = {
        "stylesheet": re.findall(r'<link rel="stylesheet" href="([^"]+)"', page),
        "script": re.findall(r'<script type="module" src="([^"]+)"', page),
    }
    files = {
        kind: [collected / name.removeprefix("/static/") for name in names]
        for kind, names in loaded.items()
    }
    fonts = ("newsreader-latin.woff2", "newsreader-latin-italic.woff2")
    files["font"] = [collected / "fonts" / name for name in fonts]
    assert all(files.values())
    assert sum(map(len, files.values())) + 1 <= 8  # requests before pictures
    assert zipped(without_comments.encode()) <= 14 * KB
    assert sum(zipped(file.read_bytes()) for file in files["stylesheet"]) <= 12 * KB
    assert sum(zipped(file.read_bytes()) for file in files["script"]) <= 8 * KB
    assert sum(file.stat().st_size for file in files["font"]) <= 90 * KB


def zipped(content: bytes) -> int:
    return len(gzip.compress(content))
