"""Search: what is found, when, how it is shown, and what is said if nothing is."""

import random
import re
from datetime import timedelta

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pytest

from articles import publishing, redaction, search
from articles.models import Redaction, SearchEntry, SearchWord
from articles.search.suggestions import slips_between
from articles.search.words import words_in, words_of
from tests.articles.test_admin_stories import fill_in, sign_in, url_of
from tests.articles.test_lists import headlines_on
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_section,
    make_staff,
)


def found(client, words, **more):
    return headlines_on(client.get("/search/", {"q": words, **more}))


def suggested(page):
    listed = re.findall(r'<ul class="search-instead">(.+?)</ul>', page.text, re.DOTALL)
    return [re.findall(r">([^<]+)</a>", links) for links in listed]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Bridge, re-opened!", ["the", "bridge", "re", "opened"]),
        ("Müller’s Café on Łódź Ø", ["muller", "s", "cafe", "on", "lodz", "o"]),
        ("cafe\u0301 STRASSE Straße ﬁne", ["cafe", "strasse", "strasse", "fine"]),
        ("ёлка й ΣΊΣΥΦΟΣ", ["елка", "и", "σισυφοσ"]),
        ("كِتَابٌ", ["كتاب"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("서울에서 만나", ["서울에서", "만나"]),
        ("2025年東京都 OK", ["2025", "年東", "東京", "京都", "都", "ok"]),
        ("ｶﾞｽ ガス", ["ガス", "ス", "ガス", "ス"]),
        ("ภาษา", ["ภา", "าษ", "ษา", "า"]),
        ("soft\u00adhyphen می\u200cخواهم", ["softhyphen", "میخواهم"]),
        ("§12 ©5 \0 🦦 a_b", ["12", "5", "a", "b"]),
        ("x" * 100, ["x" * 64]),
        ("", []),
    ],
)
def test_words_are_folded_and_cut(text, words):
    assert words_of(text) == words


def test_every_word_says_where_it_stands():
    text = "Über 東京, ok"

    assert [text[word.start : word.end] for word in words_in(text)] == [
        "Über",
        "東京",
        "京",
        "ok",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "BRIDGE", "bridge nineteen", "bridges", "reop", "re-opens after", "“opens after”",
        "'bridge'", "BRÜCKE", "brucke", "Brückensp", "O'Brien", "obrie'n OR", "cafe",
        "東京", "京都", "都", "東京都", '"東京都"', "ภาษา", "lorry lorry",
    ],
)  # fmt: skip
def test_a_story_is_found_by_what_it_says(client, words):
    words = words.replace("obrie'n OR", "o'brien café")
    make_article(headline="Another one", body="<p>Nothing of the kind.</p>")
    make_article(
        headline="Estuary bridge re-opens after nineteen weeks; it reopens",
        body="<p>A lorry crossed the Brückensperre. 今日は東京都の話、ภาษาไทย。</p>"
        "<p>O’Brien’s <em>Café</em> is open. Die Brücke!</p>",
    )

    assert len(found(client, words)) == 1


@pytest.mark.parametrize(
    "words",
    [
        '"nineteen bridge"', "art", "東都", '"brid"', "bridge submarine", "§1", "marks",
        "bridge NOT art", "estuary -bridges zz", "headline:bridge zz", "NEAR(bridge)",
    ],
)  # fmt: skip
def test_and_not_by_what_it_does_not_say(client, words):
    make_article(
        headline="Bridge reopens after nineteen articles", body="<p>東京 x</p>"
    )

    page = client.get("/search/", {"q": words})

    assert page.status_code == 200
    assert headlines_on(page) == []
    assert len(found(client, "bridge")) == 1


def test_stories_come_newest_first_or_best_match_first(client):
    now = timezone.now()
    for days, headline, body in (
        (3, "Bridge closes", "<p>The bridge, the bridge.</p>"),
        (1, "Budget", "<p>A word on the bridge, among many other words.</p>"),
        (2, "Tides", "<p>Nothing.</p>"),
    ):
        at = now - timedelta(days=days)
        make_article(headline=headline, body=body, standfirst="", published_at=at)

    assert found(client, "bridge") == ["Budget", "Bridge closes"]
    assert found(client, "bridge", order="relevance") == ["Bridge closes", "Budget"]


