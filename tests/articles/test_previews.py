"""Previews: of what a form holds, and of one revision for a reader outside."""

import re
from datetime import timedelta
from html import unescape

from django.core import mail
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import preview_links, publishing
from articles.models import Article, PreviewLink, Tag
from newsroom.models import Event
from tests.articles.test_admin_stories import ADD, fill_in, sign_in, url_of, written
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_staff,
)
from tests.readers import Reader

PREVIEW = reverse("admin:articles_article_preview")


def shown(response):
    """Return the page inside of the preview."""
    assert response.status_code == 200
    return unescape(re.search(r'srcdoc="([^"]*)"', response.text)[1])


# --- At the desk -------------------------------------------------------------------


def test_a_preview_shows_what_the_form_holds_and_saves_nothing(client):
    sign_in(client)
    draft = make_draft(headline="Bridge reopens")
    image = make_image(alt="Cables of the bridge")
    tag = Tag.objects.create(name="bridges", slug="bridges")
    author = make_author("Odalys Fenwright")
    data = fill_in(
        client,
        url_of(draft),
        headline="Bridge <opens> early",
        body="<p>Not saved <strong>yet</strong>.<script>1</script></p>",
        lead_image=image.pk,
        label="opinion",
        tags=[tag.pk],
        **{
            "bylines-0-role": "by", "bylines-0-author": author.pk,
            "related_links-0-url": "https://example.org/x",
            "related_links-0-title": "The county's report",
        },
    )  # fmt: skip

    page = shown(client.post(f"{PREVIEW}?article={draft.pk}", data))

    assert "Bridge &lt;opens&gt; early" in page
    assert "<p>Not saved <strong>yet</strong>.</p>" in page
    for said in ('alt="Cables of the bridge"', "Opinion", "bridges", "Odalys Fenwright",
                 "The county&#x27;s report", "Leave a Reply", "noindex"):  # fmt: skip
        assert said in page
    assert Article.objects.get().headline == "Bridge reopens"
    assert draft.revisions.count() == 1
    assert not draft.bylines.exists()


@pytest.mark.parametrize(
    ("kind", "place"),
    [("correction", "before"), ("update", "after"), ("retraction", "before")],
)
def test_what_readers_will_be_told_of_the_change_is_previewed(client, kind, place):
    sign_in(client)
    story = make_article()
    told = {"note_kind": kind, "note_text": "It had said <nine>."}
    minor = {"note_kind": "minor", "note_text": "It had said <nine>."}
    url = f"{PREVIEW}?article={story.pk}"

    page = shown(client.post(url, fill_in(client, url_of(story), **told)))
    silent = shown(client.post(url, fill_in(client, url_of(story), **minor)))

    note = page.index("It had said &lt;nine&gt;.")
    body = page.index("The first lorry crossed at six.")
    assert place == ("before" if note < body else "after")
    assert "Updated" in page
    assert "It had said" not in silent
    assert "Updated" not in silent
    assert not story.corrections.exists()


def test_a_story_that_was_never_saved_is_previewed(client):
    sign_in(client, "Reporter")

    page = shown(client.post(PREVIEW, fill_in(client, ADD, **written())))

    assert "Bridge reopens" in page
    assert "The first lorry crossed at six." in page
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"headline": ""},
        {"section": ""},
        {"slug": "no slug!"},
        {"publish_at_0": "x", "publish_at_1": "y"},
        {"bylines-0-role": "by"},
        {"tags": ["9" * 30]},
        {"lead_image": ""},
        {"base": "out of date"},
    ],
)
def test_what_is_wrong_elsewhere_in_the_form_does_not_matter(client, wrong):
    sign_in(client)
    draft = make_draft()

    data = fill_in(client, url_of(draft), **wrong)
    page = shown(client.post(f"{PREVIEW}?article={draft.pk}", data))

    assert "The first lorry crossed at six." in page


def test_a_body_that_cannot_be_shown_says_why(client):
    sign_in(client)
    data = fill_in(client, ADD, **written(body="<div>" * 100_000))

    answer = client.post(PREVIEW, data)

    assert answer.status_code == 200
    assert "nested more than" in answer.text
    assert "<iframe" not in answer.text


def test_a_preview_takes_a_form_of_those_who_may_write(client):
    draft = make_draft()
    sign_in(client)
    data = fill_in(client, url_of(draft))
    got = client.get(PREVIEW)
    gone = client.post(f"{PREVIEW}?article=999999", data)

    client.logout()
    signed_out = client.post(f"{PREVIEW}?article={draft.pk}", data)
    client.force_login(make_staff())
    refused = client.post(f"{PREVIEW}?article={draft.pk}", data)

    assert "press “Preview” once more" in got.text  # after signing in, in its tab
    assert "<iframe" not in got.text
    assert gone.status_code == 200  # the story was deleted; what was typed was not
    assert signed_out.status_code == 302
    assert refused.status_code == 403


@pytest.mark.parametrize("number", ["9" * 40, "-1", "x", "²", "٣"])
def test_a_number_of_no_story_previews_what_was_sent(client, number):
    sign_in(client)
    data = fill_in(client, ADD, **written())

    page = shown(client.post(f"{PREVIEW}?article={number}", data))
    revoke = client.post(f"/admin/articles/article/{'9' * 40}/previews/1/revoke/")

    assert "The first lorry crossed at six." in page
    assert revoke.status_code == 404


# --- Outside -----------------------------------------------------------------------


def links_url(article):
    return reverse("admin:articles_article_previews", args=[article.pk])


