"""The desk: who gets in, what it says is waiting, and what is written down."""

import csv
import io
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import redaction
from articles.models import Redaction, Tag
from comments.models import Comment
from newsroom.admin import events
from newsroom.models import Event, User
from newsroom.spreadsheets import csv_of
from tests.factories import (
    make_article,
    make_comment,
    make_draft,
    make_image,
    make_staff,
)
from tests.html_forms import fields_of


def test_the_desk_says_what_waits_for_whom(client):
    article = make_article()
    make_draft(headline="Unfinished")
    make_comment(article, state=Comment.State.PENDING)
    make_image(credit="", rendered=False)

    client.force_login(make_staff("Moderator"))
    to_moderators = client.get("/admin/").text
    client.force_login(make_staff("Reporter"))
    to_reporters = client.get("/admin/").text

    assert "Comments pending" in to_moderators
    assert "Drafts" not in to_moderators
    assert "Drafts" in to_reporters
    assert "Images without credit" in to_reporters
    assert "Comments pending" not in to_reporters


def test_each_number_on_the_desk_leads_to_what_it_counts(client):
    make_comment(make_article(), state=Comment.State.PENDING, name="Waiting Reader")
    make_comment(make_article(), name="Published Reader")
    client.force_login(make_staff("Moderator"))

    response = client.get("/admin/")
    waiting = client.get(response.context["waiting"][0].url).text

    assert "Waiting Reader" in waiting
    assert "Published Reader" not in waiting


def test_the_desk_lists_what_is_mine_what_is_next_and_what_is_out(client):
    editor = make_staff("Editor", first_name="Saskia")
    reporter = make_staff("Reporter", first_name="Ruben", last_name="Oakes")
    now = timezone.now()
    make_draft(headline="Mine to finish", assignee=editor, stage="review", due_at=now)
    make_draft(headline="His to finish", assignee=reporter, due_at=now)
    make_draft(headline="His as well", assignee=reporter)
    make_article(headline="Out tomorrow", published_at=now + timedelta(days=1))
    make_article(headline="Out today")
    make_article(headline="Out long ago", published_at=now - timedelta(days=3))

    client.force_login(editor)
    page = client.get("/admin/")
    client.force_login(reporter)
    his = client.get("/admin/")

    lists = {one.what: one for one in page.context["lists"]}
    named = {what: [line.headline for line in one.lines] for what, one in lists.items()}
    assert named == {
        "Waiting for you": ["Mine to finish"],
        "Scheduled next": ["Out tomorrow"],
        "Published today": ["Out today"],
    }
    turns = [(turn.name, turn.number, turn.overdue) for turn in page.context["turns"]]
    assert turns == [("Ruben Oakes", 2, 1), ("Saskia", 1, 1)]
    assert "1 overdue" in page.text
    assert "His to finish" in his.text
    assert "Whose turn it is" not in his.text
    client.force_login(editor)
    for turn, headline in zip(
        page.context["turns"], ("His as well", "Mine to finish"), strict=True
    ):
        listed = client.get(turn.url).text
        assert headline in listed
        assert "Out long ago" not in listed
    late = client.get(page.context["turns"][0].overdue_url).text
    out = client.get(lists["Published today"].url).text
    assert page.context["turns"][0].overdue_url.replace("&", "&amp;") in page.text
    assert "His to finish" in late
    assert "His as well" not in late
    assert "Out today" in out
    assert "Out long ago" not in out
    assert "Out tomorrow" not in out
    for one in (*lists.values(), *page.context["waiting"]):
        assert client.get(one.url).status_code == 200


def test_a_redaction_waits_for_another_editor(client):
    proposer, other = make_staff("Editor"), make_staff("Editor")
    story = make_article(body="<p>The culprit is Ned Marsh.</p>")
    proposal = Redaction(article=story, words="Ned Marsh", reason="He is not.")
    redaction.propose(proposal, editor=proposer)

    def waiting_for(user):
        client.force_login(user)
        waiting = client.get("/admin/").context["waiting"]
        return {one.what: one.number for one in waiting}

    assert waiting_for(other)["Redactions to confirm"] == 1
    assert "Redactions to confirm" not in waiting_for(proposer)