def test_a_search_is_narrowed_by_section_author_and_days(client):
    fen, hob = make_author("Odalys Fenwright"), make_author("Hob Marney")
    coast = make_section("Coast", "coast")
    day = timezone.now().replace(hour=12) - timedelta(days=10)
    for number, author in enumerate([fen, hob, fen]):
        make_article(
            headline=f"Bridge {number}",
            author=author,
            section=coast if number else None,
            published_at=day + timedelta(days=number),
        )
    first, second = (str((day + timedelta(days=n)).date()) for n in (0, 1))

    assert found(client, "bridge", section="coast") == ["Bridge 2", "Bridge 1"]
    assert found(client, "bridge", author=fen.slug) == ["Bridge 2", "Bridge 0"]
    assert found(client, "bridge", section="coast", author=fen.slug) == ["Bridge 2"]
    assert found(client, "bridge", since=second) == ["Bridge 2", "Bridge 1"]
    assert found(client, "bridge", until=second) == ["Bridge 1", "Bridge 0"]
    assert found(client, "bridge", since=first, until=first) == ["Bridge 0"]


def test_the_form_keeps_all_that_was_asked_and_its_links_too(client):
    author = make_author("Odalys Fenwright")
    for number in range(search.HITS_A_PAGE + 1):
        make_article(headline=f"Bridge {number}", author=author)
    asked = {"q": '"bridge" tide', "section": "town-hall", "author": author.slug,
             "since": "2020-01-02", "until": "2040-03-04", "order": "relevance"}  # fmt: skip

    page = client.get("/search/", asked | {"q": '"bridge"'}).text

    assert "21 stories" in page
    assert 'value="&quot;bridge&quot;"' in page
    assert '<option value="town-hall" selected>' in page
    assert f'<option value="{author.slug}" selected>' in page
    assert 'value="2020-01-02"' in page
    assert 'name="order" value="relevance"' in page
    link = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = client.get(link)
    assert "Page 2 of 2" in second.text
    assert len(headlines_on(second)) == 1
    assert 'start="21"' in second.text


def test_what_readers_do_not_have_is_never_found(client):
    now = timezone.now()
    make_article(headline="Bridge live")
    make_draft(headline="Bridge draft")
    later = make_article(
        headline="Bridge to come", published_at=now + timedelta(days=1)
    )
    publishing.embargo(later, editor=None)
    gone = make_article(headline="Bridge withdrawn")
    publishing.withdraw(gone, editor=None)
    over = make_article(headline="Bridge over", published_at=now - timedelta(days=2))
    over.expires_at = now - timedelta(days=1)
    over.save()
    reworked = make_article(headline="Ferry")
    reworked.headline = "Bridge reworked"
    reworked.save()
    publishing.save_working_copy(reworked, editor=None)

    page = client.get("/search/?q=bridge")

    assert headlines_on(page) == ["Bridge live"]
    assert "1 story" in page.text


def test_embargo_schedule_and_end_are_exact_to_the_minute(client, monkeypatch):
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    story = make_article(headline="Budget leak", published_at=at)
    publishing.embargo(story, editor=None)
    publishing.expire(story, editor=None, at=at + timedelta(minutes=5))

    def at_second(second):
        monkeypatch.setattr(timezone, "now", lambda: at + timedelta(seconds=second))
        return found(client, "budget")

    assert at_second(-1) == []
    assert at_second(0) == ["Budget leak"]
    assert at_second(299) == ["Budget leak"]
    assert at_second(300) == []


def test_each_act_keeps_the_index_in_its_own_transaction(client):
    story = make_draft(headline="Bridge reopens")
    publishing.publish(story, editor=None)
    assert found(client, "bridge") == ["Bridge reopens"]

    with transaction.atomic():
        publishing.withdraw(story, editor=None)
        assert found(client, "bridge") == []
        transaction.set_rollback(True)
    assert found(client, "bridge") == ["Bridge reopens"]

    publishing.withdraw(story, editor=None)
    assert not SearchEntry.objects.exists()
    publishing.publish(story, editor=None)
    assert found(client, "bridge") == ["Bridge reopens"]
    story.headline = "Ferry sails"
    story.save()
    publishing.save_working_copy(story, editor=None)
    publishing.publish(story, editor=None)
    assert found(client, "bridge") == []
    assert found(client, "ferry") == ["Ferry sails"]
    story.refresh_from_db()
    story.delete()
    assert found(client, "ferry") == []
    assert_index_is_sound()


def assert_index_is_sound():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO articles_search (articles_search) VALUES ('integrity-check')"
            )


