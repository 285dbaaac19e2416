"""What an operator reads who has set a variable wrongly, or forgotten one."""

import re

import pytest

from .conftest import ROOT, Checkout

pytestmark = pytest.mark.own_database

SETTINGS = (ROOT / "newsroom" / "settings.py").read_text()
EXAMPLES = (ROOT / ".env.example").read_text()
KEY = "a key of the tests, long enough to be one that somebody would take"

MALFORMED = {
    "SECRET_KEY": ("", "SECRET_KEY=a-long-random-text"),
    "DEBUG": ("perhaps", "DEBUG=off"),
    "HOST": ("", "HOST=127.0.0.1"),
    "PORT": ("eighty", "PORT=8000"),
    "SITE_URL": ("news.example.org", "SITE_URL=https://news.example.org"),
    "TRUSTED_PROXIES": ("-1", "TRUSTED_PROXIES=1"),
    "DATABASE_URL": ("my database", "DATABASE_URL=postgres://newsroom:"),
    "DATABASE_REPLICA_URL": (
        "sqlite:///copy.sqlite3",
        "DATABASE_REPLICA_URL=postgres://newsroom:",
    ),
    "DATABASE_POOL_SIZE": ("many", "DATABASE_POOL_SIZE=8"),
    "CACHE_MEGABYTES": ("0", "CACHE_MEGABYTES=16"),
    "CACHE_URL": ("nowhere", "CACHE_URL=redis://127.0.0.1:6379/0"),
    "STALE_WHILE_REVALIDATE": ("-1", "STALE_WHILE_REVALIDATE=1"),
    "STATIC_ROOT": ("", "STATIC_ROOT=/srv/newsroom/static"),
    "MEDIA_ROOT": ("", "MEDIA_ROOT=/srv/newsroom/media"),
    "ORIGINALS_ROOT": ("", "ORIGINALS_ROOT=/srv/newsroom/originals"),
    "RELEASE": ("", "RELEASE=2026-11-23.1"),
    "S3_MEDIA_BUCKET": ("My Bucket", "S3_MEDIA_BUCKET=news-media"),
    "S3_ORIGINALS_BUCKET": ("alone", "S3_ORIGINALS_BUCKET=news-originals"),
    "S3_ENDPOINT_URL": ("s3.example.org", "S3_ENDPOINT_URL=https://s3.example.org"),
    "S3_REGION": ("Central Europe", "S3_REGION=eu-central-1"),
    "S3_ACCESS_KEY_ID": ("my key", "S3_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"),
    "S3_SECRET_ACCESS_KEY": ("my key", "S3_SECRET_ACCESS_KEY=a-long-secret-text"),
    "S3_MEDIA_URL": ("media.example.org", "S3_MEDIA_URL=https://media.example.org/"),
    "IMAGE_MAX_PIXELS": ("60 MP", "IMAGE_MAX_PIXELS=60000000"),
    "IMAGE_MAX_BYTES": ("0", "IMAGE_MAX_BYTES=40000000"),
    "LANGUAGE_CODE": ("klingon", "LANGUAGE_CODE=en"),
    "WEBSUB_HUB": ("hub.example.org", "WEBSUB_HUB=https://pubsubhubbub.appspot.com/"),
    "HSTS_SECONDS": ("a year", "HSTS_SECONDS=31536000"),
    "HSTS_INCLUDE_SUBDOMAINS": ("maybe", "HSTS_INCLUDE_SUBDOMAINS=on"),
    "HSTS_PRELOAD": ("2", "HSTS_PRELOAD=on"),
    "COMMENT_MAX_LENGTH": ("70000", "COMMENT_MAX_LENGTH=5000"),
    "COMMENTS_PER_NETWORK_HOUR": ("0", "COMMENTS_PER_NETWORK_HOUR=60"),
    "VOTES_PER_NETWORK_MINUTE": ("1.5", "VOTES_PER_NETWORK_MINUTE=120"),
    "AKISMET_KEY": ("my key", "AKISMET_KEY=0123456789ab"),
    "AKISMET_URL": ("akismet", "AKISMET_URL=https://rest.akismet.com"),
    "LOGIN_FAILURES_PER_QUARTER_HOUR": ("", "LOGIN_FAILURES_PER_QUARTER_HOUR=10"),
    "EMAIL_URL": ("mail.example.org", "EMAIL_URL=smtp+tls://newsroom:password@"),
    "MAIL_FROM": ("the desk", "MAIL_FROM=Newsroom <newsroom@news.example.org>"),
    "MAIL_BOUNCES": ("the porter", "MAIL_BOUNCES=bounces@news.example.org"),
    "NEWSLETTER_MAILS_PER_MINUTE": ("0", "NEWSLETTER_MAILS_PER_MINUTE=600"),
    "RECORDING_MAX_BYTES": ("0", "RECORDING_MAX_BYTES=300000000"),
    "EMBED_MASTODON_SERVERS": (
        "https://mastodon.social/",
        "EMBED_MASTODON_SERVERS=mastodon.social,mastodon.online",
    ),
    "LOG_LEVEL": ("LOUD", "LOG_LEVEL=INFO"),
}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """Return a checkout for all who only ask it something."""
    return Checkout(tmp_path_factory.mktemp("untouched"))


