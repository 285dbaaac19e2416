"""Words overwritten by two editors: everywhere, for good, and recorded without them."""

import json
import time
from datetime import timedelta

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.db.models import CharField, JSONField, TextField
from django.urls import reverse

import pytest

from articles import preview_links, publishing, redaction, said, unsaved
from articles.models import (
    Article,
    Byline,
    Correction,
    Note,
    PreviewLink,
    PublishedVersion,
    Redaction,
    RelatedLink,
    Revision,
    UnsavedCopy,
)
from articles.redaction import RedactionRefused
from articles.words import MARK, Words, texts_of_html
from newsroom.models import Event
from tests.articles.test_admin_stories import fill_in, sign_in, url_of
from tests.articles.test_versions import change, publish
from tests.factories import make_article, make_draft, make_section, make_staff
from tests.readers import Reader

LIST = reverse("admin:articles_redaction_changelist")
ADD = reverse("admin:articles_redaction_add")


def propose(article, words="Mr Crake", reason="A court asked for it.", editor=None):
    proposal = Redaction(article=article, words=words, reason=reason)
    return redaction.propose(proposal, editor=editor or make_staff("Editor"))


def carry_out(article, words="Mr Crake"):
    return redaction.confirm(propose(article, words), editor=make_staff("Editor"))


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("Mr Crake", "Then Mr Crake left.", f"Then {MARK} left."),
        ("Mr Crake", "Mr\u00a0\n Crake, Mr Crake", f"{MARK}, {MARK}"),
        ("mr crake", "Mr Crake stayed.", "Mr Crake stayed."),
        ("Ann", "Ann’s Anniversary, by Joann", f"{MARK}’s Anniversary, by Joann"),
        ("سالم", "قال لسالم", f"قال ل{MARK}"),
        ("a+b (c)", "so a+b (c) it is", f"so {MARK} it is"),
    ],
)
def test_words_are_found_exactly_and_whole(words, before, after):
    assert Words(words).out_of(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>By <em>Mr</em> Cr<b>ake</b>.</p>", f"<p>By <em>{MARK}</em><b></b>.</p>"),
        ("<p>Mr<br>Crake &amp; Son</p>", f"<p>{MARK}<br> &amp; Son</p>"),
        ("<p>Mr</p><p>Crake &lt; 3</p>", "<p>Mr</p><p>Crake &lt; 3</p>"),
        (
            '<p><a href="https://a.example/" title="Of Mr Crake">him</a></p>',
            f'<p><a href="https://a.example/" title="Of {MARK}">him</a></p>',
        ),
        (
            '<div data-read-more="" data-href="https://a.example/" '
            'data-title="“Mr Crake” > all"></div>',
            '<div data-read-more="" data-href="https://a.example/" '
            f'data-title="“{MARK}” &gt; all"></div>',
        ),
        (
            '<figure data-image="12"><figcaption>Mr Crake</figcaption></figure>',
            f'<figure data-image="12"><figcaption>{MARK}</figcaption></figure>',
        ),
    ],
)
def test_words_are_found_through_markup_and_markup_stays(before, after):
    before = before.replace("<b>", "<strong>").replace("</b>", "</strong>")
    after = after.replace("<b>", "<strong>").replace("</b>", "</strong>")

    assert Words("Mr Crake").out_of_html(before) == after


