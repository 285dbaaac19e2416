"""Which stories stand where on the front page, and how editors say so."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from articles import front_page, publishing
from articles.front_page import Place
from articles.models import Article, FrontSlot
from newsroom.models import Event
from tests.articles.test_lists import headlines_on
from tests.factories import (
    make_article,
    make_comment,
    make_image,
    make_section,
    make_staff,
)
from tests.html_forms import fields_of
from tests.queries import queries_of
from tests.readers import Reader

DESK = reverse("admin:articles_frontslot_changelist")
HOUR = timedelta(hours=1)


def links_on(page):
    """Return the addresses of stories on a page's main part, each as often as it is."""
    main = page.text[page.text.index("<main") : page.text.index("</main")]
    return re.findall(r'href="(/\d{4}/\d\d/\d\d/[^/"]+/)"', main)


def make_stories(number, **fields):
    """Return stories published one an hour, the newest last."""
    now = timezone.now()
    return [
        make_article(
            headline=f"Story {place}",
            published_at=now - (number - place) * HOUR - HOUR,
            **fields,
        )
        for place in range(number)
    ]


def arrange(*articles, section=None, until=None):
    places = {n: Place(one, until) for n, one in enumerate(articles, 1) if one}
    front_page.arrange(places, section=section, editor=None)


def lead_of(page):
    return headlines_on(page)[0]


def test_what_an_editor_chose_leads_and_what_is_newest_fills_the_rest(client):
    old, *_others, newest = make_stories(9)

    arrange(old, None, newest)
    page = client.get("/")

    assert headlines_on(page)[:4] == ["Story 0", "Story 7", "Story 8", "Story 6"]


def test_no_story_stands_twice_on_the_page(client):
    sections = [make_section(f"Section {n}", f"section-{n}") for n in range(4)]
    stories = [one for section in sections for one in make_stories(8, section=section)]
    arrange(stories[3], stories[0], stories[9])

    links = links_on(client.get("/"))

    assert len(links) == len(set(links)) >= 20


def test_an_embargoed_withdrawn_or_expired_story_leaves_its_place(client):
    waiting = make_article(headline="Waits", published_at=timezone.now() + HOUR)
    gone = make_article(headline="Gone")
    newest = make_article(headline="Newest")
    arrange(waiting, gone)
    publishing.withdraw(gone, editor=None)

    page = client.get("/")

    assert lead_of(page) == "Newest"
    assert "Waits" not in page.text
    assert "Gone" not in page.text
    assert links_on(page) == [newest.get_absolute_url()]


def test_a_scheduled_story_takes_its_place_in_its_minute(client, monkeypatch):
    at = timezone.now().replace(second=0, microsecond=0) + HOUR
    make_article(headline="Newest")
    arrange(make_article(headline="Waits", published_at=at))

    monkeypatch.setattr(timezone, "now", lambda: at - timedelta(seconds=1))
    before = lead_of(client.get("/"))
    monkeypatch.setattr(timezone, "now", lambda: at)
    after = lead_of(client.get("/"))

    assert (before, after) == ("Newest", "Waits")


def test_a_place_falls_back_by_itself_when_its_time_is_over(client, monkeypatch):
    until = timezone.now().replace(second=0, microsecond=0) + HOUR
    old, _newest = make_stories(2)
    arrange(old, until=until)

    monkeypatch.setattr(timezone, "now", lambda: until - timedelta(seconds=1))
    before = lead_of(client.get("/"))
    monkeypatch.setattr(timezone, "now", lambda: until)
    after = lead_of(client.get("/"))

    assert (before, after) == ("Story 0", "Story 1")


def test_a_sections_page_has_a_lead_of_its_own(client):
    section = make_section()
    old, *_rest = make_stories(26)
    arrange(old, section=section)

    first = client.get("/section/town-hall/")
    second = client.get("/section/town-hall/?page=2")

    assert headlines_on(first)[:2] == ["Story 0", "Story 25"]
    assert len(headlines_on(first)) == len(set(headlines_on(first)))
    assert headlines_on(second)[-1] == "Story 0"
    assert lead_of(client.get("/")) == "Story 25"


def test_a_story_that_moved_leaves_the_page_of_its_old_section(client):
    old, _newest = make_stories(2)
    arrange(old, section=make_section())
    old.section = make_section("Culture", "culture")
    old.save()

    page = client.get("/section/town-hall/")

    assert headlines_on(page) == ["Story 1"]


