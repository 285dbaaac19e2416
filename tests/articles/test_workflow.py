"""Work on a story: stages, whose turn it is, notes, the calendar, and who may publish."""

from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Article, Correction, Note
from articles.publishing import PublishingRefused
from newsroom.models import Event
from tests.articles.test_admin_stories import (
    ADD,
    LIST,
    fill_in,
    sign_in,
    url_of,
    written,
)
from tests.factories import make_article, make_draft, make_section, make_staff
from tests.html_forms import fields_of

CALENDAR = reverse("admin:articles_article_calendar")
IN_REVIEW, READY = Article.Stage.IN_REVIEW, Article.Stage.READY


def notes_url(article):
    return reverse("admin:articles_article_notes", args=[article.pk])


def at(days=1):
    return (timezone.now() + timedelta(days=days)).replace(second=0, microsecond=0)


def split(name, when):
    local = timezone.localtime(when)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}


# --- Stages ------------------------------------------------------------------------


def test_a_reporter_submits_a_draft_for_review_and_an_editor_finds_it(client):
    sign_in(client, "Reporter")
    client.post(ADD, fill_in(client, ADD, **written(), _review="1"))
    draft = Article.objects.get()

    sign_in(client)
    found = client.get(LIST, {"stage__exact": "review"})
    drafts = client.get(LIST, {"stage__exact": "draft"})

    assert draft.stage == IN_REVIEW
    assert "Bridge reopens" in found.text
    assert "Bridge reopens" not in drafts.text
    assert "0 articles" in drafts.text


def test_ready_is_said_by_those_who_publish(client):
    draft = make_draft()
    sign_in(client, "Reporter")
    refused = client.post(url_of(draft), fill_in(client, url_of(draft), stage="ready"))
    sign_in(client)
    client.post(url_of(draft), fill_in(client, url_of(draft), stage="ready"))

    assert "Select a valid choice" in refused.text
    draft.refresh_from_db()
    assert draft.stage == READY


def test_words_changed_by_a_reporter_put_a_ready_story_in_review_again(client):
    draft = make_draft()
    Article.objects.update(stage=READY)
    sign_in(client, "Reporter")

    client.post(url_of(draft), fill_in(client, url_of(draft)))
    untouched = Article.objects.get().stage
    client.post(url_of(draft), fill_in(client, url_of(draft), headline="Changed"))

    assert untouched == READY
    assert Article.objects.get().stage == IN_REVIEW


def test_a_change_of_hands_is_written_down_and_mailed_once(client):
    editor = sign_in(client, first_name="Saskia")
    reporter = make_staff("Reporter", email="ruben@example.org")
    draft = make_draft(headline="Bridge reopens")
    data = {"stage": "review", "assignee": reporter.pk} | split("due_at", at())

    client.post(url_of(draft), fill_in(client, url_of(draft), **data))
    client.post(url_of(draft), fill_in(client, url_of(draft), headline="Bridge opens"))

    event = Event.objects.about(draft).get(act="hand over")
    assert (event.actor, event.before["stage"]) == (editor, "draft")
    assert event.after["assignee"] == reporter.pk
    (letter,) = mail.outbox
    assert letter.to == ["ruben@example.org"]
    assert "Bridge reopens" in letter.subject
    assert url_of(draft) in letter.body
    assert "It is due at" in letter.body


def test_who_takes_a_story_over_needs_no_mail(client):
    editor = sign_in(client, email="saskia@example.org")
    draft = make_draft()

    client.post(url_of(draft), fill_in(client, url_of(draft), assignee=editor.pk))

    draft.refresh_from_db()
    assert draft.assignee == editor
    assert mail.outbox == []


def test_the_list_is_narrowed_to_what_is_mine(client):
    editor = sign_in(client)
    make_draft(headline="Mine to write", assignee=editor)
    make_draft(headline="Hers to write", assignee=make_staff("Reporter"))
    make_draft(headline="Nobody cares")

    def found(who):
        return [
            name
            for name in ("Mine", "Hers", "Nobody")
            if f"{name} " in client.get(LIST, {"assignee": who}).text
        ]

    assert found("me") == ["Mine"]
    assert found("somebody") == ["Mine", "Hers"]
    assert found("nobody") == ["Nobody"]