def test_a_story_moved_to_another_section_is_found_there_at_once(client):
    coast = make_section("Coast", "coast")
    story = make_article(headline="Bridge reopens", section=make_section())
    sign_in(client)

    client.post(url_of(story), fill_in(client, url_of(story), section=coast.pk))

    assert found(client, "bridge", section="coast") == ["Bridge reopens"]
    assert found(client, "bridge", section="town-hall") == []


def test_redacted_words_find_nothing_and_are_not_suggested(client):
    story = make_article(
        headline="Crakeworth resigns", body="<p>Crakeworth went at six.</p>"
    )
    assert found(client, "crakeworth") == ["Crakeworth resigns"]
    proposal = Redaction(article=story, words="Crakeworth", reason="A court asked.")
    redaction.propose(proposal, editor=make_staff("Editor"))

    redaction.confirm(proposal, editor=make_staff("Editor"))

    assert found(client, "crakeworth") == []
    assert len(found(client, "resigns")) == 1
    assert not SearchEntry.objects.filter(text__contains="crakeworth").exists()
    assert not SearchWord.objects.filter(word="crakeworth").exists()
    assert_index_is_sound()


def test_the_command_rebuilds_the_index(client, capsys):
    story = make_article(headline="Bridge reopens")
    change = make_draft(headline="Not yet")
    SearchEntry.objects.all().delete()
    assert found(client, "bridge") == []

    call_command("rebuild_search")

    assert found(client, "bridge") == ["Bridge reopens"]
    assert "Stories in the index: 1" in capsys.readouterr().out
    assert not SearchEntry.objects.filter(article=change).exists()
    assert SearchEntry.objects.filter(article=story).count() == 1


def test_an_upgrade_finds_what_was_published_before(client):
    at = timezone.now() + timedelta(days=1)
    make_article(headline="Bridge reopens")
    make_article(headline="Bridge to come", published_at=at)
    make_draft(headline="Bridge draft")
    kept = sorted(SearchEntry.objects.values_list())
    words = sorted(SearchWord.objects.values_list())
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    migrations = MigrationLoader(connection).disk_migrations
    (fill,) = (m for (_, name), m in migrations.items() if "fill_search" in name)

    fill.operations[0].code(apps, None)

    assert sorted(SearchEntry.objects.values_list()) == kept
    assert sorted(SearchWord.objects.values_list()) == words
    assert len(kept) == 2
    assert found(client, "bridge") == ["Bridge reopens"]


def test_words_are_marked_where_they_stand(client):
    make_article(
        headline="Bridge & <b>bridges</b>",
        standfirst="Nothing here.",
        body=f"<p>{'Once upon a time. ' * 40}A lorry &lt;i&gt; crossed the Brücke.</p>",
    )

    page = client.get("/search/?q=bridge+lorry").text
    umlaut = client.get("/search/?q=brucke").text

    assert (
        "<mark>Bridge</mark> &amp; &lt;b&gt;<mark>bridges</mark>&lt;/b&gt;</a>" in page
    )
    assert "A <mark>lorry</mark> &lt;i&gt; crossed the Brücke." in page
    assert "… " in page
    assert "the <mark>Brücke</mark>." in umlaut


def test_words_that_stand_far_apart_are_shown_in_two_places(client):
    far = "Once upon a time. " * 40
    body = f"<p>{far}The lorry came.{far}The otter left.{far}</p>"
    make_article(body=body, standfirst="")

    page = client.get("/search/?q=otter+lorry").text

    assert page.index("<mark>lorry</mark>") < page.index("<mark>otter</mark>")
    assert page.count(" … ") == 1


def test_parts_of_a_run_without_spaces_are_marked_once(client):
    make_article(headline="今日は東京都の話", standfirst="東京都の午後")

    assert "今日は<mark>東京都</mark>の話" in client.get("/search/?q=東京都").text
    assert "<mark>東京都</mark>の午後" in client.get("/search/?q=東京都").text


def test_a_misspelt_word_is_put_right(client):
    make_article(headline="Wrenmouth’s bridge, reopened", standfirst="A Brücke in fog")

    for typed, meant in (
        ("brigde", "bridge"),
        ("birdge wrenmouth", "bridge wrenmouth"),
        ("wrenmuoth brige", "Wrenmouth bridge"),
        ("brukce", "Brücke"),
        ("reopended fog", "reopened fog"),
    ):
        page = client.get("/search/", {"q": typed})
        assert suggested(page)[:1] == [[meant]], typed
        link = re.search(r'search-instead">.*?href="([^"]+)"', page.text, re.DOTALL)
        assert len(headlines_on(client.get(link[1]))) == 1