def test_top_rated_and_most_discussed_stand_on_the_page(client):
    old, *_rest = make_stories(8)
    make_comment(old)
    for _reader in range(3):
        Reader().rate(old, 5)

    page = client.get("/").text

    rated = page[page.index("Top rated this week") :]
    discussed = page[page.index("Most discussed this week") :]
    assert rated.index("Story 0") < rated.index("Most discussed")
    assert discussed.index("Story 0") < discussed.index("1 comment")


def test_the_front_page_costs_the_same_however_much_there_is(client):
    def fill(number):
        section = make_section(f"Section {number}", f"section-{number}")
        for article in make_stories(7, section=section, lead_image=make_image()):
            make_comment(article)
            for _reader in range(2):
                Reader().rate(article, 4)

    for number in range(3):
        fill(number)
    arrange(Article.objects.first())
    few = queries_of(client, "/")
    for number in range(3, 7):
        fill(number)

    assert queries_of(client, "/") == few <= 16


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "x", "9" * 30, "1.5", ""])
@pytest.mark.parametrize("address", ["/", "/latest/"])
def test_a_page_that_is_none_is_not_found(client, address, page):
    make_article()

    response = client.get(address, {"page": page})

    assert response.status_code == 404
    assert "There is no page here" in response.text


def test_a_numbered_front_page_leads_into_the_long_list(client):
    make_stories(22)

    second = client.get("/?page=2")
    first = client.get("/?page=1")

    assert (second.status_code, second.url) == (302, "/latest/?page=2")
    assert (first.status_code, first.url) == (302, "/")
    assert headlines_on(client.get("/latest/?page=2")) == ["Story 1", "Story 0"]


def test_a_paper_without_stories_says_what_will_come_and_how_to_begin(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "is about to appear" in page.text
    assert reverse("admin:articles_article_add") in page.text


# --- At the desk ------------------------------------------------------------------


def save(client, address=DESK, **fields):
    typed = fields_of(client.get(address), "arrange")
    return client.post(address, typed | fields)


def test_an_editor_arranges_the_front_page_and_readers_get_it_at_once(client):
    old, *_rest = make_stories(3)
    before = client.get("/").content
    editor = make_staff("Editor")
    client.force_login(editor)

    answer = save(client, **{"1-story": old.pk})

    assert answer.status_code == 302
    assert client.get("/").content != before
    assert lead_of(client.get("/")) == "Story 0"
    event = Event.objects.first()
    assert (event.act, event.actor, event.after) == ("arrange", editor, {"1": old.pk})


def test_a_place_is_kept_until_a_whole_minute(client):
    story = make_article()
    client.force_login(make_staff("Editor"))

    answer = save(
        client,
        **{"1-story": story.pk, "1-until_0": "2099-01-02", "1-until_1": "12:30:45"},
    )

    until = FrontSlot.objects.get().until
    assert answer.status_code == 302
    assert (until.year, until.minute, until.second) == (2099, 30, 0)


def test_an_emptied_place_fills_itself_again(client):
    old, _newest = make_stories(2)
    arrange(old)
    client.force_login(make_staff("Editor"))

    save(client, **{"1-story": ""})

    assert not FrontSlot.objects.exists()
    assert lead_of(client.get("/")) == "Story 1"


def test_moving_a_place_saves_nothing_and_shows_the_new_order(client):
    first, second, *_rest = make_stories(3)
    arrange(first, second)
    client.force_login(make_staff("Editor"))

    answer = save(client, move="2-up")

    fields = fields_of(answer, "arrange")
    assert answer.status_code == 200
    assert [fields["1-story"], fields["2-story"]] == [str(second.pk), str(first.pk)]
    assert "Readers notice when you save." in answer.text
    assert 'value="1-down" autofocus' in answer.text
    assert FrontSlot.objects.get(position=1).article == first
    assert client.post(DESK, fields).status_code == 302
    assert FrontSlot.objects.get(position=1).article == second


def test_taking_out_empties_a_place(client):
    story = make_article()
    arrange(story)
    client.force_login(make_staff("Editor"))

    answer = save(client, move="1-out")

    assert fields_of(answer, "arrange")["1-story"] == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"1-story": "{0}", "2-story": "{0}"}, "has a place further up"),
        ({"1-story": "{1}"}, "Readers cannot get this story."),
        ({"1-story": "9" * 30}, "Readers cannot get this story."),
        ({"1-story": "x"}, "Readers cannot get this story."),
        (
            {"1-story": "{0}", "1-until_0": "2020-01-01", "1-until_1": "12:00"},
            "This time is over.",
        ),
        ({"1-story": "{0}", "1-until_0": "x", "1-until_1": "12:00"}, "valid date"),
    ],
)
def test_what_cannot_stand_there_is_refused_with_the_reason(client, fields, message):
    story, gone = make_stories(2)
    publishing.withdraw(gone, editor=None)
    client.force_login(make_staff("Editor"))
    sent = {name: text.format(story.pk, gone.pk) for name, text in fields.items()}

    answer = save(client, **sent)

    assert answer.status_code == 422
    assert message in answer.text
    assert not FrontSlot.objects.exists()
    assert save(client, **{"1-story": story.pk}).status_code == 302


