"""Whatever a client sends, the site answers: never with an error of its own."""

from django.contrib import admin
from django.test import Client
from django.urls import reverse

import pytest

from articles.models import Author, Section
from newsroom.models import Publication
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_image,
    make_staff,
)
from tests.html_forms import fields_of

HUGE = "9" * 23
ENCODINGS = (
    "hex",
    "rot13",
    "utf-16",
    "utf-7",
    "idna",
    "zlib",
    "undefined",
    "none-such",
)
QUERIES = (
    "page=%00", f"page={HUGE}", "page=-1", "page=%D9%A3", "from=%00", f"from={HUGE}",
    "from=0000000000000000000009999999999", "from=" + "z" * 5000, "q=%00", "q=%ED%A0%80",
    "q=" + "x" * 9000, "after=x", "after=" + "a:" * 500, "reply_to=x", f"reply_to={HUGE}",
    "reply_to=-1", "=", "%00=1", "page=1&page=2",
)  # fmt: skip
PATHS = (
    "/%00", "/%ff", f"/comments/{HUGE}/", f"/ratings/{HUGE}/", f"/comments/story/{HUGE}/",
    "/2026/13/45/x/", "/0000/00/00/x/", "/2026/02/30/x/", "/2026/11/23/%00/",
    "/2026/11/23/" + "x" * 3000 + "/", "/section/%ED%A0%80/", "/media/../manage.py",
    "/media/%2e%2e/%2e%2e/etc/passwd", "/media/", "/media/" + "x" * 5000,
    "/media//etc/passwd", "/comments/status/x/", "/admin/r/1/1/",
    "/feed/x/", "/section/%00/feed/", "/category/%ff/feed/", "/sitemap-9999-12.xml",
    f"/newsletter/{HUGE}/", "/newsletter/own/%00/", "/newsletter/leave/" + "x" * 3000 + "/",
    "/newsletter/confirm/1:x:y/", f"/sitemap-2026-11-{HUGE}.xml", f"/card/{HUGE}/x.png", "/pages/%00/", "/rss/x/",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO")
FILTERS = (
    f"section={HUGE}", f"article={HUGE}", f"article__in=1,{HUGE}", "created_at__year=1",
    "published_at__year=1", "when__gte=0001-01-01+00:00:00%2B14:00", "when__lt=10000",
    "published_at__gte=0001-01-01+00:00:00%2B14:00", "uploaded_at__date=0001-01-01",
    "published_at__lte=9999-12-31+23:59:59-12:00", "published_at__year=9999",
    "q=%00", "q=%ED%A0%80", "state=x", "state__exact=%00", "p=x", "p=99999", "o=1.2.99",
    "created_at__year=0", "created_at__year=99999999", "published_at__gte=x",
    "section__id__exact=x", "foo__bar=1", f"id__exact={HUGE}",
)  # fmt: skip


@pytest.fixture
def anyone():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "text/plain"])
@pytest.mark.parametrize("origin", ["http://testserver", "null"])
def test_a_form_in_no_encoding_of_the_web_is_refused(anyone, encoding, kind, origin):
    article = make_article()
    body = b'--b\r\nContent-Disposition: form-data; name="score"\r\n\r\n4\r\n--b--\r\n'
    url = reverse("ratings:vote", args=[article.pk])

    response = anyone.generic(
        "POST", url, body, f"{kind}; charset={encoding}", headers={"Origin": origin}
    )

    assert response.status_code == 400
    assert "That request could not be read" in response.text
    assert not article.ratings.exists()