def test_two_who_change_the_stage_meet_the_same_refusal_as_over_words(client):
    sign_in(client)
    draft = make_draft()
    second = fill_in(client, url_of(draft), stage="review")
    client.post(url_of(draft), fill_in(client, url_of(draft), stage="ready"))

    refused = client.post(url_of(draft), second)

    assert "while you were writing" in refused.text
    assert "stage" in refused.text
    assert Article.objects.get().stage == READY


# --- Notes -------------------------------------------------------------------------


def test_a_note_stands_under_the_form_and_is_mailed_to_those_it_names(client):
    writer = sign_in(client, first_name="Saskia", email="saskia@example.org")
    named = make_staff("Reporter", username="ruben.oakes", email="ruben@example.org")
    make_staff("Reporter", username="ruben", email="other@example.org")
    make_staff("Reporter", username="gone", email="gone@example.org", is_active=False)
    draft = make_draft(headline="Bridge reopens")
    text = f"@Ruben.Oakes: the <b>date</b>? @gone @nobody @{writer.username} x@ruben"

    answer = client.post(notes_url(draft), {"text": text})
    page = client.get(url_of(draft))

    assert answer.status_code == 302
    assert "the &lt;b&gt;date&lt;/b&gt;?" in page.text
    note = Note.objects.get()
    assert (note.writer, note.mentioned.get()) == (writer, named)
    (letter,) = mail.outbox
    assert letter.to == ["ruben@example.org"]
    assert "the <b>date</b>?" in letter.body
    assert Event.objects.about(draft).first().act == "note"


def test_a_note_is_added_without_leaving_the_form(client):
    sign_in(client)
    draft = make_draft()

    added = client.post(notes_url(draft), {"text": "Call her.", "fragment": "notes"})
    empty = client.post(notes_url(draft), {"text": " ", "fragment": "notes"})
    long = client.post(notes_url(draft), {"text": "x" * 5001})

    assert added.status_code == 200
    assert "Call her." in added.text
    assert "<html" not in added.text
    assert (empty.status_code, long.status_code) == (422, 422)
    assert "This field is required" in empty.text
    assert "x" * 5001 in long.text  # nothing typed is lost
    assert Note.objects.count() == 1


def test_notes_are_for_those_who_write(client):
    draft = make_draft()
    sign_in(client)
    client.post(notes_url(draft), {"text": "The source is his wife."})
    sign_in(client, "Moderator")

    refused = client.post(notes_url(draft), {"text": "Hello."})
    page = client.get(url_of(draft))

    assert refused.status_code == 403
    assert page.status_code == 200
    assert "The source is his wife." not in page.text


# --- Sections of their own ---------------------------------------------------------


@pytest.fixture
def limited(client):
    """Sign in an editor of the section “Coast” alone."""
    editor = sign_in(client)
    coast = make_section("Coast", "coast")
    coast.editors.add(editor)
    return coast


def test_an_editor_of_a_section_publishes_there_and_nowhere_else(client, limited):
    own, other = make_draft(section=limited), make_draft()

    for draft in (own, other):
        client.post(url_of(draft), fill_in(client, url_of(draft)) | {"_publish": "1"})
    page = client.get(url_of(other))

    own.refresh_from_db()
    other.refresh_from_db()
    assert own.is_live()
    assert other.published_at is None
    assert 'name="_publish"' not in page.text
    assert 'name="_review"' in page.text


def test_an_editor_of_a_section_pulls_no_story_into_it_to_publish_it(client, limited):
    other = make_draft(headline="Not hers")

    answer = client.post(
        url_of(other),
        fill_in(client, url_of(other)) | {"section": limited.pk, "_publish": "1"},
        follow=True,
    )

    other.refresh_from_db()
    assert other.published_at is None
    assert other.section_id != limited.pk
    assert "leave this story in its own" in answer.text


