"""What is typed is kept until it is saved, and colleagues see each other."""

import json
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import OpenForm, UnsavedCopy
from tests.articles.test_admin_stories import ADD, fill_in, sign_in, url_of, written
from tests.factories import make_draft, make_staff
from tests.html_forms import fields_of

UNSAVED = reverse("admin:articles_article_unsaved")
KEY, OTHER_KEY = "a" * 32, "b" * 32


def tell(client, **told):
    return client.post(
        UNSAVED, json.dumps({"key": KEY, **told}), content_type="application/json"
    )


def test_what_was_typed_is_offered_in_the_next_form_of_the_story(client):
    sign_in(client)
    draft = make_draft()

    kept = tell(client, article=draft.pk, fields=[["headline", ["Half a headl"]]])
    asked = tell(client, key=OTHER_KEY, article=draft.pk, known=[])
    elsewhere = tell(client, key=OTHER_KEY, article=make_draft().pk, known=[])

    assert kept.json()["kept"]
    (copy,) = asked.json()["copies"]
    assert (copy["key"], copy["fields"]) == (KEY, [["headline", ["Half a headl"]]])
    assert elsewhere.json()["copies"] == []


def test_what_is_typed_later_into_the_same_form_replaces_it(client):
    sign_in(client)
    draft = make_draft()

    for headline in ("Half", "Half a", "Half a headline"):
        tell(client, article=draft.pk, fields=[["headline", [headline]]])

    assert UnsavedCopy.objects.get().fields == [["headline", ["Half a headline"]]]


def test_a_copy_is_its_writers_alone(client):
    sign_in(client)
    draft = make_draft()
    tell(client, article=draft.pk, fields=[["headline", ["Mine"]]])
    sign_in(client)

    asked = tell(client, key=OTHER_KEY, article=draft.pk, known=[KEY])
    tell(client, article=draft.pk, fields=[["headline", ["Theirs"]]])
    tell(client, key=OTHER_KEY, article=draft.pk, discard=[KEY])

    assert asked.json()["copies"] == []
    assert asked.json()["settled"] == []
    assert UnsavedCopy.objects.get(key=KEY).fields == [["headline", ["Mine"]]]


@pytest.mark.parametrize("is_new", [True, False])
def test_saving_settles_the_copy_of_its_form_and_no_late_word_revives_it(
    client, is_new
):
    sign_in(client)
    draft = make_draft()
    url, article = (ADD, None) if is_new else (url_of(draft), draft.pk)
    data = fill_in(client, url, **written(headline="The whole headline"))
    key = data["copy"]
    tell(client, key=key, article=article, fields=[["headline", ["The wh"]]])

    saved = client.post(url, data)
    tell(client, key=key, article=article, fields=[["headline", ["The whole"]]])
    asked = tell(client, article=article, known=[key])

    assert saved.status_code == 302
    assert asked.json()["settled"] == [key]
    assert asked.json()["copies"] == []
    assert UnsavedCopy.objects.get(key=key).fields == []


def test_a_save_that_was_refused_settles_nothing(client):
    sign_in(client)
    data = fill_in(client, ADD, **written(headline=""))
    tell(client, key=data["copy"], article=None, fields=[["standfirst", ["x"]]])

    refused = client.post(ADD, data)

    assert "This field is required" in refused.text
    assert fields_of(refused, "article_form")["copy"] == data["copy"]
    assert UnsavedCopy.objects.get(key=data["copy"]).settled_at is None


def test_a_copy_thrown_away_is_offered_no_more(client):
    sign_in(client)
    tell(client, article=None, fields=[["headline", ["Never mind"]]])

    tell(client, key=OTHER_KEY, article=None, discard=[KEY])
    asked = tell(client, key=OTHER_KEY, article=None, known=[KEY])

    assert asked.json()["copies"] == []
    assert asked.json()["settled"] == [KEY]


def test_a_copy_is_forgotten_after_thirty_days(client):
    sign_in(client)
    tell(client, article=None, fields=[["headline", ["Long ago"]]])
    UnsavedCopy.objects.update(typed_at=timezone.now() - timedelta(days=31))

    tell(client, key=OTHER_KEY, article=None, fields=[["headline", ["Today"]]])

    assert UnsavedCopy.objects.get().key == OTHER_KEY


