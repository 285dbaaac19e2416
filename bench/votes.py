"""What a vote costs: at any number of votes, and beside a bare row.

    python bench/votes.py [--quick] [DATABASE_URL ...]

For each database (SQLite in a file without one): a story with 100 votes and one with
1,000,000 (100,000 with --quick) take votes in turns, through the whole of Django without
a socket; then 64 threads cast votes, and 64 threads insert a bare row, each in one
transaction. Ratios within one run are what counts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, ROUNDS, EACH = 64, 9, 40
_numbers, _thread = count(), threading.local()


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
        for url in options.databases or [f"sqlite:///{folder}/votes.sqlite3"]:
            command = [sys.executable, __file__, "--inside"]
            command += ["--quick"] if options.quick else []
            environment = os.environ | {
                "DATABASE_URL": url,
                "DATABASE_POOL_SIZE": "64",
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

    from tests.factories import make_article

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    small, large = make_article(headline="Small"), make_article(headline="Large")
    fill(small, 100)
    fill(large, most)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    measure_sizes(small, large, most)
    measure_pace(small)


def measure_sizes(small, large, most: int) -> None:
    for name, act in (("vote", vote), ("page, rendered", read)):
        times = {small: [], large: []}
        for _round in range(ROUNDS):
            for article, spent in times.items():
                begin = time.monotonic()
                for _number in range(EACH):
                    act(article)
                spent.append((time.monotonic() - begin) / EACH * 1000)
        few, many = (statistics.median(spent) for spent in times.values())
        print(
            f"  {name:<16}{few:6.2f} ms at 100, {many:6.2f} ms at {most:,}: "
            f"ratio {many / few:.2f}"
        )


def measure_pace(article) -> None:
    from django.db import transaction

    from newsroom.models import Count
    from ratings.voting import Voter, cast_vote

    def insert(_number):
        name, ends_at = f"row {next(_numbers)}", article.created_at
        with transaction.atomic():
            Count.objects.create(name=name, number=1, ends_at=ends_at)

    def cast(_number):
        voter = Voter(f"voter {next(_numbers)}")
        cast_vote(article.pk, voter=voter, score=4)

    ratios = []
    for _turn in range(5):
        rows, votes = pace(insert), pace(cast)
        ratios.append(votes / rows)
        print(f"  {CLIENTS} clients: {votes:6.0f} votes a second, {rows:6.0f} rows")
    print(f"  votes to bare rows: {statistics.median(ratios):.2f}")


def reader():
    """Return a browser that was never here; a thread loads Django's layers once."""
    from tests.readers import Reader

    if not hasattr(_thread, "reader"):
        _thread.reader = Reader()
    number = next(_numbers)
    # A network of its own for each: the limits stay on.
    address = f"{10 + number // 62_500}.{number // 250 % 250}.{number % 250}.7"
    _thread.reader.cookies.clear()
    _thread.reader.defaults |= {
        "REMOTE_ADDR": address,
        "HTTP_USER_AGENT": f"Browser {number}",
    }
    return _thread.reader


def vote(article) -> None:
    answer = reader().rate(article, 4)
    if answer.status_code != 303:
        raise RuntimeError(answer.text)


def read(article) -> None:
    reader().get(f"{article.get_absolute_url()}?reply_to=0")


def pace(act) -> float:
    """Return how often a second ``act`` is done by 64 threads."""
    from django.db import connections

    def often(turn):
        for number in range(10):
            act(turn * 10 + number)
        connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        begin = time.monotonic()
        list(pool.map(often, range(CLIENTS)))
        return CLIENTS * 10 / (time.monotonic() - begin)


def fill(article, number: int) -> None:
    """Store ``number`` votes of last month by SQL, and their sums by the recount."""
    from django.db import connection

    from ratings.recounting import recount

    numbers = "SELECT generate_series(1, %s) AS n"
    if connection.vendor == "sqlite":
        numbers = (
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %s)"
            " SELECT n FROM s"
        )
    at = article.created_at - timedelta(days=30)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ratings_rating (article_id, voter_hash, score, state,"  # noqa: S608  # our own words
            " network_key, browser, is_fresh, created_at, changed_at)"
            " SELECT %s, %s || n, 1 + n %% 5, 'counted', 'net ' || (n %% 5000), '',"
            f" false, %s, %s FROM ({numbers}) AS numbers",
            [article.pk, f"{article.pk} ", at, at, number],
        )
    recount(article, mend=True)


if __name__ == "__main__":
    main()