def test_no_word_of_a_story_readers_do_not_have_is_suggested(client):
    later = timezone.now() + timedelta(days=1)
    make_article(headline="Crakeworth resigns", published_at=later)
    make_article(headline="Bridge reopens")

    hidden = client.get("/search/?q=crakewroth")
    open_ = client.get("/search/?q=brigde")

    assert "rakeworth" not in hidden.text
    assert suggested(hidden) == []
    assert suggested(open_) == [["Bridge"]]


def test_the_same_words_in_fewer_or_everywhere_are_suggested(client):
    make_section("Coast", "coast")
    make_article(headline="Bridge reopens", body="<p>Otter.</p>")
    make_article(headline="Ferry sails", body="<p>Otter.</p>")

    unknown = client.get("/search/?q=bridge+zzyzx+otter")
    apart = client.get("/search/?q=bridge+ferry+otter")
    elsewhere = client.get("/search/?q=bridge&section=coast")

    assert suggested(unknown) == [["bridge otter"]]
    assert suggested(apart) == [["bridge otter", "ferry otter"]]
    assert suggested(elsewhere) == []
    assert 'href="/search/?q=bridge">Search all sections' in elsewhere.text


def test_a_search_that_finds_nothing_says_so_and_offers_the_newest(client):
    make_article(headline="Bridge reopens")

    nothing = client.get("/search/?q=zeppelin")
    something = client.get("/search/?q=bridge").text

    assert "No story says “zeppelin”." in nothing.text
    assert "0 stories" in nothing.text
    assert "Newest stories" in nothing.text
    assert "Bridge reopens" in nothing.text
    assert nothing.headers["X-Robots-Tag"] == "noindex"
    assert "Newest stories" not in something
    assert "1 story" in something


@pytest.mark.parametrize(
    ("typed", "word", "slips"),
    [
        ("bridge", "bridge", 0),
        ("brigde", "bridge", 1),
        ("bridg", "bridge", 1),
        ("bbridge", "bridge", 1),
        ("fridge", "bridge", 1),
        ("wrenmuoht", "wrenmouth", 2),
        ("otter", "bridge", 3),
    ],
)
def test_slips_are_counted(typed, word, slips):
    assert slips_between(typed, word, most=2) == slips


@pytest.mark.parametrize("words", ["", "  "])
def test_a_search_for_nothing_asks_for_a_word(client, words):
    response = client.get("/search/", {"q": words})

    assert response.status_code == 422
    assert "Type a word to search for." in response.text


@pytest.mark.parametrize(
    "words", ["%", "_", "*", '"', "\\", '""', "🦦", "' OR --", "\u0301", "\ufdd0", "؟"]
)
def test_signs_mean_nothing(client, words):
    make_article(headline="Bridge or ferry")

    response = client.get("/search/", {"q": words})

    if "OR" in words:
        assert headlines_on(response) == ["Bridge or ferry"]
    else:
        assert response.status_code == 422
        assert "signs alone are not in the index" in response.text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"q": "x" * 201}, "Search for at most 200 characters."),
        ({"q": "x" * 10_000}, "Search for at most 200 characters."),
        ({"q": "a b c d e f g h i"}, "Search for at most 8 words."),
        ({"q": "a", "section": "none"}, "There is no such section."),
        ({"q": "a", "author": "\u202e"}, "There is no such author."),
        ({"q": "a", "since": "x"}, "Give a date as in 2026-11-23."),
        ({"q": "a", "until": "9" * 99}, "Give a date as in 2026-11-23."),
        ({"q": "a", "since": "2026-02-02", "until": "2026-02-01"}, "It ends before"),
        ({"q": "a", "order": "x"}, "There is no such order."),
    ],
)
def test_what_cannot_be_asked_is_told_and_kept(client, asked, message):
    response = client.get("/search/", asked)

    assert response.status_code == 422
    assert message in response.text
    assert f'value="{asked["q"]}"' in response.text


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "x", "", "2", "51", "٣"])
def test_a_page_that_there_is_not_is_told(client, page):
    make_article(headline="Bridge reopens")

    response = client.get("/search/", {"q": "bridge", "page": page})

    assert response.status_code == 404
    assert "There is no such page of what was found." in response.text
    assert 'href="/search/?q=bridge">First page' in response.text


