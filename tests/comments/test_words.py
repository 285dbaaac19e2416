"""The lists of words to hold and to refuse: what they find, and what is said of it."""

import pytest

from comments import screening
from comments.models import Comment
from tests.factories import make_article, make_comment, make_section, set_discussion
from tests.readers import Reader


def posted():
    return Comment.objects.latest("pk")


def known_reader(article):
    make_comment(
        article, name="Hettie P.", email="hettie@example.org", source="Earlier."
    )
    return Reader()


def reasons():
    return [screening.in_words(verdict) for verdict in posted().verdicts]


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("ass", "What an ass.", True),
        ("ass", "First class to Passau.", False),
        ("Casino", "The CASINO burnt down.", True),
        ("casino*", "Online casinos pay.", True),
        ("casino*", "An encasinoed town.", False),
        ("côté", "Du CÔTÉ de chez Swann", True),
        ("côté", "A dove's cote", False),
        ("straße", "IN DER STRASSE", True),
        ("ﬁne print", "Read the fine\nprint.", True),
        ("loan", "Get a l\u200boan now", True),
        ("loan", "Get a lo**an** now", True),
        ("loan", "Get a l&#111;an now", True),
        ("$$$", "Earn $$$cash", True),
        ("के", "केला", False),
        ("क", "की बात", False),
        ("की", "उस की बात", True),
        ("казино", "Новое КАЗИНО.", True),
        ("*", "Anything.", False),
        ("a.c", "abc", False),
        ("a.c", "It says a.c here", True),
    ],
)
def test_words_are_found_whole_in_any_script(word, text, is_found):
    set_discussion(hold_words=f"\n  {word}  \n\n")
    article = make_article()

    known_reader(article).comment(article, text)

    assert posted().state == ("pending" if is_found else "approved")


def test_words_inside_others_are_found_where_that_is_asked_for():
    set_discussion(hold_words="ass", words_inside=True)
    article = make_article()

    known_reader(article).comment(article, "First class to Passau.")

    assert reasons() == ["The text holds “ass”, a word to hold."]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("comment", "A casino!", "The text holds “casino”, a word to hold."),
        ("name", "Casino King", "The name holds “casino”, a word to hold."),
        (
            "email",
            "win@casino.example",
            "The email address holds “casino”, a word to hold.",
        ),
        (
            "website",
            "https://casino.example",
            "The website holds “casino”, a word to hold.",
        ),
    ],
)
def test_the_reason_names_the_word_and_where_it_stands(field, value, said):
    set_discussion(hold_words="casino", hold_unknown=False)
    text = {"text": value} if field == "comment" else {field: value}

    Reader().comment(make_article(), **text)

    assert reasons() == [said]


def test_a_refused_word_is_stored_and_its_writer_is_told():
    set_discussion(refuse_words="casino")
    article = make_article()

    answer = known_reader(article).comment(article, "A casino!")

    assert answer.status_code == 303
    assert posted().state == posted().screened_as == Comment.State.REMOVED
    assert reasons() == ["The text holds “casino”, which is refused."]
    assert screening.told(posted()) == ["It holds a word that this site refuses."]


def test_a_held_comments_writer_is_told_no_reason():
    set_discussion(hold_words="casino")
    article = make_article()

    known_reader(article).comment(article, "A casino!")

    assert posted().state == Comment.State.PENDING
    assert screening.told(posted()) == []


def test_the_words_of_site_section_and_story_add_up():
    section = make_section()
    article, elsewhere = make_article(section=section), make_article(section=section)
    set_discussion(hold_words="alpha", flood_seconds=0)
    set_discussion(section=section, hold_words="beta")
    set_discussion(article=article, hold_words="gamma")
    reader = known_reader(article)

    states = {}
    for word in ("alpha", "beta", "gamma", "delta"):
        reader.comment(article, f"It says {word}.")
        here = posted().state
        reader.comment(elsewhere, f"It says {word}.")
        states[word] = (here, posted().state)

    assert states == {
        "alpha": ("pending", "pending"),
        "beta": ("pending", "pending"),
        "gamma": ("pending", "approved"),
        "delta": ("approved", "approved"),
    }
