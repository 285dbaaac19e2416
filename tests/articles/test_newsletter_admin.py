"""Editors compose an edition in the admin, look at it, and send it."""

import re
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import Edition, EditionStory, ForgottenAddress, Subscriber
from articles.newsletter import links, sending, subscribing
from newsroom.models import Event
from tests.factories import (
    make_article,
    make_draft,
    make_edition,
    make_newsletter,
    make_staff,
    make_subscriber,
)
from tests.html_forms import fields_of
from tests.readers import Reader


@pytest.fixture(autouse=True)
def _newsletter(transactional_db):
    make_newsletter()


@pytest.fixture
def tasks_backend():
    return "django_tasks_db.DatabaseBackend"


@pytest.fixture
def editor():
    return make_staff("Editor", email="saskia@example.org")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def work():
    call_command("db_worker", batch=True, interval=0, queue_name="*", verbosity=0)


def page_of(edition, name="change"):
    return reverse(f"admin:articles_edition_{name}", args=[edition.pk])


def press(desk, edition, button, value="1", **typed):
    page = desk.get(page_of(edition))
    fields = fields_of(page, "edition_form") | typed
    return desk.post(page_of(edition), fields | {button: value}, follow=True)


def act(desk, edition, what, **more):
    return desk.post(page_of(edition, "send"), {"act": what, **more}, follow=True)


def headings(edition):
    return [str(row.article) for row in edition.stories.all()]


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


# --- Composing ----------------------------------------------------------------------


def test_an_edition_is_composed_of_chosen_stories(desk):
    bridge, ferry = make_article(headline="Bridge"), make_article(headline="Ferry")
    add = reverse("admin:articles_edition_add")
    fields = fields_of(desk.get(add), "edition_form")

    page = desk.post(
        add,
        fields
        | {
            "subject": "The week",
            "introduction": "Good morning.",
            "stories-TOTAL_FORMS": "2",
            "stories-0-article": ferry.pk,
            "stories-0-heading": "The ferry sails",
            "stories-1-article": bridge.pk,
            "_continue": "1",
        },
        follow=True,
    )

    edition = Edition.objects.get()
    assert page.status_code == 200
    assert edition.is_draft
    assert headings(edition) == ["Ferry", "Bridge"]
    assert edition.stories.first().heading == "The ferry sails"
    assert [row.position for row in edition.stories.all()] == [1, 2]


def test_stories_are_found_by_a_few_words(desk):
    found = make_article(headline="Bridge reopens")
    make_draft(headline="Bridge of sighs")

    answer = desk.get(
        reverse("admin:autocomplete"),
        {
            "term": "bridge",
            "app_label": "articles",
            "model_name": "editionstory",
            "field_name": "article",
        },
    ).json()

    assert [one["id"] for one in answer["results"]] == [str(found.pk)]


def test_it_is_filled_with_what_is_new_since_the_last_one(desk):
    now = timezone.now()
    make_article(headline="Old", published_at=now - timedelta(days=3))
    make_article(headline="Yesterday", published_at=now - timedelta(days=1))
    chosen = make_article(headline="Today", published_at=now - timedelta(hours=1))
    make_article(headline="Secret", published_at=now + timedelta(hours=1))
    make_article(headline="Paid", label="sponsored", sponsor="The bank")
    make_draft(headline="Draft")
    make_edition(state="sent", number=1, started_at=now - timedelta(days=2))
    edition = make_edition(chosen)

    page = press(desk, edition, "_fill", subject="Changed as well")
    again = press(desk, edition, "_fill")

    assert headings(edition) == ["Today", "Yesterday"]
    assert "1 story was added." in page.text
    assert "There is no newer story" in again.text
    edition.refresh_from_db()
    assert edition.subject == "Changed as well"


def test_the_first_one_is_filled_with_the_last_week(desk):
    now = timezone.now()
    make_article(headline="Old", published_at=now - timedelta(days=8))
    make_article(headline="New", published_at=now - timedelta(days=6))
    edition = make_edition()

    press(desk, edition, "_fill")

    assert headings(edition) == ["New"]


def test_stories_are_moved_without_a_script(desk):
    edition = make_edition(*(make_article(headline=name) for name in "ABC"))
    last = edition.stories.last()

    press(desk, edition, "_move", f"{last.pk}-up")
    once = headings(edition)
    press(desk, edition, "_move", f"{last.pk}-up")
    press(desk, edition, "_move", f"{last.pk}-up")
    for nonsense in ("x-up", "9" * 30 + "-up", "", "-", f"{last.pk}"):
        assert press(desk, edition, "_move", nonsense).status_code == 200

    assert once == ["A", "C", "B"]
    assert headings(edition)[0] in {"A", "C"}
    assert sorted(headings(edition)) == ["A", "B", "C"]