def make_story_that_names_him():
    """Return a story with the words wherever it can have them."""
    name = "Mr Crake"
    story = make_draft(
        headline=f"{name} did it",
        standfirst=f"Says {name}.",
        body="<p>It was <em>Mr</em> Crake &amp; his dog.</p><p>It hums.</p>",
        lead_caption=f"{name}, left",
        seo_headline=f"{name}: all of it",
        social_description=f"{name} and the dog",
    )
    Byline.objects.create(article=story, guest=name)
    RelatedLink.objects.create(
        article=story, url="https://a.example/", title=f"More of {name}"
    )
    publishing.save_working_copy(story, editor=None, note=f"On {name}")
    story = publishing.publish(story, editor=None)
    publish(
        story,
        headline="Nobody did it",
        body="<p>Nobody did it.</p>",
        text=f"An earlier version named {name}.",
        because=f"It named {name}.",
    )
    Note.objects.create(article=story, writer=make_staff(), text=f"{name} has called.")
    fields = [["headline", [f"{name} again"]], ["body", ["<p>Mr <b>Crake</b></p>"]]]
    unsaved.keep("a" * 32, editor=make_staff(), article=story, fields=fields)
    link, _address = preview_links.make(
        story.newest_revision, reader=f"{name}, himself", editor=make_staff(),
        open_for=timedelta(days=1),
    )  # fmt: skip
    preview_links.answer(link, answer="objected", words=f"I am {name}.")
    publishing.withdraw(story, editor=None, reason=f"{name} complained.")
    propose(story, words=f"{name} has called")
    return Article.objects.get(pk=story.pk)


def test_the_words_go_from_everything_the_story_ever_said(client):
    story = make_story_that_names_him()
    sign_in(client)
    client.post(url_of(story), fill_in(client, url_of(story), slug="nobody"))
    kinds = (Article, Revision, Byline, RelatedLink, Correction, PublishedVersion,
             Note, UnsavedCopy, Event, LogEntry, PreviewLink, Redaction)  # fmt: skip
    # As they are stored; a name between the words may be markup.
    before = serializers.serialize("json", [*all_of(kinds)], ensure_ascii=False)

    carry_out(story)
    after = serializers.serialize("json", [*all_of(kinds)], ensure_ascii=False)

    assert before.count("Crake") > 15
    assert "Crake" not in after
    assert MARK in after
    revision = story.revisions.get(number=2)
    assert (
        revision.body == f"<p>It was <em>{MARK}</em> &amp; his dog.</p><p>It hums.</p>"
    )
    assert revision.text == f"It was {MARK} & his dog. It hums."
    assert revision.headline == f"{MARK} did it"
    assert revision.byline == [{"role": "by", "guest": MARK}]


def all_of(kinds):
    for kind in kinds:
        yield from kind.objects.all()


def test_the_record_says_who_and_why_and_not_what():
    story = make_article(headline="Mr Crake did it")
    one, other = make_staff("Editor"), make_staff("Editor")

    redaction.confirm(propose(story, editor=one), editor=other)

    event, proposal = Event.objects.about(story)[:2]
    assert (event.act, event.actor, event.reason) == (
        "redact", other, "A court asked for it.",
    )  # fmt: skip
    assert event.after["proposed_by"] == one.name
    assert event.after["revisions"] == [1]
    assert (proposal.act, proposal.actor) == ("propose redaction", one)
    assert "Crake" not in json.dumps([event.after, proposal.after])


def test_readers_get_the_overwritten_page_at_once():
    story = make_article(body="<p>Mr Crake did it.</p>")
    publish(story, body="<p>Mr Crake did nothing.</p>")
    addresses = [story.get_absolute_url() + rest for rest in ("", "versions/2/")]
    before = [Reader().get(address).text for address in addresses]

    carry_out(story)
    after = [Reader().get(address).text for address in addresses]

    assert all("Mr Crake" in page for page in before)
    assert not any("Crake" in page for page in after)
    assert all(MARK in page for page in after)


def test_a_preview_and_a_restored_revision_have_the_marks():
    draft = make_draft(body="<p>Mr Crake did it.</p>")
    first = draft.newest_revision
    preview_links.make(first, reader="A solicitor", editor=make_staff(),
                       open_for=timedelta(days=1))  # fmt: skip
    change(draft, body="<p>Nobody did it.</p>")

    carry_out(draft)
    publishing.restore(Revision.objects.get(pk=first.pk), editor=None)

    assert Article.objects.get().body == f"<p>{MARK} did it.</p>"


def test_a_revision_is_overwritten_in_no_other_way():
    make_article()

    with pytest.raises(TypeError, match="never changed"):
        Revision.objects.update(headline="Other")


