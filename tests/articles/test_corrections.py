"""What readers are told of changes: the page of all notes, its feed, and retractions."""

import xml.etree.ElementTree as ET
from datetime import timedelta

from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Article, Correction
from articles.views.lists import NOTES_A_PAGE
from newsroom.models import Event
from tests.articles.test_admin_stories import fill_in, sign_in, url_of
from tests.articles.test_versions import publish
from tests.factories import make_article, make_draft
from tests.queries import queries_of

ATOM = "{http://www.w3.org/2005/Atom}"


def note_on(story, *, days_ago=1, **fields):
    defaults = {"kind": "correction", "text": "It was nine."}
    at = timezone.now() - timedelta(days=days_ago)
    return Correction.objects.create(
        article=story, published_at=at, **(defaults | fields)
    )


def test_all_notes_on_live_stories_stand_on_one_page_newest_first(client):
    bridge, ferry = make_article(headline="Bridge"), make_article(headline="Ferry")
    gone, draft = make_article(headline="Gone"), make_draft(headline="Draft")
    note_on(bridge, text="Older.", days_ago=2)
    note_on(ferry, text="Newer.", kind="update")
    note_on(gone, text="Of a story withdrawn.")
    note_on(draft, text="Of a draft.")
    note_on(bridge, text="To come.", days_ago=-1)
    note_on(
        bridge, text="Taken.", withdrawn_at=timezone.now(), withdrawal_reason="Wrong."
    )
    publishing.withdraw(gone, editor=None)

    for address in ("/corrections/", "/corrections/feed/"):
        page = client.get(address).text
        assert page.index("Newer.") < page.index("Older.")
        for hidden in ("Of a story", "Of a draft", "To come", "Taken."):
            assert hidden not in page


def test_notes_are_listed_by_kind_and_by_page(client):
    story = make_article()
    for number in range(NOTES_A_PAGE + 1):
        note_on(story, text=f"Note {number}.", days_ago=100 - number)
    note_on(story, text="News.", kind="update")

    first, second = client.get("/corrections/"), client.get("/corrections/?page=2")
    updates = client.get("/corrections/?kind=update").text
    corrections = client.get("/corrections/?kind=correction&page=2").text

    assert "News." in first.text
    assert "Note 1." in second.text
    assert "News." in updates
    assert "Note" not in updates
    assert "Note 0." in corrections
    for junk in ("kind=excuse", "page=9", "page=x"):
        assert client.get(f"/corrections/?{junk}").status_code == 404


def test_a_note_leads_to_its_place_and_to_what_changed(client):
    story = make_article(headline="Six")
    publish(story, headline="Nine")
    note = Correction.objects.get()

    page = client.get("/corrections/").text

    place = f"{story.get_absolute_url()}#correction-{note.pk}"
    assert f'href="{place}"' in page
    assert f'href="{story.get_absolute_url()}versions/2/"' in page
    assert f'id="correction-{note.pk}"' in client.get(place).text


def test_the_feed_has_the_sites_own_addresses(client):
    story = make_article(headline="Bridge & ferry")
    note = note_on(story, text="It was <nine>.")

    response = client.get("/corrections/feed/atom/")
    entry = ET.fromstring(response.content).find(f"{ATOM}entry")  # noqa: S314  # ours

    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert entry.findtext(f"{ATOM}title") == "Correction: “Bridge & ferry”"
    assert entry.findtext(f"{ATOM}content") == "<p>It was &lt;nine&gt;.</p>"
    place = f"http://testserver{story.get_absolute_url()}#correction-{note.pk}"
    assert entry.find(f"{ATOM}link").get("href") == place


def test_every_page_leads_to_the_corrections_and_their_feed(client):
    page = client.get("/about/").text

    assert '<a href="/corrections/">Corrections</a>' in page
    assert 'href="http://testserver/corrections/feed/"' in page


def test_notes_cost_the_same_however_many_there_are(client):
    addresses = ("/corrections/", "/corrections/feed/")
    note_on(make_article(headline="One"))
    few = [queries_of(client, address) for address in addresses]
    for number in range(15):
        note_on(make_article(headline=f"Story {number}"))
    many = [queries_of(client, address) for address in addresses]

    assert few == many