def test_a_story_stands_in_an_edition_once(desk):
    story = make_article()
    edition = make_edition(story)

    page = press(
        desk,
        edition,
        "_continue",
        **{"stories-TOTAL_FORMS": "2", "stories-1-article": str(story.pk)},
    )

    assert page.status_code == 200
    assert edition.stories.count() == 1
    assert "Please correct" in page.text


def test_the_preview_is_the_mail_in_both_forms(desk):
    edition = make_edition(make_article(headline="Bridge reopens"))

    page = desk.get(page_of(edition, "preview"))

    nonce = re.search(r"nonce=&quot;([^&]+)&quot;", page.text)[1]
    assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
    assert page.text.count("Bridge reopens") == 2
    assert "Plain text" in page.text
    assert "3 Slip Street" in page.text


def test_a_test_mail_comes_to_whoever_asked_for_it(desk):
    edition = make_edition(make_article(headline="Bridge reopens"))

    page = act(desk, edition, "test")
    work()

    assert "A test is on its way to saskia@example.org." in page.text
    assert mail.outbox[0].to == ["saskia@example.org"]
    assert mail.outbox[0].subject == f"Test: {edition.subject}"
    assert "Bridge reopens" in mail.outbox[0].body
    assert Edition.objects.get().is_draft


# --- Sending ------------------------------------------------------------------------


def test_what_lacks_is_said_before_it_is_sent(desk):
    make_newsletter(imprint="")
    secret = make_article(
        headline="Budget leak", published_at=timezone.now() + timedelta(hours=1)
    )
    edition = make_edition(secret)

    page = desk.get(page_of(edition, "send"))
    said = act(desk, edition, "send")

    assert "“Budget leak” is scheduled then" in page.text
    assert "Write it under Newsletter" in page.text
    assert "Nobody has confirmed a subscription" in page.text
    assert "disabled" in page.text
    assert "Imprint: There is none." in said.text
    assert Edition.objects.get().is_draft


def test_without_a_mail_server_nothing_is_sent(desk, settings):
    make_subscriber()
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
    }
    edition = make_edition(make_article())

    page = act(desk, edition, "send")

    assert "No mail server is set up" in page.text
    assert Edition.objects.get().is_draft


def test_an_editor_sends_it_and_sees_how_far_it_is(desk, editor, client):
    make_subscriber("hettie@example.org")
    story = make_article(headline="Bridge reopens")
    edition = make_edition(story)

    page = act(desk, edition, "send")
    event = Event.objects.about(edition).first()
    work()
    done = desk.get(page_of(edition, "send"))
    form = desk.get(page_of(edition))
    desk.logout()
    on_the_site = client.get("/newsletter/1/")
    listed = client.get("/newsletter/")

    assert page.headers["Refresh"] == "5"
    assert "It is on its way." in page.text
    assert (event.act, event.actor) == ("send newsletter", editor)
    assert "Refresh" not in done.headers
    assert "Delivered 1" in text_of(done)
    assert mail.outbox[0].to == ["hettie@example.org"]
    assert "_fill" not in form.text
    assert "Bridge reopens" in on_the_site.text
    assert edition.subject in listed.text


def test_it_is_scheduled_and_called_off(desk):
    make_subscriber()
    edition = make_edition(make_article())
    at = timezone.now() + timedelta(days=1)
    when = {"time-at_0": f"{at:%Y-%m-%d}", "time-at_1": "09:00"}

    past = desk.post(
        page_of(edition, "send"),
        {"act": "schedule", "time-at_0": "2020-01-01", "time-at_1": "09:00"},
    )
    page = act(desk, edition, "schedule", **when)
    scheduled = Edition.objects.get()
    changed = desk.post(page_of(edition), {"subject": "Changed", "is_public": "on"})
    back = act(desk, edition, "cancel")

    assert past.status_code == 422
    assert "This time is over" in past.text
    assert "It will go out by itself." in page.text
    assert scheduled.is_scheduled
    assert changed.status_code in {200, 302}
    assert "It is called off." in back.text
    edition.refresh_from_db()
    assert edition.is_draft
    assert edition.subject == "The week the bridge came back"


def test_an_act_that_comes_too_late_is_said(desk):
    edition = make_edition(make_article())

    for late in ("pause", "resume", "cancel"):
        assert "Too late" in act(desk, edition, late).text
    assert act(desk, edition, "no-such-act").status_code == 200


