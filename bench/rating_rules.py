"""Say how many honest votes the rules hold wrongly, and how many false ones they catch.

    python bench/rating_rules.py

Traffic is simulated with a fixed seed and goes through the same acts as a reader's vote,
with the clock set to each vote's time, in a database in memory. docs/ratings.md has the
figures.
"""

import os
import random
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DATABASE_URL"] = "sqlite://:memory:"
os.environ.setdefault("SECRET_KEY", "of a database that lives for a minute")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from newsroom import limits  # noqa: E402
from ratings import quarantine  # noqa: E402
from ratings.models import Rating  # noqa: E402
from ratings.voting import Voter, cast_vote  # noqa: E402
from tests.factories import make_article  # noqa: E402

RUNS = 5
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
# How readers of news sites rate: most are pleased, some are angry, few are in between.
HONEST = {5: 40, 4: 30, 3: 14, 2: 6, 1: 10}


def main() -> None:
    call_command("migrate", verbosity=0)
    scenarios = {
        "an ordinary week, 300 votes": ordinary,
        "an office of 200 behind one address, within a day": office_of_a_day,
        "the same office within one hour": office_of_an_hour,
        "a story gone viral: 5,000 votes in 3 hours": viral,
        "1,000 ones in two hours from one address": one_address,
        "the same, one in five with other stars": disguised_address,
        "a slow ring: 50 networks, 10 fives each in a day": ring_of_fives,
        "a slow ring: 50 networks, 4 ones each in a day": ring_of_ones,
    }
    print(f"{'traffic':<52}{'honest':>8}{'held':>8}{'false':>8}{'caught':>8}")
    for name, scenario in scenarios.items():
        sums = [0, 0, 0, 0]
        for seed in range(RUNS):
            for place, number in enumerate(run(scenario, random.Random(seed))):
                sums[place] += number
        honest, held, false, caught = sums
        print(
            f"{name:<52}{honest // RUNS:>8}{percent(held, honest):>8}"
            f"{false // RUNS:>8}{percent(caught, false):>8}"
        )


def run(scenario, chance):
    """Return how many votes were honest, of them held, false, and of them caught."""
    with transaction.atomic():
        with at(MONDAY - timedelta(days=8)):
            article = make_article()
        votes = sorted(
            [*ordinary(chance), *(scenario(chance) if scenario != ordinary else [])]
        )
        for number, (moment, network, score, is_false) in enumerate(votes):
            with at(moment):
                cast(article, f"{is_false}-{number}", network, score)
        held = set(
            Rating.objects.exclude(state=Rating.State.COUNTED).values_list(
                "voter_hash", flat=True
            )
        )
        transaction.set_rollback(True)
    false = sum(vote[3] for vote in votes)
    caught = sum(voter.startswith("True") for voter in held)
    return len(votes) - false, len(held) - caught, false, caught


def cast(article, reader, network, score):
    counted = limits.count_each(quarantine.counters(article.pk, network))
    voter = Voter(reader, is_new=True, network_key=network, browser=reader[-16:])
    outcome = cast_vote(article.pk, voter=voter, score=score)
    quarantine.look_at(outcome, network, counted)


@contextmanager
def at(moment):
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def honest(chance, network, start, within):
    score = chance.choices(list(HONEST), list(HONEST.values()))[0]
    return start + within * chance.random(), network, score, False


def ordinary(chance):
    week = timedelta(days=8)
    return [
        honest(
            chance, f"home {chance.randrange(250)}", MONDAY - timedelta(days=7), week
        )
        for _number in range(300)
    ]


def office_of_a_day(chance):
    return [honest(chance, "office", MONDAY, timedelta(hours=9)) for _n in range(200)]


def office_of_an_hour(chance):
    return [honest(chance, "office", MONDAY, timedelta(hours=1)) for _n in range(200)]


def viral(chance):
    # Half come by eight gateways of mobile carriers, the others from 3,000 networks.
    return [
        honest(
            chance,
            f"carrier {chance.randrange(8)}"
            if chance.random() < 0.5
            else f"network {chance.randrange(3000)}",
            MONDAY,
            timedelta(hours=3),
        )
        for _number in range(5000)
    ]


def one_address(chance):
    return [
        (MONDAY + timedelta(hours=2) * chance.random(), "one address", 1, True)
        for _number in range(1000)
    ]


def disguised_address(chance):
    return [
        (moment, network, 1 if chance.random() < 0.8 else chance.randint(2, 5), True)
        for moment, network, _score, _false in one_address(chance)
    ]


def ring_of_fives(chance):
    return ring(chance, score=5, each=10)


def ring_of_ones(chance):
    return ring(chance, score=1, each=4)


def ring(chance, *, score, each):
    return [
        (MONDAY + timedelta(days=1) * chance.random(), f"ring {member}", score, True)
        for member in range(50)
        for _number in range(each)
    ]


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "–"


if __name__ == "__main__":
    main()