@pytest.mark.parametrize("move", ["", "x", "99-up", "1-up", "0-down", "-", "1-left"])
def test_a_move_that_is_none_changes_nothing(client, move):
    story = make_article()
    arrange(story)
    client.force_login(make_staff("Editor"))

    answer = save(client, move=move)

    assert answer.status_code == 200
    assert fields_of(answer, "arrange")["1-story"] == str(story.pk)


def test_the_desk_says_why_a_chosen_story_is_not_shown(client):
    waiting = make_article(headline="Waits", published_at=timezone.now() + HOUR)
    gone = make_article(headline="Gone")
    make_article(headline="Newest")
    arrange(waiting, gone)
    publishing.withdraw(gone, editor=None)
    client.force_login(make_staff("Editor"))

    page = client.get(DESK).text

    assert "“Waits” waits until" in page
    assert "“Gone” is left out: withdrawn." in page
    assert "Newest" in page


def test_a_colleagues_arrangement_is_not_overwritten_unseen(client):
    first, second = make_stories(2)
    client.force_login(make_staff("Editor"))
    opened = fields_of(client.get(DESK), "arrange")
    arrange(second)

    answer = client.post(DESK, opened | {"1-story": first.pk})

    assert answer.status_code == 422
    assert "A colleague arranged this page" in answer.text
    assert FrontSlot.objects.get().article == second
    assert client.post(DESK, fields_of(answer, "arrange")).status_code == 302
    assert FrontSlot.objects.get().article == first


def test_an_editor_of_one_section_arranges_that_alone(client):
    culture, town_hall = make_section("Culture", "culture"), make_section()
    play, _bridge = make_article(section=culture), make_article(section=town_hall)
    editor = make_staff("Editor")
    culture.editors.add(editor)
    client.force_login(editor)

    own = f"{DESK}?section={culture.pk}"
    answer = save(client, own, **{"1-story": play.pk})
    page = client.get(DESK).text

    assert answer.status_code == 302
    assert FrontSlot.objects.get().section == culture
    assert "Town Hall" not in page
    assert "Culture" in page
    assert client.get(f"{DESK}?section={town_hall.pk}").status_code == 404


@pytest.mark.parametrize("section", ["0", "x", "9" * 17, "-1"])
def test_the_page_of_no_section_is_not_found(client, section):
    client.force_login(make_staff("Editor"))

    assert client.get(DESK, {"section": section}).status_code == 404
    assert client.get(DESK).status_code == 200


def test_who_may_not_publish_arranges_nothing(client):
    client.force_login(make_staff("Reporter"))

    assert client.get(DESK).status_code == 403
    assert client.post(DESK, {"1-story": ""}).status_code == 403
    assert DESK not in client.get("/admin/").text

    client.force_login(make_staff("Editor"))
    assert DESK in client.get("/admin/").text


def test_a_story_of_another_section_is_refused_on_a_sections_page(client):
    culture, _town_hall = make_section("Culture", "culture"), make_section()
    bridge = make_article(headline="Bridge")
    client.force_login(make_staff("Editor"))

    answer = save(client, f"{DESK}?section={culture.pk}", **{"1-story": bridge.pk})

    assert answer.status_code == 422
    assert "This story stands in Town Hall." in answer.text
