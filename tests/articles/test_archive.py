"""The archive by year, month and day: what is live, and nothing where there is none."""

import re
from datetime import UTC, date, datetime

import pytest

from articles import publishing
from tests.articles.test_lists import headlines_on
from tests.factories import make_article
from tests.queries import queries_of


def published(day, headline, hour=12, **fields):
    """Return a story of ``day``, as in “2025-03-09”."""
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    return make_article(headline=headline, published_at=at.replace(hour=hour), **fields)


@pytest.fixture
def paper():
    """Stories of two years, one of them withdrawn."""
    published("2024-12-31", "Old year")
    published("2025-03-09", "Early", hour=6)
    published("2025-03-09", "Late", hour=18)
    published("2025-03-11", "Later that week")
    published("2025-05-01", "May day")
    gone = published("2025-04-02", "Withdrawn")
    publishing.withdraw(gone, editor=None)


@pytest.mark.parametrize(
    ("address", "headlines"),
    [
        ("/2025/03/09/", ["Late", "Early"]),
        ("/2025/03/11/", ["Later that week"]),
        ("/2025/03/", ["Later that week", "Late", "Early"]),
        ("/2024/12/", ["Old year"]),
    ],
)
def test_a_span_holds_its_own_stories_newest_first(client, paper, address, headlines):
    page = client.get(address)

    assert page.status_code == 200
    assert headlines_on(page) == headlines


@pytest.mark.parametrize(
    "address",
    [
        "/2025/03/10/", "/2025/04/02/", "/2025/04/", "/2023/", "/2025/13/", "/2025/00/",
        "/2025/02/30/", "/0000/", "/0001/", "/9999/", "/9999/12/", "/9999/12/31/",
        "/20255/", "/2025/3/", "/2025/03/09/?page=0", "/2025/03/09/?page=x",
        "/2025/03/?page=-1", "/2025/03/?page=1000000000",
    ],
)  # fmt: skip
def test_where_there_is_no_story_there_is_no_page(client, paper, address):
    assert client.get(address).status_code == 404
    assert client.get("/2025/03/09/").status_code == 200


def test_spans_lead_to_the_next_ones_that_have_stories(client, paper):
    day = client.get("/2025/03/11/").text
    month = client.get("/2025/03/").text
    year = client.get("/2025/").text

    assert 'rel="prev" href="/2025/03/09/">9 March 2025</a>' in day
    assert 'rel="next" href="/2025/05/01/"' in day
    assert 'rel="prev" href="/2024/12/"' in month
    assert 'rel="next" href="/2025/05/"' in month
    assert 'rel="prev" href="/2024/"' in year
    assert 'rel="next"' not in year


def test_the_archive_names_years_months_and_days_that_have_stories(client, paper):
    years = client.get("/archive/").text
    linked = re.findall(r'href="/(\d[\d/]+)/"', years)
    months = client.get("/2025/").text
    days = client.get("/2025/03/").text

    assert linked == ["2025", "2025/03", "2025/05", "2024", "2024/12"]
    assert '<a href="/2025/05/" aria-label="May 2025">May</a>' in years
    assert 'href="/2025/03/"' in months
    assert 'href="/2025/04/"' not in months
    assert 'href="/2025/03/09/" aria-label="9 March 2025"' in days
    assert 'href="/2025/03/10/"' not in days


def test_an_empty_papers_archive_says_so(client):
    page = client.get("/archive/")

    assert page.status_code == 200
    assert "No stories here yet." in page.text


@pytest.mark.parametrize(
    "address", ["/archive/", "/2025/", "/2025/03/", "/2025/03/09/"]
)
def test_the_archive_costs_the_same_with_a_story_or_many(client, address):
    published("2025-03-09", "The first")
    few = queries_of(client, address)

    for number in range(12):
        published("2025-03-09", f"Story {number}")
        published(f"2025-{number + 1:02}-02", f"Month {number}")
        published(f"{2012 + number}-03-09", f"Year {number}")

    assert queries_of(client, address) == few
    assert few <= 11