def test_the_proposer_alone_overwrites_nothing():
    story = make_article(headline="Mr Crake did it")
    editor = make_staff("Editor")
    proposal = propose(story, editor=editor)

    with pytest.raises(RedactionRefused, match="another editor"):
        redaction.confirm(proposal, editor=editor)
    with pytest.raises(RedactionRefused, match="Only who may publish"):
        redaction.confirm(proposal, editor=make_staff("Reporter"))
    untouched = Revision.objects.get().headline
    redaction.confirm(proposal, editor=make_staff("Editor"))

    assert untouched == "Mr Crake did it"
    assert Revision.objects.get().headline == f"{MARK} did it"


def test_what_is_decided_is_decided_and_its_words_are_forgotten():
    story = make_article(headline="Mr Crake did it")
    dropped = redaction.drop(propose(story), editor=make_staff("Editor"))

    with pytest.raises(RedactionRefused, match="decided already"):
        redaction.confirm(dropped, editor=make_staff("Editor"))

    assert Redaction.objects.get().words == ""
    assert Revision.objects.get().headline == "Mr Crake did it"


# --- At the desk -------------------------------------------------------------------


def test_one_editor_proposes_and_another_sees_each_place_and_confirms(client):
    story = make_article(headline="Mr Crake did it")
    sign_in(client, first_name="Ada")
    form = fields_of_form(story)
    client.post(ADD, form)
    page = reverse("admin:articles_redaction_change", args=[Redaction.objects.get().pk])
    to_the_proposer = client.get(page).text

    sign_in(client, first_name="Bo")
    to_another = client.get(page).text
    response = client.post(page.replace("change", "confirm"), follow=True)

    assert "another editor has to confirm" in to_the_proposer
    assert "Confirm and overwrite" not in to_the_proposer
    assert "<mark>Mr Crake</mark> did it" in to_another
    assert "Confirm and overwrite" in to_another
    assert "The words are overwritten" in response.text
    assert "Crake" not in response.text
    assert Revision.objects.get().headline == f"{MARK} did it"
    assert client.get(LIST).status_code == 200


def fields_of_form(story, **fields):
    defaults = {"words": "Mr Crake", "reason": "A court asked for it."}
    return {"article": story.pk, **defaults, **fields}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"words": "Mr Drake"}, "The story never said that."),
        ({"words": "M r"}, "Give at least 3 letters"),
        ({"reason": "Mr Crake asked for it."}, "would keep them"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_proposal_that_cannot_work_is_refused_in_words(client, fields, message):
    story = make_article(headline="Mr Crake did it")
    sign_in(client)

    refused = client.post(ADD, fields_of_form(story, **fields))
    none = Redaction.objects.count()
    client.post(ADD, fields_of_form(story))

    assert message in refused.text
    assert none == 0
    assert Redaction.objects.count() == 1


def test_nobody_without_the_right_to_publish_there_sees_or_decides(client):
    story = make_article(body="<p>Mr Crake did it.</p>")
    proposal = propose(story)
    page = reverse("admin:articles_redaction_change", args=[proposal.pk])
    confirm = page.replace("change", "confirm")

    sign_in(client, "Reporter")
    to_a_reporter = [client.get(LIST), client.get(page), client.post(confirm)]
    elsewhere = sign_in(client)
    make_section("Culture", "culture").editors.add(elsewhere)
    from_elsewhere = client.post(confirm)
    to_elsewhere = [
        client.get(page, follow=True),
        client.get(LIST),
        client.get("/admin/"),
    ]
    asked = client.get(confirm)

    assert {answer.status_code for answer in to_a_reporter} == {403}
    assert from_elsewhere.status_code == 403
    assert not any("Crake" in page.text for page in to_elsewhere)
    assert "0 redactions" in to_elsewhere[1].text
    assert "Redactions to confirm" not in to_elsewhere[2].text
    assert asked.status_code == 405
    assert Revision.objects.get().text == "Mr Crake did it."
    sign_in(client)
    assert "Crake" in client.get(page).text
    assert client.post(confirm).status_code == 302
    assert Revision.objects.get().text == f"{MARK} did it."


# --- All there is ------------------------------------------------------------------


def test_words_that_stand_in_one_place_alone_are_found_there():
    story = make_article(headline="Mr Alder did it")
    publishing.withdraw(story, editor=None, reason="Mr Beech complained.")
    unsaved.keep("a" * 32, editor=make_staff(), article=story,
                 fields=[["body", ["<p>Mr <em>Cedar</em></p>"]]])  # fmt: skip
    Event.objects.record(None, "save", story, after={"note": ["By Mr Elm"]})

    found = {
        name: {place.where for place in redaction.places_of(story, name)}
        for name in ("Mr Beech", "Mr Cedar", "Mr Elm", "Mr Fir")
    }

    assert found["Mr Beech"] == {"Working copy", "Record of events"}
    assert found["Mr Cedar"] == {"Typed and not saved"}
    assert found["Mr Elm"] == {"Record of events"}
    assert found["Mr Fir"] == set()


def test_no_field_that_holds_words_of_a_story_is_forgotten():
    not_said = {
        "Article.slug", "OldAddress.path", "PreviewLink.digest",
        "UnsavedCopy.key", "Revision.text", "Revision.changed",
        # Written anew from the revisions.
        "SearchEntry.headline", "SearchEntry.text", "SearchEntry.marks",
    }  # fmt: skip

    there = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("articles").get_models()
        if model in {Article, Revision} or names_a_story(model)
        for field in model._meta.concrete_fields
        if isinstance(field, (CharField, TextField, JSONField)) and not field.choices
    }
    held = {
        f"{holder.model.__name__}.{name}"
        for holder in said.HOLDERS
        for name in holder.fields
    }

    assert there - held == not_said


