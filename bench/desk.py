"""What the desk's pages cost among few stories and among many.

    python bench/desk.py [--quick] [DATABASE_URL ...]

For each database (SQLite in a file without one): the pages of the admin that editors live
in, asked for in turns through the whole of Django without a socket, among 1,000 stories
and then among 100,000 (20,000 with --quick) of 400 words, each with an image of its own.
Ratios within one run are what counts; the number of queries must be the same.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL, ROUNDS, BATCH = 1_000, 15, 2_000
WORDS = "The tide was out and nobody on the quay had an umbrella. " * 36
_numbers = count(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("databases", nargs="*", metavar="DATABASE_URL")
    options = parser.parse_args()
    if options.inside:
        measure(20_000 if options.quick else 100_000)
        return
    with tempfile.TemporaryDirectory() as folder:
        for url in options.databases or [f"sqlite:///{folder}/desk.sqlite3"]:
            command = [sys.executable, __file__, "--inside"]
            command += ["--quick"] if options.quick else []
            environment = os.environ | {
                "DATABASE_URL": url,
                "SECRET_KEY": "of a database that is thrown away",
                "SITE_URL": "http://testserver",
                "PYTHONPATH": str(ROOT),
                "DJANGO_SETTINGS_MODULE": "newsroom.settings",
                "LOG_LEVEL": "ERROR",
                "STATIC_ROOT": f"{folder}/static",
                "ORIGINALS_ROOT": f"{folder}/originals",
                "MEDIA_ROOT": f"{folder}/media",
            }
            print(f"\n{url.partition(':')[0]}", flush=True)
            subprocess.run(command, env=environment, cwd=ROOT, check=True)  # noqa: S603


def measure(most: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from tests.factories import make_draft, make_image, make_staff

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    editor = Client()
    editor.force_login(make_staff("Editor", is_superuser=True))
    draft = make_draft(lead_image=make_image())
    found = {}
    for number in (SMALL, most):
        begin = time.monotonic()
        fill(number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        built = time.monotonic() - begin
        print(f"  {number:,} stories (built in {built:.0f} s)", flush=True)
        found[number] = {
            name: cost(act) for name, act in acts_of(editor, draft).items()
        }
    print(f"  {'':32} queries        {most:,} to {SMALL:,}")
    for name, (queries, seconds) in found[SMALL].items():
        more, slower = found[most][name]
        print(
            f"  {name:32} {queries:3} {more:3}  {slower / seconds:12.2f} {slower * 1000:8.0f} ms"
        )


def fill(most: int) -> None:
    """Publish stories until there are ``most``; every fiftieth is still being written."""
    from django.utils import timezone

    from articles.models import Article, Image, Revision
    from tests.factories import make_section

    section, now = make_section(), timezone.now()
    first = Article.objects.count()
    body = f"<p>{WORDS}</p>"
    for start in range(first, most, BATCH):
        numbers = range(start, min(start + BATCH, most))
        images = Image.objects.bulk_create(
            Image(file="x.jpg", width=1, height=1, checksum=f"{number:064}", credit="X")
            for number in numbers
        )
        articles = Article.objects.bulk_create(
            Article(
                headline=f"Story {number} of the estuary",
                slug=f"story-{number}",
                day=now.date(),
                body=body,
                section=section,
                lead_image=image,
                stage="ready" if number % 50 else "review",
            )
            for number, image in zip(numbers, images, strict=True)
        )
        revisions = Revision.objects.bulk_create(
            Revision(
                article=article,
                number=1,
                headline=article.headline,
                body=body,
                text=WORDS,
                lead_image_id=article.lead_image_id,
            )
            for article in articles
        )
        for number, article, revision in zip(numbers, articles, revisions, strict=True):
            if number % 50:
                article.live = revision
                article.published_at = now - timedelta(minutes=10 * (most - number))
        # A row for each, and not a condition for each as ``bulk_update`` writes them.
        Article.objects.bulk_create(
            articles,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["live", "published_at"],
        )


def acts_of(editor, draft) -> dict[str, object]:
    from django.urls import reverse

    from tests.html_forms import fields_of

    story = reverse("admin:articles_article_change", args=[draft.pk])
    listed = reverse("admin:articles_article_changelist")

    def save():
        data = fields_of(editor.get(story), "article_form")
        data |= {"headline": f"Saved {next(_numbers)} times", "_continue": "1"}
        return lambda: editor.post(story, data)

    def opened(url):
        return lambda: lambda: editor.get(url)

    images = reverse("admin:articles_image_changelist")
    return {
        "first page of the desk": opened(reverse("admin:index")),
        "articles": opened(listed),
        "articles, page 8": opened(f"{listed}?p=8"),
        "articles in review": opened(f"{listed}?stage__exact=review"),
        "articles that are live": opened(f"{listed}?state=live"),
        "calendar": opened(reverse("admin:articles_article_calendar")),
        "a story's form": opened(story),
        "saving it": save,
        "images": opened(images),
    }


def cost(prepare) -> tuple[int, float]:
    """Return the queries that an act takes, and the median of its seconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    prepare()()
    act = prepare()
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code in {200, 302}  # noqa: S101  # else it measures an error
    number = len(queries)  # before another request empties the list
    taken = []
    for _round in range(ROUNDS):
        act = prepare()
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return number, statistics.median(taken)


if __name__ == "__main__":
    main()
