"""Every room of the admin opens, under the same policy, to those who may enter."""

from django.contrib import admin
from django.urls import reverse

import pytest

from articles.models import Author, Correction, OldAddress, Section, Tag
from newsroom.models import Publication
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_image,
    make_section,
    make_staff,
)
from tests.html_forms import fields_of
from tests.readers import Reader

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


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
        pages.append(reverse(f"admin:{name}_history", args=[thing.pk]))
    if admin.site._registry[model].has_add_permission(request):
        pages.append(reverse(f"admin:{name}_add"))

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        # Neither runs under the policy; both would be errors in the console.
        assert " onclick=" not in response.text
        assert ' style="' not in response.text


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


@pytest.mark.parametrize(
    "model", [Section, Tag, Author], ids=lambda model: model.__name__
)
def test_a_name_gives_its_own_slug_and_no_two_share_one(client, model):
    client.force_login(make_staff("Editor"))
    url = reverse(f"admin:articles_{model._meta.model_name}_add")

    form = client.get(url)
    typed = fields_of(form, f"{model._meta.model_name}_form") | {
        "name": "Town Hall",
        "slug": "town-hall",
    }
    first = client.post(url, typed)
    second = client.post(url, typed)

    assert "data-prepopulated-fields" in form.text
    assert first.status_code == 302
    assert "already exists" in second.text
    assert model.objects.filter(slug="town-hall").count() == 1


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


def test_a_section_with_stories_is_not_deleted(client):
    client.force_login(make_staff("Editor"))
    full, empty = make_article().section, make_section("Culture", "culture")

    for section in (full, empty):
        url = reverse("admin:articles_section_delete", args=[section.pk])
        client.post(url, {"post": "yes"})

    assert list(Section.objects.all()) == [full]


@pytest.mark.parametrize(
    ("group", "may_open"),
    [
        ("Reporter", {"Article", "Author", "Image", "Revision", "Section", "Tag"}),
        ("Moderator", {"Article", "Comment", "Event", "Rating", "Tally", "Thread"}),
        (
            "Editor",
            {"Article", "Author", "Comment", "Event", "Image", "OldAddress", "Publication",
             "Rating", "Revision", "Section", "Tag", "Tally", "Thread"},
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