@pytest.mark.parametrize(
    "body", [b"", b"--b\r\n", b"\0", b"{}", b"&".join([b"a=1"] * 2000)]
)
@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=b", "application/json", ""],
)
def test_a_body_that_is_no_form_is_answered(anyone, body, kind):
    article = make_article()

    for name in ("ratings:vote", "comments:thread"):
        response = anyone.generic(
            "POST", reverse(name, args=[article.pk]), body, kind,
            headers={"Origin": "http://testserver"},
        )  # fmt: skip

        assert response.status_code in {400, 422}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_means_nothing_is_answered(anyone, query):
    article = make_article()
    root = make_comment(article)
    pages = [
        "/",
        "/search/",
        article.get_absolute_url(),
        article.section.get_absolute_url(),
        reverse("comments:thread", args=[article.pk]),
        reverse("comments:replies", args=[root.pk]),
        *("/feed/", "/feed/json/", "/robots.txt", "/sitemap.xml", "/oembed/"),
    ]

    statuses = {anyone.get(f"{page}?{query}").status_code for page in pages}

    assert statuses <= {200, 302, 400, 404, 422}


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_means_nothing_is_answered(anyone, path):
    make_article()

    statuses = {anyone.generic(method, path).status_code for method in METHODS}

    assert statuses <= {302, 400, 403, 404, 405}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Origin", "http://["),
        ("Origin", "http://testserver:99999999"),
        ("X-Forwarded-For", "x"),
        ("If-None-Match", "W/"),
        ("If-Modified-Since", "Mon, 99 Nov 9999 99:99:99 GMT"),
        ("Accept-Language", "x" * 9000),
        ("Cookie", "newsroom_reader=a:b:c; newsroom_session=\x7f"),
        ("Host", "testserver:x"),
        ("Host", "evil.example"),
        ("User-Agent", "\xff"),
        ("Content-Length", "x"),
    ],
)
def test_a_header_that_means_nothing_is_answered(anyone, header, value):
    article = make_article()
    vote = reverse("ratings:vote", args=[article.pk])

    for method, path in (("GET", "/"), ("POST", vote), ("POST", "/admin/login/")):
        response = anyone.generic(
            method, path, b"score=4&username=a&password=b",
            "application/x-www-form-urlencoded", headers={header: value},
        )  # fmt: skip

        assert response.status_code in {200, 303, 400, 403, 422}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_of_the_admin_that_means_nothing_is_answered(query):
    zone, _made = Publication.objects.get_or_create(pk=1)
    zone.time_zone = "Europe/Vienna"  # east of UTC, where the first day begins sooner
    zone.save()
    make_comment(make_article())
    make_image()
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(is_superuser=True))

    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        response = client.get(f"{reverse(f'admin:{name}_changelist')}?{query}")

        assert response.status_code in {200, 302, 400}, name


@pytest.mark.parametrize("key", ["x", HUGE, "\0", "", "1.5"])
def test_a_key_of_the_admin_that_means_nothing_is_answered(key):
    make_comment(make_article())
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(is_superuser=True))

    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        url = reverse(f"admin:{name}_changelist")
        for action in ("delete_selected", "publish_selected", "approve"):
            selected = {"action": action, "_selected_action": key}
            assert client.post(url, selected).status_code in {302, 400, 403}, name
        if key and key != "\0":
            assert client.get(f"{url}{key}/change/").status_code in {302, 404}, name


@pytest.mark.parametrize("key", ["x", HUGE, "\0", "-1"])
def test_a_searchable_list_that_is_sent_no_key_gives_the_form_back(key):
    article = make_article(author=make_author(), headline="Not to be lost")
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(is_superuser=True))
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = fields_of(client.get(url), "article_form")

    for field in ("lead_image", "tags", "bylines-0-author", "related_links-0-target"):
        response = client.post(url, form | {field: key})

        assert response.status_code == 200, field
        assert "Not to be lost" in response.text


def test_a_form_of_the_admin_that_names_no_field_to_go_back_to_is_answered():
    make_article(author=make_author())
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(is_superuser=True))

    for name in ("section", "author"):
        key = Section.objects.get().pk if name == "section" else Author.objects.get().pk
        url = reverse(f"admin:articles_{name}_change", args=[key])
        form = fields_of(client.get(url), f"{name}_form")
        posted = client.post(url, form | {"_to_field": ""})
        asked = client.get(f"{url}?_to_field=")

        assert (posted.status_code, asked.status_code) == (400, 400)
        assert client.post(url, form | {"_to_field": "id"}).status_code == 302


@pytest.mark.parametrize("value", ["abc", "0001-01-01", "9999-12-31 23:59", HUGE])
def test_an_address_that_fills_in_a_form_with_nonsense_is_answered(value):
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(is_superuser=True))

    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        url = reverse(f"admin:{name}_add")
        fields = "&".join(f"{field.name}={value}" for field in model._meta.get_fields())
        response = client.get(f"{url}?{fields}")

        assert response.status_code in {200, 400, 403}, name