def test_the_desk_costs_the_same_however_much_waits(client):
    client.force_login(make_staff("Editor", is_superuser=True))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/").status_code == 200
        return len(queries)

    for _number in range(2):
        make_draft(assignee=make_staff("Reporter"))
        make_article()
    few = cost()
    for _number in range(8):
        make_draft(assignee=make_staff("Reporter"))
        make_article()
        make_image(credit="", rendered=False)

    assert cost() == few
    assert few < 30


def test_a_reader_who_is_no_staff_gets_no_desk(client):
    User.objects.create_user("reader", password="estuary-42")

    client.post("/admin/login/", {"username": "reader", "password": "estuary-42"})
    response = client.get("/admin/")

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_after_ten_wrong_passwords_the_right_one_has_to_wait_too(settings):
    make_staff(username="saskia")
    login = Client(REMOTE_ADDR="203.0.113.7").post
    right = {"username": "saskia", "password": "x"}
    wrong = right | {"password": "guess"}

    for _attempt in range(settings.LOGIN_FAILURES_PER_QUARTER_HOUR):
        assert login("/admin/login/", wrong).status_code == 200
    refused = login("/admin/login/", right)
    from_elsewhere = Client(REMOTE_ADDR="198.51.100.9").post("/admin/login/", right)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert "Too many" in refused.text
    assert from_elsewhere.status_code == 302


def test_the_admins_forms_keep_djangos_rule_of_the_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff(is_superuser=True))
    make_comment(make_article())
    held = Comment.objects.get()
    url = reverse("admin:comments_comment_change", args=[held.pk])
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

    without_token = client.post(url, {"_spam": "1"}, headers=own)
    page = client.get(url)
    token = page.context["csrf_token"]
    with_token = client.post(
        url, {"_spam": "1", "csrfmiddlewaretoken": str(token)}, headers=own
    )

    assert without_token.status_code == 403
    assert with_token.status_code == 302
    held.refresh_from_db()
    assert held.state == Comment.State.SPAM


def test_the_staffs_session_is_sent_to_the_admin_alone(client):
    make_staff(username="saskia")

    client.post("/admin/login/", {"username": "saskia", "password": "x"})
    cookie = client.cookies["newsroom_session"]

    assert cookie["path"] == "/admin/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("group", "may", "may_not"),
    [
        (
            "Reporter",
            ["articles.add_article", "articles.change_article", "articles.add_image"],
            ["articles.publish_article", "comments.moderate_thread",
             "articles.delete_article", "newsroom.change_user"],
        ),
        (
            "Editor",
            ["articles.publish_article", "articles.add_section", "articles.change_author",
             "newsroom.change_publication", "articles.add_correction"],
            ["comments.moderate_thread", "newsroom.change_user", "ratings.change_rating"],
        ),
        (
            "Moderator",
            ["comments.moderate_thread", "comments.change_comment", "ratings.view_tally"],
            ["articles.change_article", "comments.add_comment", "ratings.change_rating"],
        ),
    ],
)  # fmt: skip
def test_the_groups_are_there_with_what_each_may_do(group, may, may_not):
    user = make_staff(group)

    assert user.has_perms(may)
    assert not any(user.has_perm(name) for name in may_not)


def test_the_migration_makes_three_groups():
    names = Group.objects.values_list("name", flat=True)

    assert sorted(names) == ["Editor", "Moderator", "Reporter"]


def test_an_act_is_written_down_with_who_did_what_and_when(client):
    editor = make_staff("Editor", first_name="Saskia", last_name="Vantongel")
    draft = make_draft(headline="Bridge reopens")
    client.force_login(editor)

    client.post(
        reverse("admin:articles_article_changelist"),
        {"action": "publish_selected", "_selected_action": draft.pk},
    )
    event = Event.objects.about(draft).first()

    assert event.act == "publish"
    assert event.actor == editor
    assert event.actor_name == "Saskia Vantongel"
    assert event.object_name == "Bridge reopens"
    assert event.before["live"] is None
    assert event.after["live"] == 1