@pytest.mark.parametrize("is_new", [True, False])
def test_restoring_fills_the_form_in_and_saves_nothing(client, is_new):
    sign_in(client)
    draft = make_draft(headline="Bridge reopens")
    url = ADD if is_new else url_of(draft)
    typed = written(headline="Bridge opens early", body="<p>Not saved.</p>") | {
        "bylines-0-role": "by",
        "bylines-0-guest": "A. Visitor",
    }

    shown = client.post(url, fill_in(client, url, _restore="1", **typed))
    unsaved = draft.revisions.get().headline
    data = fields_of(shown, "article_form")
    saved = client.post(url, data)

    assert "This is what you typed and did not save." in shown.text
    assert data["headline"] == "Bridge opens early"
    assert data["body"] == "<p>Not saved.</p>"
    assert data["bylines-0-guest"] == "A. Visitor"
    assert unsaved == "Bridge reopens"
    assert saved.status_code == 302


def test_who_has_a_story_open_is_told_to_the_others(client):
    first = make_staff("Editor", first_name="Saskia", last_name="Vantongel")
    second = make_staff("Reporter", first_name="Ruben", last_name="Oakes")
    draft, other = make_draft(), make_draft()

    client.force_login(first)
    alone = tell(client, article=draft.pk).json()["others"]
    client.force_login(second)
    seen = tell(client, key=OTHER_KEY, article=draft.pk).json()["others"]
    elsewhere = tell(client, key=OTHER_KEY, article=other.pk).json()["others"]
    tell(client, key=OTHER_KEY, article=draft.pk, left=True)
    client.force_login(first)
    left = tell(client, article=draft.pk).json()["others"]

    assert (alone, elsewhere, left) == ("", "", "")
    assert seen == "Saskia Vantongel has this open."


def test_a_form_whose_browser_went_silent_is_closed_after_a_minute(client):
    sign_in(client)
    draft = make_draft()
    tell(client, article=draft.pk)
    OpenForm.objects.update(seen_at=timezone.now() - timedelta(seconds=66))

    sign_in(client)

    assert tell(client, article=draft.pk).json()["others"] == ""


@pytest.mark.parametrize(
    "told",
    [
        "no JSON",
        "[]",
        "[" * 100_000,
        '"key"',
        '{"key": "short", "article": null}',
        '{"key": 5, "article": null}',
        f'{{"key": "{KEY}", "article": 999999}}',
        f'{{"key": "{KEY}", "article": {"9" * 40}}}',
        f'{{"key": "{KEY}", "article": "1"}}',
        f'{{"key": "{KEY}", "article": null, "fields": 1}}',
        f'{{"key": "{KEY}", "article": null, "fields": [["a"]]}}',
        f'{{"key": "{KEY}", "article": null, "fields": [["a", [1]]]}}',
        f'{{"key": "{KEY}", "article": null, "known": "x"}}',
        f'{{"key": "{KEY}", "article": null, "discard": [{{}}]}}',
        f'{{"key": "{KEY}", "fields": [["a", ["{"x" * 2_000_000}"]]]}}',
    ],
)
def test_what_no_form_sends_is_refused_in_words(client, told):
    sign_in(client)

    refused = client.post(UNSAVED, told, content_type="application/json")

    assert refused.status_code == 400
    assert refused.json()["error"]
    assert not UnsavedCopy.objects.exists()


def test_what_no_database_can_hold_is_taken_out(client):
    sign_in(client)

    tell(client, article=None, fields=[["he\0ad", ["a\0b\ud800c"]]])

    assert UnsavedCopy.objects.get().fields == [["head", ["ab?c"]]]


def test_who_may_not_write_is_told_nothing(client):
    draft = make_draft()

    sign_in(client, "Moderator")
    refused = tell(client, article=draft.pk, fields=[["headline", ["x"]]])
    client.logout()
    signed_out = tell(client, article=draft.pk, fields=[["headline", ["x"]]])

    assert refused.status_code == 403
    assert signed_out.status_code == 302
    assert not UnsavedCopy.objects.exists()


def test_a_copy_costs_the_same_number_of_queries_however_many_there_are(
    client, django_assert_max_num_queries
):
    sign_in(client)
    draft = make_draft()
    for number in range(20):
        tell(client, key=f"{number:032x}", article=draft.pk, fields=[["a", ["b"]]])

    with django_assert_max_num_queries(18):
        tell(client, article=draft.pk, known=[], fields=[["a", ["b"]]])
