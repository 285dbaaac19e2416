"""Every room of the admin opens, under the same policy, to those who may enter."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import Correction, OldAddress, Tag
from newsroom.models import Publication
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_edition,
    make_image,
    make_newsletter,
    make_staff,
)
from tests.html_forms import fields_of
from tests.markup import faults_of
from tests.readers import Reader

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# Allowed, if not tidy: rows without <tbody>. And a help text that is named and not there.
DJANGOS_OWN = ("<tr> in <table>", "_helptext'")


@pytest.fixture
def paper():
    """A paper with at least one row of everything."""
    Publication.objects.create(pk=1)
    article = make_article(author=make_author(), lead_image=make_image())
    article.tags.add(Tag.objects.create(name="tides", slug="tides"))
    Correction.objects.create(article=article, text="It was nine.")
    OldAddress.objects.create(article=article, path="/old")
    make_comment(article)
    Reader().rate(article, 4)
    return article


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_and_form_opens_under_the_policy(client, paper, model):
    user = make_staff("Editor", is_superuser=True)
    client.force_login(user)
    name = model._meta.label_lower.replace(".", "_")
    thing = model._default_manager.first()
    request = client.get("/admin/").wsgi_request

    pages = [
        reverse(f"admin:{name}_changelist"),
        reverse(f"admin:{name}_changelist") + "?q=bridge",
    ]
    if thing:  # of tasks there is none: the tests' are done at once
        pages.append(reverse(f"admin:{name}_change", args=[thing.pk]))
    if admin.site._registry[model].has_add_permission(request):
        pages.append(reverse(f"admin:{name}_add"))

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        # Neither runs under the policy; both would be errors in the console.
        assert " onclick=" not in response.text
        assert ' style="' not in response.text


def test_every_room_is_valid_html(client, paper):
    client.force_login(make_staff(is_superuser=True))
    make_newsletter()
    edition = make_edition(paper, state="sent", number=1, started_at=timezone.now())
    request = client.get("/admin/").wsgi_request
    addresses = [
        "/admin/",
        reverse("admin:articles_frontslot_changelist"),
        reverse("admin:articles_edition_send", args=[edition.pk]),
    ]
    for model in MODELS:
        name = model._meta.label_lower.replace(".", "_")
        addresses.append(reverse(f"admin:{name}_changelist"))
        if thing := model._default_manager.first():
            addresses.append(reverse(f"admin:{name}_change", args=[thing.pk]))
        if admin.site._registry[model].has_add_permission(request):
            addresses.append(reverse(f"admin:{name}_add"))

    pages = {address: client.get(address, follow=True) for address in addresses}

    assert {one.status_code for one in pages.values()} == {200}
    faults = [
        (address, fault)
        for address, page in pages.items()
        for fault in faults_of(page.text)
        if not fault.endswith(DJANGOS_OWN)
    ]
    assert faults == []


def test_the_pages_between_the_rooms_open_under_the_policy(client, paper):
    client.force_login(make_staff(is_superuser=True))
    draft = make_draft()
    chosen = {"action": "delete_selected", "_selected_action": draft.pk}

    answers = [
        client.get("/admin/"),
        client.get("/admin/articles/"),
        client.get("/admin/password_change/"),
        client.get("/admin/jsi18n/"),
        client.get(reverse("admin:articles_article_delete", args=[draft.pk])),
        client.get(reverse("admin:articles_section_delete", args=[paper.section.pk])),
        client.post(reverse("admin:articles_article_changelist"), chosen),
        client.post("/admin/logout/"),
        client.get("/admin/login/"),
        client.post("/admin/login/", {"username": "nobody", "password": "x"}),
    ]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status_code == 200, answer.request["PATH_INFO"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "<script>" not in answer.text


def test_the_lists_cost_the_same_with_more_rows(
    client, paper, django_assert_max_num_queries
):
    client.force_login(make_staff(is_superuser=True))
    for number in range(15):
        article = make_article(headline=f"Story {number}", lead_image=make_image())
        make_comment(article)
        Reader().rate(article, 4)

    for model in MODELS:
        name = model._meta.label_lower.replace(".", "_")
        with django_assert_max_num_queries(12):
            client.get(reverse(f"admin:{name}_changelist"))


def test_there_is_one_publication_and_none_to_delete(client):
    client.force_login(make_staff(is_superuser=True))
    add = reverse("admin:newsroom_publication_add")

    client.post(
        add, fields_of(client.get(add), "publication_form") | {"name": "The Courier"}
    )
    again = client.get(add)
    delete = client.post(
        reverse("admin:newsroom_publication_delete", args=[1]), {"post": "yes"}
    )

    assert Publication.objects.get().name == "The Courier"
    assert (again.status_code, delete.status_code) == (403, 403)


def test_a_time_zone_that_is_none_is_refused_with_an_example(client):
    Publication.objects.create(pk=1)
    client.force_login(make_staff("Editor"))
    url = reverse("admin:newsroom_publication_change", args=[1])

    response = client.post(
        url,
        fields_of(client.get(url), "publication_form") | {"time_zone": "Mars/North"},
    )

    assert (
        "“Mars/North” is no time zone. Give one as in “Europe/Vienna”" in response.text
    )
    assert Publication.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(
    ("group", "may_open"),
    [
        ("Reporter", {"Article", "Author", "Edition", "Image", "Page", "Recording", "Revision", "Section", "Tag"}),
        ("Moderator", {"Appeal", "Article", "Comment", "Ban", "Burst", "Discussion", "Event",
                       "IllegalNotice", "ModeratorMail", "Rating", "RatingSettings",
                       "Tally", "Thread"}),
        (
            "Editor",
            {"Article", "Author", "Banner", "Burst", "Comment", "Discussion", "Edition", "Event", "FrontSlot", "Image", "Newsletter", "OldAddress",
             "Publication", "Page", "Rating", "RatingSettings", "Recording", "Redaction", "Revision", "Section", "Subscriber", "Tag",
             "Tally", "Thread"},
        ),
    ],
)  # fmt: skip
def test_each_group_enters_its_own_rooms_and_no_other(client, paper, group, may_open):
    client.force_login(make_staff(group))

    opened = {
        model.__name__
        for model in MODELS
        if client.get(
            reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        ).status_code
        == 200
    }

    assert opened == may_open