def test_the_example_file_names_every_variable_and_no_other():
    read = set(re.findall(r'\bread\(\s*"(\w+)"', SETTINGS))
    named = set(re.findall(r"^#?([A-Z0-9_]+)=", EXAMPLES, re.MULTILINE))

    assert named == read
    assert set(MALFORMED) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "    # ask somebody"), ("TRUSTED_PROXIES", "1  # nginx")],
)
def test_a_comment_behind_a_value_is_not_taken_for_a_part_of_it(untouched, name, value):
    variables = {"SECRET_KEY": KEY, "SITE_URL": "https://news.example.org"}

    result = untouched.run("check", **variables | {name: value})

    assert result.returncode != 0
    assert (
        f"{name} holds a comment, which belongs on a line of its own" in result.stderr
    )


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_variable_ends_in_one_line_that_shows_a_valid_value(
    untouched, name
):
    value, valid = MALFORMED[name]
    variables = {"SECRET_KEY": KEY, "SITE_URL": "https://news.example.org"}

    result = untouched.run("check", **variables | {name: value})

    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"newsroom: {name} ")
    assert valid in result.stderr


def test_without_a_secret_key_nothing_starts(untouched):
    result = untouched.run("check")

    assert result.returncode == 1
    assert result.stderr.startswith("newsroom: SECRET_KEY is not set.")
    assert len(result.stderr.splitlines()) == 1


def test_the_values_of_the_example_file_are_the_defaults(checkout):
    lines = re.findall(r"^#(\w+=.+)$", EXAMPLES, re.MULTILINE)
    (checkout.folder / ".env").write_text("\n".join(lines))
    asked = (
        "from django.conf import settings as s; simple = (str, int, dict);"
        "print([(name, getattr(s, name)) for name in dir(s)"
        " if name.isupper() and isinstance(getattr(s, name), simple)])"
    )

    given = checkout.run("shell", "--no-imports", "-c", asked, SECRET_KEY=KEY)
    (checkout.folder / ".env").unlink()
    default = checkout.run("shell", "--no-imports", "-c", asked, SECRET_KEY=KEY)

    assert len(lines) > 15
    assert default.returncode == 0
    assert without_folders(given.stdout) == without_folders(default.stdout)


def without_folders(text):
    # The example names folders as seen from the checkout, the default in full.
    return re.sub(r"(?:/[\w.-]+)*/?var/", "var/", re.sub(r" at 0x\w+", "", text))


def test_a_variable_can_be_read_from_a_file(checkout):
    (checkout.folder / "key").write_text("from a file, and as long as a key must be")

    result = checkout.run(
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings; print(settings.SECRET_KEY)",
        SECRET_KEY_FILE=str(checkout.folder / "key"),
    )

    assert "from a file, and as long as a key must be" in result.stdout


def test_an_operator_may_let_caches_give_a_page_once_more(untouched):
    asked = "from newsroom.page_cache import CACHE_CONTROL; print(CACHE_CONTROL)"
    words = ("shell", "--no-imports", "-c", asked)

    default = untouched.run(*words, SECRET_KEY=KEY)
    chosen = untouched.run(*words, SECRET_KEY=KEY, STALE_WHILE_REVALIDATE="2")

    assert default.stdout.strip() == "public, max-age=0, s-maxage=1"
    assert chosen.stdout.strip().endswith("s-maxage=1, stale-while-revalidate=2")


def test_the_environment_wins_over_the_file(checkout):
    (checkout.folder / ".env").write_text(f"SECRET_KEY={KEY}\nPORT=8123\nHOST=::1\n")
    asked = "from django.conf import settings; print(settings.SITE_URL)"

    from_file = checkout.run("shell", "--no-imports", "-c", asked)
    from_shell = checkout.run("shell", "--no-imports", "-c", asked, PORT="8124")

    assert "http://[::1]:8123" in from_file.stdout
    assert "http://[::1]:8124" in from_shell.stdout


def test_the_documented_production_environment_passes_djangos_own_check(untouched):
    result = untouched.run(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="8Jx2v-not-a-real-one-but-of-fifty-characters-0123456789",
        SITE_URL="https://news.example.org",
        TRUSTED_PROXIES="1",
        HSTS_INCLUDE_SUBDOMAINS="on",
        HSTS_PRELOAD="on",
        EMAIL_URL="smtp+tls://newsroom:password@mail.example.org:587",
    )

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_whatever_a_deploy_changes_of_a_page_makes_another_release_of_it(checkout):
    changed = [
        "templates/articles/article.html",
        "templates/articles/sitemap.xml",
        "articles/story_page.py",
        "comments/templatetags/comments.py",
        "static/css/base.css",
        "newsroom/locale/de/LC_MESSAGES/django.mo",
    ]
    asked = f"""
import importlib
from pathlib import Path
from newsroom import settings
releases = [settings.RELEASE, importlib.reload(settings).RELEASE]
for name in {changed}:
    path = Path(name)
    path.write_bytes(path.read_bytes() + b" ")
    releases.append(importlib.reload(settings).RELEASE)
print(" ".join(releases))
"""

    result = checkout.run("shell", "--no-imports", "-c", asked, SECRET_KEY=KEY)

    first, again, *later = result.stdout.split()
    assert first == again
    assert len({first, *later}) == 1 + len(changed)