def test_a_reporter_composes_and_an_editor_sends(client):
    make_subscriber()
    edition = make_edition(make_article())
    client.force_login(make_staff("Reporter"))

    page = client.get(page_of(edition, "send"))
    answer = client.post(page_of(edition, "send"), {"act": "send"})
    list_ = client.get(reverse("admin:articles_subscriber_changelist"))

    assert page.status_code == 200
    assert 'value="send"' not in page.text
    assert answer.status_code == 403
    assert list_.status_code == 403
    assert Edition.objects.get().is_draft


def test_a_moderator_sees_nothing_of_it(client):
    edition = make_edition(make_article())
    client.force_login(make_staff("Moderator"))

    for name in ("change", "send", "preview"):
        assert client.get(page_of(edition, name)).status_code == 403


def test_nobody_changes_or_deletes_what_was_sent(desk):
    make_subscriber()
    edition = make_edition(make_article(), make_article(headline="Second"))
    act(desk, edition, "send")
    work()
    row = EditionStory.objects.first()

    desk.post(
        page_of(edition),
        {
            "subject": "Forged",
            "introduction": "Forged",
            "is_public": "on",
            "stories-TOTAL_FORMS": "1",
            "stories-INITIAL_FORMS": "1",
            "stories-0-id": row.pk,
            "stories-0-heading": "Forged",
            "stories-0-article": row.article_id,
            "_move": f"{row.pk}-down",
        },
    )
    deleted = desk.post(page_of(edition, "delete"), {"post": "yes"})
    desk.post(
        reverse("admin:articles_edition_changelist"),
        {"action": "delete_selected", "_selected_action": edition.pk, "post": "yes"},
    )

    edition.refresh_from_db()
    assert deleted.status_code == 403
    assert edition.subject == "The week the bridge came back"
    assert edition.state == "sent"
    assert edition.delivered == 1
    assert list(edition.stories.values_list("heading", flat=True)) == ["", ""]
    assert edition.stories.first() == row


def test_an_edition_can_be_taken_from_the_site_and_nothing_else_of_it_changes(
    desk, client
):
    make_subscriber()
    edition = make_edition(make_article())
    act(desk, edition, "send")
    work()
    before = client.get("/newsletter/1/")

    fields = fields_of(desk.get(page_of(edition)), "edition_form")
    fields.pop("is_public")
    desk.post(page_of(edition), fields)

    assert before.status_code == 200
    assert client.get("/newsletter/1/").status_code == 404
    edition.refresh_from_db()
    assert (edition.state, edition.delivered) == ("sent", 1)


def test_a_story_that_is_gone_leaves_the_edition_on_the_site(desk, client):
    make_subscriber()
    gone, stays = make_article(headline="Gone"), make_article(headline="Stays")
    edition = make_edition(gone, stays)
    act(desk, edition, "send")
    work()
    before = client.get("/newsletter/1/").text

    article_page = reverse("admin:articles_article_change", args=[gone.pk])
    fields = fields_of(desk.get(article_page), "article_form")
    desk.post(article_page, fields | {"_withdraw": "1"})
    after = client.get("/newsletter/1/").text

    assert "Gone" in before
    assert "Gone" not in after
    assert "Stays" in after


# --- Subscribers --------------------------------------------------------------------


def lists(desk, text="", **more):
    url = reverse("admin:articles_subscriber_lists")
    return desk.post(url, {"text": text, **more})


def test_a_list_is_taken_in_and_each_line_reported_on(desk, editor):
    make_subscriber("here@example.org")
    make_subscriber("left@example.org", state="unsubscribed")
    subscribing.erase(make_subscriber("erased@example.org"))
    text = (
        "Name,Email Address,Language\n"
        "A,new@example.org,de\n"
        "B,HERE@example.org,\n"
        "C,left@example.org,\n"
        "D,erased@example.org,\n"
        "E,not an address,\n"
        "F,New@Example.org,\n"
        "G,ä@example.org,\n"
    )

    file = SimpleUploadedFile("list.csv", text.encode("utf-8-sig"))
    page = lists(desk, file=file, agreed="on")

    report = text_of(page)
    assert "1 address was taken. 6 lines were not. Nobody got a mail." in report
    assert "3 HERE@example.org It is here already: gets it." in report
    assert "4 left@example.org It is here already: unsubscribed." in report
    assert "5 erased@example.org Its owner had it deleted here." in report
    assert "6 not an address This is no email address." in report
    assert "7 New@Example.org It stands further up in the list." in report
    assert "2 new@example.org taken" in report
    new = Subscriber.objects.get(email="new@example.org")
    assert (new.state, new.language, new.source) == ("confirmed", "de", "import")
    assert not mail.outbox
    event = Event.objects.filter(act="import subscribers").get()
    assert event.actor == editor
    assert event.after == {"lines": 7, "taken": 1, "agreed": True}


