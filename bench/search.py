"""What a search costs among few stories and among many.

    python bench/search.py [--quick] [DATABASE_URL ...]

For each database (SQLite in a file without one): the query of a search for a rare word, a
common one, several, a beginning, a phrase and none, and whole pages through Django without
a socket, among 1,000 stories and then among 100,000 (20,000 with --quick) of 400 words.
Their words are as frequent as in real text (Zipf), and the same number of stories holds the
rare word in both. Ratios within one run are what counts.
"""

import argparse
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL, ROUNDS, BATCH = 1_000, 30, 2_000
WORDS, LENGTH = 50_000, 400  # different words there are, and words of one story
RARE, RARELY = "zwitterstone", 12  # and the stories that hold it
LETTERS = "etaoinshrdlucmfwypvbgk"


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
        for url in options.databases or [f"sqlite:///{folder}/search.sqlite3"]:
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

    from articles import search

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    words, found = dictionary(), {}
    for number in (SMALL, most):
        begin = time.monotonic()
        fill(number, words)
        built = time.monotonic() - begin
        begin = time.monotonic()
        for _done in search.rebuild():
            pass
        indexed = time.monotonic() - begin
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("VACUUM ANALYZE")
            else:
                cursor.execute("ANALYZE")
        print(
            f"  {number:,} stories (built in {built:.0f} s, indexed in {indexed:.0f} s)",
            flush=True,
        )
        found[number] = {name: cost(act) for name, act in acts_of(words).items()}
    print(f"  {'':32} {most:,} to {SMALL:,}")
    for name, seconds in found[SMALL].items():
        slower = found[most][name]
        print(
            f"  {name:32} {slower / seconds:12.2f} {slower * 1000:9.2f} ms", flush=True
        )


def dictionary() -> list[str]:
    """Return different made-up words, the most frequent first."""
    chance = random.Random(7)  # the same in every run
    words: dict[str, None] = {}
    while len(words) < WORDS:
        length = min(3 + len(words) // 2_000, 9) + chance.randrange(3)
        words["".join(chance.choices(LETTERS, k=length))] = None
    return list(words)


def fill(most: int, words: list[str]) -> None:
    """Publish stories until there are ``most``, of words as frequent as Zipf has them."""
    from django.utils import timezone

    from articles.models import Article, Revision
    from tests.factories import make_section

    section, now = make_section(), timezone.now()
    chance, first = random.Random(most), Article.objects.count()
    frequent = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    rare = set(range(0, most, most // RARELY))
    Article.objects.filter(headline__contains=RARE).update(withdrawn_at=now)
    for start in range(first, most, BATCH):
        numbers = range(start, min(start + BATCH, most))
        texts = {
            number: chance.choices(words, cum_weights=frequent, k=LENGTH)
            for number in numbers
        }
        articles = Article.objects.bulk_create(
            Article(
                headline=" ".join(
                    [*texts[number][:8], *([RARE] if number in rare else [])]
                ),
                slug=f"story-{number}",
                day=date(2020, 1, 1) + timedelta(days=number // 40),
                body="<p>Written down in its revision.</p>" * 100,
                section=section,
            )
            for number in numbers
        )
        revisions = Revision.objects.bulk_create(
            Revision(
                article=article,
                number=1,
                headline=article.headline,
                standfirst=" ".join(texts[number][8:30]),
                body=article.body,
                text=" ".join(texts[number][30:]),
            )
            for number, article in zip(numbers, articles, strict=True)
        )
        for number, article, revision in zip(numbers, articles, revisions, strict=True):
            article.live = revision
            article.published_at = now - timedelta(minutes=10 * (100_000 - number))
        Article.objects.bulk_update(articles, ["live", "published_at"])


def acts_of(words: list[str]) -> dict[str, object]:
    from django.test import Client
    from django.utils import timezone

    from articles import search
    from articles.models import Section

    common, middling, seldom = words[3], words[2_000], words[20_000]
    reader, section = Client(), Section.objects.get()

    def asked(typed, **more):
        limits = {name: more.pop(name) for name in ("section", "since") if name in more}
        question = search.Question(search.terms_of(typed), **limits)
        return lambda: search.find(question, at=timezone.now(), **more)

    def opened(typed, more=""):
        return lambda: reader.get(f"/search/?q={typed}{more}")

    return {
        "a rare word": asked(RARE),
        "its beginning": asked(RARE[:6]),
        "a word of few stories": asked(seldom),
        "a word of some stories": asked(middling),
        "a word of most stories": asked(common),
        "the same, page 50": asked(common, page=50),
        "the same, best match first": asked(common, order="relevance"),
        "the same, in a section, of a year": asked(
            common, section=section, since=date(2026, 1, 1)
        ),
        "a rare and a common word": asked(f"{RARE} {common}"),
        "a phrase of common words": asked(f'"{words[0]} {common}"'),
        "no story": asked("qqqqqq"),
        "page: a rare word": opened(RARE),
        "page: a word of most stories": opened(common),
        "page: a misspelt word": opened("zwittersotne"),
        "page: nothing like it": opened("qqqqqq"),
    }


def cost(act) -> float:
    """Return the median of the seconds that an act takes."""
    act()
    taken = []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