def test_what_is_written_down_is_changed_by_nobody(client):
    Event.objects.record(None, "publish", make_article())
    event = Event.objects.first()
    client.force_login(make_staff(is_superuser=True))
    url = reverse("admin:newsroom_event_change", args=[event.pk])

    looked_at = client.get(url)
    changed = client.post(url, {"act": "nothing"})
    deleted = client.post(url.replace("change", "delete"), {"post": "yes"})

    assert looked_at.status_code == 200
    assert (changed.status_code, deleted.status_code) == (403, 403)
    with pytest.raises(TypeError, match="append-only"):
        Event.objects.all().delete()
    with pytest.raises(TypeError, match="append-only"):
        Event.objects.update(act="nothing")


def test_what_is_done_by_hand_is_written_down_too(client):
    editor = make_staff("Editor")
    client.force_login(editor)
    tag_url = reverse("admin:articles_tag_add")
    client.post(tag_url, {"name": "tides", "slug": "tides"})
    tag = Tag.objects.get()
    change = reverse("admin:articles_tag_change", args=[tag.pk])
    client.post(change, {"name": "ebb", "slug": "tides"})
    client.post(change, {"name": "ebb", "slug": "tides"})
    client.post(reverse("admin:articles_tag_delete", args=[tag.pk]), {"post": "yes"})

    events = Event.objects.filter(object_type="articles.Tag").order_by("pk")

    assert [event.act for event in events] == ["add", "change", "delete"]
    assert {event.actor for event in events} == {editor}
    assert (events[1].before, events[1].after["name"]) == ({"name": "tides"}, "ebb")


def test_what_was_changed_by_hand_is_recorded_with_what_it_was(client):
    admin, reporter = make_staff(is_superuser=True), make_staff("Reporter")
    image = make_image(alt="A quay", credit="Somebody")
    client.force_login(admin)
    accounts = reverse("admin:newsroom_user_change", args=[reporter.pk])
    picture = reverse("admin:articles_image_change", args=[image.pk])
    groups = [str(group.pk) for group in Group.objects.filter(name="Editor")]
    password = "a new one that nobody wrote down"

    form = fields_of(client.get(accounts), "user_form") | {"groups": groups}
    client.post(accounts, form)
    client.post(
        reverse("admin:auth_user_password_change", args=[reporter.pk]),
        {"usable_password": "true", "password1": password, "password2": password},
    )
    client.post(
        picture, fields_of(client.get(picture), "image_form") | {"credit": "Ann Fisher"}
    )

    account, secret = Event.objects.about(reporter).order_by("pk")
    (changed,) = Event.objects.about(image).filter(act="change")
    assert account.before == {"groups": "Reporter"}
    assert account.after["groups"] == "Editor"
    assert password not in f"{secret.before} {secret.after}"
    assert changed.before == {"credit": "Somebody"}
    assert changed.after["credit"] == "Ann Fisher"


def test_the_history_of_a_thing_is_its_part_of_the_record(client):
    story, other = make_article(headline="One"), make_article(headline="Other")
    Event.objects.record(None, "expire", story)
    Event.objects.record(None, "expire", other)
    history = reverse("admin:articles_article_history", args=[story.pk])

    client.force_login(make_staff("Editor"))
    record = client.get(history, follow=True)
    client.force_login(make_staff("Reporter"))
    own = client.get(history)

    listed = {event.object_id for event in record.context["cl"].result_list}
    assert listed == {story.pk}
    assert own.status_code == 200


def test_each_save_of_a_story_is_written_down_with_what_changed(client):
    editor = make_staff("Editor")
    draft = make_draft()
    client.force_login(editor)
    url = reverse("admin:articles_article_change", args=[draft.pk])
    data = fields_of(client.get(url), "article_form") | {"headline": "Changed"}
    client.post(url, data | {"note": "For print"})

    event = Event.objects.about(draft).get(act="save", actor=editor)

    assert event.reason == "For print"
    assert event.after == {"revision": 2, "changed": ["headline"]}