def make_link(client, article, **fields):
    """Make a link at the desk; return the path it leads to."""
    data = {"reader": "Dr. Brandt", "days": 7} | fields
    page = client.post(links_url(article), data, follow=True)
    return re.search(r'value="http://testserver(/preview/[^"]+)"', page.text)[1]


def test_a_reader_outside_sees_one_revision_and_approves_it(client):
    editor = sign_in(client, email="saskia@example.org")
    draft = make_draft(headline="Bridge reopens", body="<p>As the lawyer read it.</p>")
    address = make_link(client, draft)
    draft.headline = "Changed since"
    draft.save()
    publishing.save_working_copy(draft, editor=None)

    lawyer = Reader()
    page = lawyer.get(address)
    answer = lawyer.post(
        f"{address}answer/", {"answer": "approved", "words": "Fine by me."}
    )
    after = lawyer.get(address)
    desk = client.get(links_url(draft))

    assert "Preview for Dr. Brandt." in page.text
    assert "Bridge reopens" in page.text
    assert "As the lawyer read it." in page.text
    assert "Changed since" not in page.text
    assert "Leave a Reply" not in page.text
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert "private" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert not page.cookies
    assert answer.status_code == 303
    assert "Fine by me." in after.text
    assert "approved" in desk.text
    assert "Fine by me." in desk.text
    (letter,) = mail.outbox
    assert letter.to == ["saskia@example.org"]
    assert "Fine by me." in letter.body
    acts = list(Event.objects.about(draft).values_list("act", "actor"))
    assert acts[:1] == [("answer preview", None)]
    assert ("make preview link", editor.pk) in acts
    assert draft.get_absolute_url() == ""


def test_who_objects_says_what_should_be_changed(client):
    sign_in(client)
    address = make_link(client, make_draft())
    source = Reader()

    silent = source.post(f"{address}answer/", {"answer": "objected", "words": ""})
    undecided = source.post(f"{address}answer/", {"words": "It was nine strands."})
    objected = source.post(
        f"{address}answer/", {"answer": "objected", "words": "It was nine strands."}
    )

    assert (silent.status_code, undecided.status_code) == (422, 422)
    assert "Say what should be changed." in silent.text
    assert "Choose one of the two." in undecided.text
    assert "It was nine strands." in undecided.text
    assert objected.status_code == 303
    assert PreviewLink.objects.get().answer == "objected"


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_an_address_that_is_shut_shows_nothing_and_loses_no_word(client, how):
    sign_in(client)
    draft = make_draft(headline="Bridge reopens")
    address = make_link(client, draft)
    before = Reader().get(address)
    link = PreviewLink.objects.get()
    if how == "revoked":
        url = reverse("admin:articles_article_revoke_preview", args=[draft.pk, link.pk])
        client.post(url)
    else:
        now = timezone.now()
        link.made_at, link.expires_at = now - timedelta(days=8), now
        link.save()

    page = Reader().get(address)
    answer = Reader().post(
        f"{address}answer/", {"answer": "approved", "words": "Late, but fine."}
    )

    assert before.status_code == 200
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "This preview is over" in page.text
    assert "Bridge reopens" not in page.text
    assert "Late, but fine." in answer.text
    assert PreviewLink.objects.get().answer == ""


def test_an_address_that_was_not_made_here_is_not_found(client):
    sign_in(client)
    address = make_link(client, make_draft())

    for path in (
        address[:-5] + "abcd/",
        "/preview/x/",
        "/preview/x:y/",
        "/preview/%E2/",
    ):
        assert Reader().get(path).status_code == 404
        sent = Reader().post(f"{path}answer/", {"answer": "approved"})
        assert sent.status_code == 404
    assert Reader().get(address).status_code == 200


def test_the_database_does_not_hold_the_address(client):
    sign_in(client)
    address = make_link(client, make_draft())

    token = address.split("/")[2].partition(":")[0]
    link = PreviewLink.objects.values().get()
    assert token not in str(link)
    assert token not in str(list(Event.objects.values()))
    assert len(link["digest"]) == 64


def test_answers_are_taken_in_measure(client):
    sign_in(client)
    address = make_link(client, make_draft())

    codes = [
        Reader().post(f"{address}answer/", {"answer": "approved"}).status_code
        for _number in range(21)
    ]

    assert codes == [303] * 20 + [429]


def test_a_preview_of_a_live_story_leaves_readers_what_they_have(client):
    sign_in(client)
    story = make_article(headline="Bridge reopens")
    story.headline = "Bridge closes"
    story.save()
    publishing.save_working_copy(story, editor=None)

    address = make_link(client, story)

    assert "Bridge closes" in Reader().get(address).text
    assert "Bridge reopens" in Reader().get(story.get_absolute_url()).text


def test_links_are_made_and_shut_by_those_who_write(client):
    draft = make_draft()
    link, _address = preview_links.make(
        draft.newest_revision,
        reader="Her",
        open_for=timedelta(days=1),
        editor=make_staff("Editor"),
    )
    sign_in(client, "Moderator")

    refused = client.post(links_url(draft), {"reader": "Me", "days": 7})
    revoke = reverse("admin:articles_article_revoke_preview", args=[draft.pk, link.pk])

    assert refused.status_code == 403
    assert client.post(revoke).status_code == 403
    assert PreviewLink.objects.get().is_open()


@pytest.mark.parametrize("fields", [{"reader": ""}, {"days": 8}, {"days": "x"}])
def test_a_link_without_a_reader_or_an_end_is_refused_and_kept(client, fields):
    sign_in(client)
    draft = make_draft()
    data = {"reader": "Dr. Brandt", "days": 7} | fields

    refused = client.post(links_url(draft), data)

    assert refused.status_code == 422
    assert not PreviewLink.objects.exists()
    assert data["reader"] in refused.text