def test_an_editor_of_a_section_withdraws_and_corrects_only_there(client, limited):
    other, own = make_article(), make_article(section=limited)
    for story in (other, own):
        Correction.objects.create(
            article=story, text="It was ten.", editor=make_staff("Editor")
        )

    answer = client.post(
        LIST,
        {"action": "withdraw_selected", "_selected_action": other.pk},
        follow=True,
    )
    for story in (other, own):
        sent = fill_in(client, url_of(story)) | {"corrections-0-text": "It was nine."}
        client.post(
            url_of(story), sent | {"corrections-0-id": story.corrections.get().pk}
        )

    other.refresh_from_db()
    assert other.is_live()
    assert "are withdrawn" not in answer.text
    assert f"{other}: not in one of your sections." in answer.text
    assert own.corrections.get().text == "It was nine."
    assert other.corrections.get().text == "It was ten."


@pytest.mark.parametrize("is_live", [True, False])
def test_an_editor_of_a_section_gives_no_story_away_and_takes_none(
    client, limited, is_live
):
    make = make_article if is_live else make_draft
    own, other = make(section=limited), make()

    given = fill_in(client, url_of(own)) | {"section": other.section_id}
    taken = fill_in(client, url_of(other)) | {"section": limited.pk}
    answers = [client.post(url_of(own), given), client.post(url_of(other), taken)]

    own.refresh_from_db()
    other.refresh_from_db()
    assert own.section == limited
    assert other.section != limited
    assert "leave this story in its own" in answers[0].text


def test_an_editor_of_a_section_calls_no_story_of_another_ready(client, limited):
    sent = fill_in(client, ADD, **written(stage="ready"))

    refused = client.post(ADD, sent)
    own = client.post(
        ADD, fill_in(client, ADD, **written(stage="ready", section=limited.pk))
    )

    assert "Only who may publish in that section" in refused.text
    assert own.status_code == 302
    assert Article.objects.get().stage == READY


def test_an_editor_of_a_section_does_not_delete_it_to_have_no_limit(client, limited):
    url = reverse("admin:articles_section_delete", args=[limited.pk])
    bulk = reverse("admin:articles_section_changelist")

    one = client.post(url, {"post": "yes"})
    client.post(
        bulk,
        {"action": "delete_selected", "_selected_action": limited.pk, "post": "yes"},
    )

    assert one.status_code == 403
    assert type(limited).objects.filter(pk=limited.pk).exists()


def test_an_editor_of_a_section_deletes_drafts_only_there(client, limited):
    own, other = make_draft(section=limited), make_draft(headline="Not hers")
    url = reverse("admin:articles_article_delete", args=[other.pk])

    one = client.post(url, {"post": "yes"})
    selected = {"action": "delete_selected", "post": "yes"}
    for story in (other, own):
        client.post(LIST, selected | {"_selected_action": story.pk})

    assert one.status_code == 403
    assert Article.objects.get() == other


def test_what_a_reporter_restores_in_a_ready_story_is_reviewed_again(client):
    draft = make_draft()
    first = draft.newest_revision
    draft.headline = "Second"
    draft.save()
    publishing.save_working_copy(draft, editor=None)
    Article.objects.update(stage=READY)
    restore = reverse("admin:articles_revision_restore", args=[first.pk])

    sign_in(client, "Reporter")
    client.post(restore)

    draft.refresh_from_db()
    assert draft.headline == first.headline
    assert draft.stage == IN_REVIEW


def test_many_stories_are_published_where_they_may_be(client, limited):
    own, other = make_draft(section=limited), make_draft(headline="Not hers")

    answer = client.post(
        LIST,
        {"action": "publish_selected", "_selected_action": [own.pk, other.pk]},
        follow=True,
    )

    assert "1 story is published." in answer.text
    assert "Not hers: not in one of your sections." in answer.text
    assert Article.objects.live().get() == own


# --- Embargo, schedule, end --------------------------------------------------------