def test_a_retraction_stands_above_the_headline_and_on_every_card(client):
    story = make_article(headline="Bridge made of cheese")
    sound = make_article(headline="Ferry on time")
    before = client.get("/").text

    publish(story, kind="retraction", text="Our source made it up.", standfirst="No.")
    page = client.get(story.get_absolute_url()).text
    front = client.get("/").text

    assert page.index("Our source made it up.") < page.index("<h1>")
    assert page.count("Our source made it up.</p>") == 1
    assert 'content="noindex"' not in page
    assert "Retracted" not in before
    assert front.count("Retracted") == 1
    assert "Retracted" not in client.get(sound.get_absolute_url()).text


@pytest.mark.parametrize(
    "hidden",
    [
        {"days_ago": -1},
        {"withdrawn_at": timezone.now(), "withdrawal_reason": "It was true."},
        {"kind": "correction"},
    ],
)
def test_nothing_is_retracted_before_its_time_or_after_a_withdrawal(client, hidden):
    story = make_article()
    note_on(story, **({"kind": "retraction", "text": "All wrong."} | hidden))

    page, front = client.get(story.get_absolute_url()).text, client.get("/").text

    assert "Retracted" not in page + front
    assert story.headline in front


# --- At the desk -------------------------------------------------------------------


def change_note(client, story, **fields):
    """Change the form's first note to readers, and save the story."""
    typed = {f"corrections-0-{name}": value for name, value in fields.items()}
    return client.post(url_of(story), fill_in(client, url_of(story), **typed))


def test_a_changed_note_is_recorded_with_what_it_said_before(client):
    editor = sign_in(client)
    story = make_article()
    note_on(story, text="It was nine.", kind="update")

    change_note(client, story, text="It was ten.", kind="correction")

    event = Event.objects.about(story).first()
    assert (event.act, event.actor) == ("edit note", editor)
    assert event.before == {"kind": "update", "text": "It was nine."}
    assert event.after == {"kind": "correction", "text": "It was ten."}


def test_the_story_is_dated_by_the_newest_note_that_stands(client):
    sign_in(client)
    story = make_article()
    note = note_on(story, days_ago=3)

    change_note(client, story, published_at_0="2026-01-02", published_at_1="12:00")
    moved = Article.objects.get().updated_at
    change_note(client, story, withdrawal_reason="It was right before.")
    withdrawn = Article.objects.get().updated_at
    change_note(client, story, withdrawal_reason="")
    note.refresh_from_db()

    assert f"{moved:%Y-%m-%d %H:%M}" == "2026-01-02 12:00"
    assert withdrawn is None
    assert Article.objects.get().updated_at == note.published_at
    acts = [event.act for event in Event.objects.about(story)[:3]]
    assert acts == ["reinstate note", "withdraw note", "edit note"]


def test_a_withdrawn_note_leaves_the_story_and_its_version_says_why(client):
    sign_in(client)
    story = make_article(headline="Six")
    publish(story, headline="Nine", text="An earlier version said six.")
    before = client.get(story.get_absolute_url()).text

    change_note(client, story, withdrawal_reason="It had said nine all along.")
    page = client.get(story.get_absolute_url()).text
    versions = client.get(f"{story.get_absolute_url()}versions/").text

    assert "An earlier version said six." in before
    assert "An earlier version said six." not in page + versions
    assert "It had said nine all along." in versions
    assert "Earlier versions" in page


def test_nobody_deletes_a_note_that_readers_may_have_read(client):
    sign_in(client, group="", is_superuser=True)
    story = make_article()
    note_on(story)

    form = client.get(url_of(story)).text
    change_note(client, story, text="It was ten.", DELETE="on")

    assert 'name="corrections-0-withdrawal_reason"' in form
    assert 'name="corrections-0-DELETE"' not in form
    assert Correction.objects.get().text == "It was ten."


def test_a_note_that_readers_have_is_not_put_off_to_a_later_date(client):
    sign_in(client)
    story = make_article()
    note = note_on(story, kind="retraction", text="We were wrong.")
    put_off = fill_in(
        client, url_of(story), **{"corrections-0-published_at_0": "2099-01-01"}
    )

    answer = client.post(url_of(story), put_off)

    assert "Give a reason for its withdrawal instead." in answer.text
    note.refresh_from_db()
    assert note.published_at < timezone.now()
    assert "We were wrong." in client.get(story.get_absolute_url()).text