def test_without_the_tick_those_imported_get_nothing(desk):
    lists(desk, "a@example.org\nb@example.org\n")
    edition = make_edition(make_article())
    make_subscriber("c@example.org")

    act(desk, edition, "send")
    work()

    assert Subscriber.objects.filter(state="pending").count() == 2
    assert [sent.to for sent in mail.outbox] == [["c@example.org"]]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a file, or type addresses."),
        ({"text": "name;town\nA;B\n"}, "No column is called"),
        ({"text": '"a\0b\n' * 3}, ""),
        ({"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00a")}, "in UTF-8"),
        ({"text": "a@example.org\n" * 50_001}, "too long"),
    ],
)
def test_a_list_that_is_none_is_refused_in_words(desk, fields, said):
    page = lists(desk, **fields)

    assert page.status_code in {200, 422}
    assert said in page.text
    assert not Subscriber.objects.exists()


def test_the_list_is_exported_by_those_who_may_and_written_down(desk, editor):
    make_subscriber("+formula@example.org")
    url = reverse("admin:articles_subscriber_csv")

    refused = desk.post(url)
    editor.user_permissions.add(Permission.objects.get(codename="export_subscriber"))
    looked = desk.get(url)
    answer = desk.post(url)

    assert refused.status_code == 403
    assert looked.status_code == 405
    assert answer.text.splitlines()[0].startswith("email,state,language")
    assert answer.text.splitlines()[1].startswith("'+formula@example.org,confirmed")
    event = Event.objects.get(act="export subscribers")
    assert (event.actor, event.after) == (editor, {"subscribers": 1})


def test_what_was_exported_can_be_taken_in_again(desk, editor):
    make_subscriber("+formula@example.org")
    editor.user_permissions.add(Permission.objects.get(codename="export_subscriber"))
    exported = desk.post(reverse("admin:articles_subscriber_csv")).text
    Subscriber.objects.all().delete()

    lists(desk, exported, agreed="on")

    assert Subscriber.objects.get().email == "+formula@example.org"


def test_the_desk_unsubscribes_and_erases_and_the_record_names_no_address(desk):
    stays = make_subscriber("stays@example.org")
    goes = make_subscriber("goes@example.org")
    url = reverse("admin:articles_subscriber_changelist")

    desk.post(url, {"action": "unsubscribe_selected", "_selected_action": stays.pk})
    desk.post(
        url,
        {"action": "delete_selected", "_selected_action": goes.pk, "post": "yes"},
    )

    assert Subscriber.objects.get().state == "unsubscribed"
    assert ForgottenAddress.objects.get().digest == links.digest_of(goes.email)
    acts = Event.objects.values_list("act", "object_name").order_by("pk")
    assert list(acts) == [
        ("change", f"subscriber {stays.pk}"),
        ("erase", f"subscriber {goes.pk}"),
    ]
    assert desk.get(
        reverse("admin:articles_subscriber_change", args=[stays.pk])
    ).status_code in {200}


def test_a_query_for_editions_with_no_number_is_answered():
    for path in ("/newsletter/0/", "/newsletter/99999999999999999999999/"):
        assert Reader().get(path).status_code == 404


def test_the_desk_says_that_an_edition_waits_for_somebody(desk):
    make_edition(state="paused", number=1, started_at=timezone.now(), fault="554 spam")

    page = desk.get("/admin/")
    edition = desk.get(page_of(Edition.objects.get(), "send"))

    assert "1 Newsletters that do not go on" in text_of(page)
    assert "554 spam" in edition.text


def test_stands_still_is_said_and_a_worker_can_be_asked_again(desk):
    make_subscriber()
    edition = make_edition(make_article())
    act(desk, edition, "send")
    before = desk.get(page_of(edition, "send"))
    edition.copies.update(due_at=timezone.now() - timedelta(minutes=5))

    page = desk.get(page_of(edition, "send"))
    act(desk, edition, "nudge")
    work()

    assert "Nothing has happened" not in before.text
    assert "Nothing has happened for a while" in page.text
    assert not sending.stands_still(Edition.objects.get(), timezone.now())
    assert len(mail.outbox) == 1