def test_an_embargo_is_moved_earlier_only_when_its_mark_is_taken_away(client):
    sign_in(client)
    draft, when = make_draft(), at(days=2)
    data = fill_in(client, url_of(draft), embargo="on", _publish="1")
    client.post(url_of(draft), data | split("publish_at", when))
    draft.refresh_from_db()
    held = draft.embargoed, draft.published_at, draft.state()

    at_once = {"publish_at_0": "", "publish_at_1": ""}
    page = fill_in(client, url_of(draft), _publish="1")
    refused = [
        client.post(url_of(draft), page | change)
        for change in (at_once, split("publish_at", at(days=1)))
    ]
    later = client.post(url_of(draft), page | split("publish_at", at(days=3)))
    lifted = fill_in(client, url_of(draft), _publish="1") | at_once
    del lifted["embargo"]
    client.post(url_of(draft), lifted)

    assert held == (True, when, "under embargo")
    for answer in refused:
        assert "Embargoed until" in answer.text
        assert "(UTC)" in answer.text
    assert later.status_code == 302
    draft.refresh_from_db()
    assert draft.is_live()
    acts = set(Event.objects.about(draft).values_list("act", flat=True))
    assert {"schedule", "embargo", "lift embargo", "publish"} <= acts


@pytest.mark.parametrize(
    "act",
    [
        lambda story: publishing.publish(story, editor=None),
        lambda story: publishing.schedule(story, editor=None, at=at(days=1)),
        lambda story: publishing.unschedule(story, editor=None),
    ],
    ids=["publish", "schedule", "unschedule"],
)
def test_no_act_breaks_an_embargo(act):
    story = publishing.schedule(make_draft(), editor=None, at=at(days=2))
    publishing.embargo(story, editor=None)

    with pytest.raises(PublishingRefused, match="Lift the embargo first"):
        act(story)
    publishing.lift_embargo(story, editor=None)
    act(story)

    story.refresh_from_db()
    assert story.published_at != at(days=2)


def test_an_embargo_that_is_over_is_not_lifted_by_the_next_save(client):
    sign_in(client)
    story = make_article()
    Article.objects.update(embargoed=True)

    client.post(url_of(story), fill_in(client, url_of(story), standfirst="New."))

    acts = {event.act for event in Event.objects.about(story)}
    assert "save" in acts
    assert "lift embargo" not in acts


def test_an_embargo_needs_a_time_to_come(client):
    sign_in(client)
    draft = make_draft()

    answer = client.post(
        url_of(draft), fill_in(client, url_of(draft), embargo="on"), follow=True
    )

    assert "An embargo needs a time to come" in answer.text
    draft.refresh_from_db()
    assert not draft.embargoed


def test_a_schedule_is_cancelled_and_the_story_is_a_draft_again(client):
    sign_in(client)
    draft = make_draft()
    publishing.schedule(draft, editor=None, at=at())

    page = client.get(url_of(draft))
    answer = client.post(
        url_of(draft), fill_in(client, url_of(draft), _unschedule="1"), follow=True
    )

    assert 'name="_unschedule"' in page.text
    assert "it is a draft" in answer.text
    draft.refresh_from_db()
    assert (draft.published_at, draft.live, draft.day) == (None, None, None)
    assert draft.state() == "draft"


def test_a_schedule_under_embargo_is_not_cancelled_and_says_so(client):
    sign_in(client)
    draft = make_draft()
    publishing.schedule(draft, editor=None, at=at())
    publishing.embargo(draft, editor=None)

    cancel = fill_in(client, url_of(draft), _unschedule="1")
    answer = client.post(url_of(draft), cancel, follow=True)

    assert "the schedule is not cancelled. Embargoed until" in answer.text
    draft.refresh_from_db()
    assert draft.state() == "under embargo"