def names_a_story(model):
    ends = {field.related_model for field in model._meta.concrete_fields}
    return bool(ends & {Article, Revision})


def test_a_proposal_of_the_same_words_is_done_with_and_a_longer_one_stays_open():
    story = make_article(headline="Mr Crake did it")
    same, longer = propose(story), propose(story, words="Mr Crake did")

    carry_out(story)

    same.refresh_from_db()
    longer.refresh_from_db()
    assert (same.state, same.words) == ("dropped", "")
    assert (longer.state, longer.words) == ("proposed", f"{MARK} did")
    redaction.confirm(longer, editor=make_staff("Editor"))
    assert Revision.objects.get().headline == f"{MARK} it"


def test_a_mark_longer_than_the_words_fits_wherever_it_is_put():
    long = "Bob " + "x" * 251
    story = make_draft(headline=long)
    RelatedLink.objects.create(article=story, url="https://a.example/", title=long)
    Byline.objects.create(article=story, guest=("Bob " * 25).strip())
    with_links = publishing.save_working_copy(story, editor=None)

    carry_out(story, words="Bob")
    publishing.restore(Revision.objects.get(pk=with_links.pk), editor=None)

    restored = Article.objects.get()
    assert restored.headline == f"{MARK} {'x' * 249}"
    assert restored.related_links.get().title == f"{MARK} {'x' * 249}"
    assert restored.bylines.get().guest.startswith(f"{MARK} {MARK}")
    assert not Event.objects.filter(object_name__contains="Bob").exists()


@pytest.mark.parametrize(
    "piece", ["<", '<a title="', "<b>Mr Crake</b>", '<a "<a" ', "Mr <", "<p>Mr", '"<']
)
def test_a_body_is_read_in_a_time_that_grows_no_faster_than_itself(piece):
    def seconds(length):
        source = piece * (length // len(piece))
        begun = time.process_time()
        Words("Mr Crake").out_of_html(source)
        list(texts_of_html(source))
        return time.process_time() - begun

    # Forty times as long: quadratic, it would take 1600 times as long.
    assert seconds(400_000) < 200 * seconds(10_000) + 0.2