def test_the_record_is_searched_linked_and_exported(client):
    editor = make_staff("Editor", first_name="Saskia")
    story = make_article(headline="=1+1")
    Event.objects.record(editor, "withdraw", story, reason="A doubt", after={"a": 1})
    Event.objects.record(None, "expire", make_article(headline="Another"))
    client.force_login(editor)
    listed = reverse("admin:newsroom_event_changelist")
    export = reverse("admin:newsroom_event_export")

    found = client.get(listed, {"q": "doubt"})
    by_number = client.get(listed, {"q": str(story.pk), "act": "withdraw"})
    file = client.get(export, {"act__exact": "withdraw"})
    all_of_it = client.get(export)

    url = reverse("admin:articles_article_change", args=[story.pk])
    assert f'href="{url}"' in found.text
    assert "Another" not in found.text
    assert "A doubt" in by_number.text
    assert file.headers["Content-Type"].startswith("text/csv")
    head, row = list(csv.reader(file.text.splitlines()))
    assert head[:3] == ["when", "actor", "act"]
    assert row[1:7] == [
        "Saskia", "withdraw", "articles.Article", str(story.pk), "'=1+1", "A doubt",
    ]  # fmt: skip
    assert row[8] == '{"a": 1}'
    assert len(all_of_it.text.splitlines()) == Event.objects.count() + 1


def test_a_file_too_long_for_a_spreadsheet_is_not_begun(client, monkeypatch):
    monkeypatch.setattr(events, "MOST_ROWS", 1)
    client.force_login(make_staff("Editor"))
    make_article()

    answer = client.get(
        reverse("admin:newsroom_event_export"), {"object_type": "articles.Article"}
    )
    page = client.get(answer.url)

    assert answer.status_code == 302
    assert "Narrow the list down" in page.text


def test_the_record_is_exported_by_those_who_may_read_it(client):
    client.force_login(make_staff("Reporter"))

    assert client.get(reverse("admin:newsroom_event_export")).status_code == 403


def test_an_account_is_deactivated_and_never_deleted(client):
    colleague = make_staff("Reporter", username="bram")
    client.force_login(make_staff(is_superuser=True))
    url = reverse("admin:newsroom_user_delete", args=[colleague.pk])

    response = client.post(url, {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(username="bram").exists()


@pytest.mark.parametrize("query", ["when__gte=abc", "actor__id__exact=abc", "foo=1"])
def test_an_export_by_a_filter_that_means_nothing_leads_back_to_the_list(client, query):
    client.force_login(make_staff("Editor"))

    answer = client.get(f"{reverse('admin:newsroom_event_export')}?{query}")

    assert answer.status_code == 302
    assert answer.url == reverse("admin:newsroom_event_changelist") + "?e=1"


def test_what_one_with_a_very_long_name_does_is_written_down():
    editor = make_staff("Editor", first_name="Ana" * 50, last_name="Lu" * 75)

    Event.objects.record(editor, "publish", make_draft(headline="x" * 255))

    event = Event.objects.filter(act="publish").get()
    assert event.actor_name == editor.name[:200]
    assert event.object_name == "x" * 255


@pytest.mark.parametrize("start", [*"=+-@\t\r\n＝＋－＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(start):
    answer = csv_of("a.csv", ["cell"], [[f"{start}1+1"], ["1+1"], [-1]])

    rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert [*rows] == [["cell"], [f"'{start}1+1"], ["1+1"], ["-1"]]


def test_an_address_fills_in_when_a_new_story_is_due(client):
    client.force_login(make_staff("Editor"))
    add = reverse("admin:articles_article_add")

    due = fields_of(client.get(add, {"due_at": "2026-11-30 14:05"}), "article_form")
    none = fields_of(client.get(add, {"due_at": "soon"}), "article_form")

    assert (due["due_at_0"], due["due_at_1"][:5]) == ("2026-11-30", "14:05")
    assert (none["due_at_0"], none["due_at_1"]) == ("", "")