def test_a_scheduled_change_is_cancelled_and_readers_keep_what_they_have(client):
    sign_in(client)
    story = make_article(headline="Bridge reopens")
    data = fill_in(client, url_of(story), headline="Bridge closes", _publish="1",
                   note_kind="minor")  # fmt: skip
    client.post(url_of(story), data | split("publish_at", at()))
    scheduled = Article.objects.get().next

    client.post(url_of(story), fill_in(client, url_of(story), _unschedule="1"))

    story.refresh_from_db()
    assert scheduled.headline == "Bridge closes"
    assert (story.next, story.next_at) == (None, None)
    assert story.is_live()
    assert "Bridge reopens" in client.get(story.get_absolute_url()).text


def test_nothing_to_come_is_nothing_to_cancel():
    with pytest.raises(PublishingRefused, match="Nothing is scheduled"):
        publishing.unschedule(make_article(), editor=None)


def test_publishing_again_before_the_time_keeps_the_time(client):
    sign_in(client)
    draft, when = make_draft(), at()
    publishing.schedule(draft, editor=None, at=when)

    data = fill_in(client, url_of(draft), headline="A better headline", _publish="1")
    client.post(url_of(draft), data)

    draft.refresh_from_db()
    assert draft.published_at == when
    assert draft.live.headline == "A better headline"


def test_a_story_is_given_an_end_and_loses_it_again(client):
    editor = sign_in(client)
    story, end = make_article(), at(days=3)

    client.post(url_of(story), fill_in(client, url_of(story)) | split("expires", end))
    ends = Article.objects.get().expires_at
    never = {"expires_0": "", "expires_1": ""}
    client.post(url_of(story), fill_in(client, url_of(story)) | never)

    assert ends == end
    assert Article.objects.get().expires_at is None
    events = Event.objects.about(story).filter(act="expire")
    assert [event.actor for event in events] == [editor, editor]


@pytest.mark.parametrize(
    ("expires", "publish_at", "message"),
    [(-1, 1, "withdraw the story"), (1, 2, "expires before it is published")],
)
def test_an_end_that_cannot_be_is_refused_in_words(
    client, expires, publish_at, message
):
    sign_in(client)
    draft = make_draft()
    data = fill_in(client, url_of(draft), headline="Kept as typed", _publish="1")
    data |= split("expires", at(days=expires)) | split("publish_at", at(publish_at))

    answer = client.post(url_of(draft), data, follow=True)

    assert message in answer.text
    assert fields_of(answer, "article_form")["headline"] == "Kept as typed"
    assert Article.objects.get().published_at is None


# --- The calendar ------------------------------------------------------------------


def test_the_calendar_shows_what_is_published_due_and_to_come(client):
    sign_in(client)
    now = timezone.now()
    make_article(headline="Out today")
    make_draft(headline="Wanted today", due_at=now)
    scheduled = make_draft(headline="Out much later")
    publishing.schedule(scheduled, editor=None, at=at(days=40))
    withdrawn = make_article(headline="Gone")
    publishing.withdraw(withdrawn, editor=None)
    next_month = timezone.localtime(at(days=40))

    month = client.get(CALENDAR)
    week = client.get(CALENDAR, {"week": f"{timezone.localdate():%Y-%m-%d}"})
    later = client.get(CALENDAR, {"month": f"{next_month:%Y-%m}"})

    for page in (month, week):
        assert "Out today" in page.text
        assert "Wanted today" in page.text
        assert "Out much later" not in page.text
        assert "Gone" not in page.text
    assert "Out much later" in later.text
    assert url_of(scheduled) in later.text


@pytest.mark.parametrize(
    "query",
    ["month=x", "month=2026-13", "week=2026-02-30", "month=99999-01", "week=1-1-1",
     "month=0001-01", "month=9999-12", "week=%00"],
)  # fmt: skip
def test_what_is_no_date_is_refused_by_the_calendar(client, query):
    sign_in(client)

    assert client.get(f"{CALENDAR}?{query}").status_code == 400
    assert client.get(CALENDAR).status_code == 200


def test_the_calendar_costs_the_same_however_full_it_is(
    client, django_assert_max_num_queries
):
    sign_in(client)
    for _number in range(5):
        make_article()

    with django_assert_max_num_queries(7):
        client.get(CALENDAR)
