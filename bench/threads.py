"""What a page of comments costs in a thread of any size, and what posting into it does.

    python bench/threads.py [--quick] [DATABASE_URL ...]

For each database (SQLite in a file without one): two shapes, comments that all answer the
story and comments that all answer one comment; of each a story with 1,000 and one with
1,000,000 (100,000 with --quick). Every kind of page is asked for in turns through the whole
of Django without a socket and rendered anew each time. Ratios within one run are what
counts; the number of queries must be the same.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL, ROUNDS = 1_000, 15
BATCH = 20_000
_numbers = count(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("databases", nargs="*", metavar="DATABASE_URL")
    options = parser.parse_args()
    if options.inside:
        measure(100_000 if options.quick else 1_000_000)
        return
    with tempfile.TemporaryDirectory() as folder:
        for url in options.databases or [f"sqlite:///{folder}/comments.sqlite3"]:
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
            }
            print(f"\n{url.partition(':')[0]}", flush=True)
            subprocess.run(command, env=environment, cwd=ROOT, check=True)  # noqa: S603


def measure(most: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.factories import make_article, set_discussion

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    set_discussion(hold_unknown=False)
    for shape, fill in (("answers to the story", roots), ("answers to one", replies)):
        begin = time.monotonic()
        stories = {}
        for number in (SMALL, most):
            stories[number] = make_article(headline=f"{shape} {number}")
            fill(stories[number], number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"  {shape} (built in {time.monotonic() - begin:.0f} s)")
        compare(stories, most, shape)


def compare(stories: dict[int, object], most: int, shape: str) -> None:
    urls = {number: pages_of(story, number, shape) for number, story in stories.items()}
    for name in urls[SMALL]:
        times: dict[int, list[float]] = {SMALL: [], most: []}
        queries = {
            number: queries_of(urls[number][name], stories[number]) for number in times
        }
        for _round in range(ROUNDS):
            for number, spent in times.items():
                begin = time.process_time(), time.monotonic()
                ask(urls[number][name], stories[number])
                spent.append((time.monotonic() - begin[1]) * 1000)
        few, many = (statistics.median(spent) for spent in times.values())
        lowest, highest = min(times[most]), max(times[most])
        print(
            f"    {name:<24}{few:7.2f} ms at {SMALL:,}, {many:7.2f} ms ({lowest:.2f} to "
            f"{highest:.2f}) at {most:,}: ratio {many / few:4.2f}, "
            f"{queries[SMALL]} and {queries[most]} queries",
            flush=True,
        )


def pages_of(story, number: int, shape: str) -> dict[str, str]:
    from comments.models import Comment, step

    thread = f"/comments/story/{story.pk}/"
    first = Comment.objects.filter(thread=story.pk).earliest("number")
    last = Comment.objects.filter(thread=story.pk).latest("number")
    named = {"story": f"{story.get_absolute_url()}?reply_to=0", "post": ""}
    if shape == "answers to one":
        branch = f"/comments/{first.pk}/replies/"
        middle = step(first.number) + step(number // 2)
        return named | {
            "replies, first": branch,
            "replies, middle": f"{branch}?from={middle}",
            "replies, last": f"{branch}?from={last.path}",
            "permanent link, last": last.get_absolute_url(),
        }
    return named | {
        "oldest, middle": f"{thread}?order=oldest&from={number // 2}",
        "oldest, last": f"{thread}?order=oldest&from={number}",
        "newest": f"{thread}?order=newest",
        "newest, middle": f"{thread}?order=newest&from={number // 2}",
        "most recommended": f"{thread}?order=recommended",
        "recommended, last": f"{thread}?order=recommended&from=150",
        "permanent link, last": last.get_absolute_url(),
    }


def queries_of(url: str, story) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(url, story)
    with CaptureQueriesContext(connection) as queries:
        ask(url, story)
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in queries)


def ask(url: str, story) -> None:
    """Ask for a page as nobody's cache holds it; without ``url`` post a comment."""
    from django.core.cache import cache

    from tests.readers import Reader

    if not hasattr(ask, "reader"):
        ask.reader = Reader()  # loads the layers of Django once
    number = next(_numbers)
    ask.reader.cookies.clear()
    ask.reader.defaults["REMOTE_ADDR"] = f"10.{number // 250 % 250}.{number % 250}.7"
    if url:
        cache.clear()
        answer = ask.reader.get(url)
        expected = {200, 302}
    else:
        email = f"writer{number}@example.org"
        answer = ask.reader.comment(story, f"Number {number}.", email=email)
        expected = {303}
    if answer.status_code not in expected:
        raise RuntimeError(f"{answer.status_code} for {url}")


def roots(story, number: int) -> None:
    from comments.models import step

    rows = ((n, None, None, 0, step(n), n % 977) for n in range(1, number + 1))
    fill(story, number, rows)


def replies(story, number: int) -> None:
    from comments.models import step
    from tests.factories import make_comment

    root = make_comment(story)
    first = step(1)
    rows = ((n, root.pk, root.pk, 1, first + step(n), 0) for n in range(2, number + 1))
    fill(story, number, rows)
    type(root).objects.filter(pk=root.pk).update(approved_replies=number - 1)


def chains(story, number: int, *, length: int, words: str) -> None:
    """Write ``number`` comments: one answers the story, the next ones each other.

    The table's numbers must be in order, as in a new one.
    """
    from django.db.models import F

    from comments.models import Comment, step

    newest = Comment.objects.order_by("-pk").first()
    before = newest.pk if newest else 0

    def rows():
        for n in range(1, number + 1):
            depth = (n - 1) % length
            root = n - depth
            path = "".join(map(step, range(root, n + 1)))
            above = (before + n - 1, before + root) if depth else (None, None)
            yield n, *above, depth, path, 0

    fill(story, number, rows(), words)
    whole = Comment.objects.filter(thread=story.pk)
    whole.update(approved_replies=length - 1 - F("depth"))


def fill(story, number: int, rows, words: str = "So it is, word for word.") -> None:
    """Insert approved comments: number, parent, root, depth, path and recommendations."""
    from django.db import connection

    from comments.models import Comment, Thread

    sample = Comment(source=words, html=f"<p>{words}</p>")
    sample.state = sample.screened_as = "approved"
    fields = [
        one
        for one in Comment._meta.concrete_fields
        if one.column not in {"id", "is_shown"}
    ]
    names = [one.column for one in fields]
    usual = {
        one.column: one.get_db_prep_save(getattr(sample, one.attname), connection)
        for one in fields
    }
    marks = ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO comments_comment ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # columns of our own
    Thread.objects.get_or_create(article=story)
    batch = []
    with connection.cursor() as cursor:
        for n, parent, root, depth, path, recommended in rows:
            own = {
                "thread_id": story.pk,
                "number": n,
                "parent_id": parent,
                "root_id": root,
                "depth": depth,
                "path": path,
                "recommended": recommended,
                "name": f"Reader {n % 5000}",
                "email": f"reader{n % 5000}@example.org",
                "reader_hash": f"{n % 5000:064x}",
                "status_key": f"{story.pk}-{n}",
            }
            batch.append([(usual | own)[name] for name in names])
            if len(batch) == BATCH:
                cursor.executemany(insert, batch)
                batch = []
        if batch:
            cursor.executemany(insert, batch)
    Thread.objects.filter(article=story).update(approved=number, last_number=number)


if __name__ == "__main__":
    main()