def test_any_day_of_the_calendar_can_be_asked_for(client):
    make_article(headline="Bridge reopens")
    ends = {"since": "0001-01-01", "until": "9999-12-31"}

    assert found(client, "bridge", **ends) == ["Bridge reopens"]
    assert found(client, "bridge", since="9999-12-31") == []
    assert found(client, "bridge", until="0001-01-01") == []


def test_every_plane_of_unicode_is_answered(client):
    make_article(headline="Bridge reopens")
    chance = random.Random(23)  # noqa: S311  # the same in every run

    for plane in range(17):
        for _round in range(6):
            codes = (plane * 0x10000 + chance.randrange(1, 0xFFFF) for _ in range(40))
            words = "".join(chr(c) for c in codes if not 0xD800 <= c < 0xE000)
            quoted = f'"{words[:9]}" {words[9:20]}* {words[20:]}'
            for asked in (words, quoted):
                status = client.get("/search/", {"q": asked}).status_code
                assert status in {200, 422}, ascii(asked)


def test_what_is_shown_of_a_word_is_found_by_it(client):
    chance = random.Random(7)  # noqa: S311
    codes = [
        *range(0x21, 0x3000, 7),
        *range(0x3041, 0xD7FF, 97),
        *range(0x1F600, 0x1F650),
    ]
    text = " ".join(
        "".join(chr(chance.choice(codes)) for _ in range(5)) for _ in range(200)
    )
    make_article(headline="Babel", body="<p>x</p>", standfirst=text[:400])
    shown = SearchEntry.objects.get().revision.standfirst

    missed = [
        word
        for word in shown.split()[:-1]
        if words_of(word) and found(client, word) != ["Babel"]
    ]

    assert missed == []


def test_a_very_long_story_of_different_words_can_be_published(client):
    words = " ".join(f"w{number:x}q" for number in range(60_000))
    make_article(headline="Register", body=f"<p>{words}</p>")

    assert found(client, "register") == ["Register"]
    assert found(client, "w1q") == ["Register"]


def test_more_than_are_counted_are_said_to_be_more(client, monkeypatch):
    monkeypatch.setattr(search, "MOST_HITS", 40)
    monkeypatch.setattr(search.finding, "MOST_HITS", 40)
    now = timezone.now()
    for number in range(43):
        at = now - timedelta(minutes=number)
        make_article(headline=f"Bridge {number}", published_at=at)

    page = client.get("/search/?q=bridge")
    last = client.get("/search/?q=bridge&page=2")

    assert "More than 40 stories; these are of the newest 40." in page.text
    assert "Page 1 of 2" in page.text
    assert headlines_on(last)[-1] == "Bridge 39"
    assert 'rel="next"' not in last.text
    assert client.get("/search/?q=bridge&page=3").status_code == 404


def test_a_search_is_one_query_and_its_page_a_few(client, django_assert_num_queries):
    for number in range(3):
        make_article(headline=f"Bridge {number}", lead_image=make_image())
    question = search.Question(search.terms_of("bridge"))

    with django_assert_num_queries(1):
        assert search.find(question, at=timezone.now()).total == 3
    client.get("/search/?q=bridge")
    few = queries_of(client, "/search/?q=bridge")
    for number in range(17):
        make_article(headline=f"Bridge {number}", lead_image=make_image())

    assert queries_of(client, "/search/?q=bridge") == few <= 10
    assert queries_of(client, "/search/?q=brigde+fery+oter") <= 12


def queries_of(client, url):
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("order", search.Order.values)
def test_a_search_reads_an_index_and_no_table_through(order):
    make_article(headline="Bridge reopens")
    question = search.Question(search.terms_of("bridge"), section=make_section())
    with CaptureQueriesContext(connection) as queries:
        search.find(question, at=timezone.now(), order=order)
    statement = queries[-1]["sql"]

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())

    if connection.vendor == "sqlite":
        assert "SCAN articles_search VIRTUAL TABLE INDEX" in plan
        assert re.findall(r"SCAN (?:says|entry|articles_article)\b", plan) == []
        hits = plan.partition("MATERIALIZE found")[2].partition("SCAN found")[0]
        assert "articles_search VIRTUAL" in hits
        assert (
            "ORDER BY" not in hits
        )  # they come in order, and end when there are enough
    else:
        assert "articles_search" in plan
        assert "Seq Scan on articles_" not in plan
