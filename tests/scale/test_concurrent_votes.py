"""Many readers vote, change their minds and press twice, all at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

CLIENTS = 64
ACTS = 15  # of each client

STORY = """
import json
from ratings.models import RatingSettings
from tests.factories import make_article
RatingSettings.objects.update_or_create(pk=1, defaults={"alike_votes": 6})
print(json.dumps(make_article().pk))
"""
SUMS = """
import json
from django.core.management import call_command
from ratings.models import Burst, Rating, Tally
from ratings.recounting import recount
tally = Tally.objects.select_related("article").get()
print(json.dumps({
    "difference": recount(tally.article, mend=False) is not None,
    "rows": Rating.objects.count(),
    "votes": Rating.objects.exclude(score=None).count(),
    "tally": tally.total + tally.excluded + tally.removed,
    "bursts": Burst.objects.count(),
}))
"""


def test_64_clients_that_vote_change_and_take_back_leave_an_exact_tally(site):
    article = site.run(STORY)

    with ThreadPoolExecutor(CLIENTS) as pool:
        ends = list(pool.map(lambda number: act(site, article, number), range(CLIENTS)))

    sums = site.run(SUMS)
    assert sums["difference"] is False
    assert sums["rows"] == CLIENTS
    assert sums["votes"] == sums["tally"] == sum(end is not None for end in ends)
    assert sums["bursts"] >= 1  # eight of them share a network, and are of one mind


def act(site, article, number):
    """Vote and take back by turns as one reader; return the score left at the end."""
    chance = random.Random(number)  # noqa: S311  # the same acts in every run
    is_in_the_house = number < 8
    address = "10.9.9.9" if is_in_the_house else f"10.1.{number}.9"
    cookie, left = "", None
    for _act in range(ACTS):
        score = 1 if is_in_the_house else chance.choice([None, 1, 2, 3, 4, 5])
        fields = {"withdraw": "1"} if score is None else {"score": score}
        with site.open() as connection:
            connection.request(
                "POST",
                f"/ratings/{article}/",
                urlencode(fields),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": cookie,
                    "Host": f"127.0.0.1:{site.port}",
                    "Origin": f"http://127.0.0.1:{site.port}",
                    "User-Agent": f"Browser {number}",
                    "X-Forwarded-For": address,
                    "X-Forwarded-Proto": "http",
                },
            )
            answer = connection.getresponse()
            answer.read()
        assert answer.status in {303, 429}, answer.status
        if answer.status == 429:  # the limit of the one house
            continue
        cookie = (answer.headers["Set-Cookie"] or cookie).partition(";")[0]
        if cookie:
            left = score
    return left
