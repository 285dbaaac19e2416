"""All that an address has written: listed, changed, taken along, erased."""

import json
import re

from django.core import mail
from django.urls import reverse

import pytest

from articles import publishing
from comments import appeals, moderation, notices
from comments.models import Comment, Correspondent, IllegalNotice, Thread, Wording
from newsroom.models import Delivery, Event
from tests.factories import make_article, make_comment
from tests.readers import Reader

State = Comment.State
HETTIE = {"name": "Hettie P.", "email": "hettie@example.org"}
ASK = "/comments/mine/"


def link_for(email="hettie@example.org"):
    Reader().post(ASK, {"email": email})
    return re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]


def test_the_answer_is_the_same_whether_anything_was_written_or_not():
    make_comment(make_article(), **HETTIE)

    known = Reader().post(ASK, {"email": "Hettie@Example.org"})
    unknown = Reader().post(ASK, {"email": "nobody@example.org"})

    assert known.status_code == unknown.status_code == 200
    assert "a mail with a link is on its way" in known.text
    assert known.text == unknown.text
    assert [sent.to for sent in mail.outbox] == [["hettie@example.org"]]


def test_an_address_is_not_flooded_and_a_network_is_asked_to_wait():
    make_comment(make_article(), **HETTIE)

    for _time in range(5):
        Reader().post(ASK, {"email": "hettie@example.org"})
    reader = Reader(address="198.51.100.7")
    codes = [reader.post(ASK, {"email": f"a{n}@b.org"}).status_code for n in range(21)]

    assert len(mail.outbox) == 3
    assert codes[0] == 200
    assert codes[-1] == 429


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 101 + "@example.org"])
def test_what_is_no_address_is_said_in_its_place(email):
    response = Reader().post(ASK, {"email": email})

    assert response.status_code == 422
    assert mail.outbox == []


def test_the_link_lists_everything_and_nobody_elses():
    article = make_article()
    make_comment(article, source="One of mine.", **HETTIE)
    make_comment(article, source="Held of mine.", state=State.PENDING, **HETTIE)
    make_comment(article, source="Somebody's.")

    page = Reader().get(link_for())

    assert "One of mine." in page.text
    assert "Held of mine." in page.text
    assert "Somebody's." not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "hettie" not in mail.outbox[-1].body.lower().split("http", 1)[1]


def test_the_list_names_a_story_as_readers_know_it():
    article = make_article(headline="Bridge reopens")
    make_comment(article, **HETTIE)
    article.headline = "Minister took bribes"
    article.save()
    publishing.save_working_copy(article, editor=None)

    page = Reader().get(link_for()).text

    assert "Bridge reopens" in page
    assert "Minister" not in page


def test_a_number_that_no_comment_has_is_not_found():
    make_comment(make_article(), **HETTIE)
    link = link_for()

    assert Reader().get(f"{link}{10**30}/").status_code == 404
    assert Reader().get(f"{link}0/").status_code == 404


def test_a_link_that_is_altered_or_old_says_so(monkeypatch):
    make_comment(make_article(), **HETTIE)
    link = link_for()

    altered = Reader().get(f"{link[:-2]}x/")
    monkeypatch.setattr("comments.views.correspondence.A_DAY", -1)
    old = [Reader().get(link + act) for act in ("", "export/", "erase/", "1/")]

    assert altered.status_code == 410
    assert "This link no longer works" in altered.text
    assert {response.status_code for response in old} == {410}


def test_all_of_it_can_be_taken_along():
    article = make_article()
    comment = make_comment(
        article, source="Mine.", website="https://h.example", **HETTIE
    )
    Wording.objects.create(comment=comment, source="As it was.")

    response = Reader().get(f"{link_for()}export/")

    assert response.headers["Content-Disposition"].startswith("attachment")
    one = json.loads(response.content)["comments"][0]
    assert (one["text"], one["name"]) == ("Mine.", "Hettie P.")
    assert one["website"] == "https://h.example"
    assert one["earlier_texts"] == ["As it was."]
    assert one["story"] == article.get_absolute_url()


def test_what_is_taken_along_holds_appeals_notices_and_wishes_too():
    article = make_article()
    mine = make_comment(article, **HETTIE)
    moderation.decide([mine], State.REMOVED, moderator=None, fault="insult")
    appeals.appeal(mine, words="It was a joke.")
    notices.give_notice(
        make_comment(article), explanation="My street.", email="Hettie@example.org"
    )

    everything = json.loads(Reader().get(f"{link_for()}export/").content)

    assert everything["email"] == "hettie@example.org"
    assert everything["mail"]["confirmed"] is None
    assert everything["comments"][0]["appeal"] == "It was a joke."
    assert everything["comments"][0]["reason"] == "It insults or threatens someone."
    assert everything["notices"][0]["explanation"] == "My street."


def test_a_comment_can_be_changed_late_and_a_moderator_reads_it():
    comment = make_comment(make_article(), source="Mine.", **HETTIE)
    link = f"{link_for()}{comment.pk}/"

    opened = Reader().get(link)
    changed = Reader().post(link, {"comment": "Mine, and better."})

    comment.refresh_from_db()
    assert "Mine.</textarea>" in opened.text
    assert changed.status_code == 303
    assert (comment.source, comment.state) == ("Mine, and better.", State.PENDING)


def test_a_comment_can_be_taken_back_late_unless_it_was_refused():
    article = make_article()
    mine = make_comment(article, **HETTIE)
    refused = make_comment(article, state=State.REMOVED, **HETTIE)
    foreign = make_comment(article)
    link = link_for()

    codes = [
        Reader().post(f"{link}{one.pk}/", {"withdraw": "1", "comment": "x"}).status_code
        for one in (mine, refused, foreign)
    ]

    assert codes == [303, 422, 404]
    assert Comment.objects.get(pk=mine.pk).state == State.WITHDRAWN


def erase(what):
    link = f"{link_for()}erase/"
    looked = Reader().get(link)
    done = Reader().post(link, {"what": what})
    return looked, done


def test_erasing_the_name_keeps_the_words_and_nothing_of_the_person():
    article = make_article()
    comment = make_comment(
        article, source="My words.", website="https://h.example", **HETTIE
    )
    moderation.decide([comment], State.PENDING, moderator=None)
    moderation.decide([comment], State.APPROVED, moderator=None)
    Wording.objects.create(comment=comment, source="I am Hettie.")

    looked, done = erase("name")

    comment.refresh_from_db()
    page = Reader().get(article.get_absolute_url()).text
    assert "cannot be undone" in looked.text
    assert done.status_code == 200
    assert "My words." in page
    assert "Hettie" not in page
    assert (comment.email, comment.website, comment.reader_hash) == ("", "", "")
    assert not Wording.objects.exists()
    assert not Correspondent.objects.exists()
    assert not Delivery.objects.filter(recipient="hettie@example.org").exists()
    assert not Event.objects.filter(object_name__contains="Hettie").exists()
    assert Event.objects.about(comment).filter(act="approve").exists()


def test_once_erased_the_link_says_that_it_is_over():
    make_comment(make_article(), **HETTIE)
    link = link_for()

    Reader().post(f"{link}erase/", {"what": "name"})
    again = Reader().post(f"{link}erase/", {"what": "name"})

    assert again.status_code == 410
    assert "This link no longer works" in again.text


def test_erasing_the_words_too_leaves_a_line_over_replies_and_right_counts():
    article = make_article()
    answered = make_comment(article, source="Gone for good.", **HETTIE)
    make_comment(article, parent=answered, source="A reply.")
    make_comment(article, source="Also gone.", **HETTIE)

    erase("words")

    page = Reader().get(article.get_absolute_url()).text
    assert "gone" not in page.lower()
    assert page.count("This comment was withdrawn by its writer.") == 1
    assert "A reply." in page
    assert Thread.objects.get().approved == 1
    assert not Comment.objects.filter(source__contains="one").exists()


def test_a_notice_keeps_what_the_comment_said_and_the_page_says_so():
    comment = make_comment(make_article(), source="Her street is Slip Lane.", **HETTIE)
    notices.give_notice(comment, explanation="It gives away an address.")

    looked, _done = erase("words")

    assert IllegalNotice.objects.get().quoted == "Her street is Slip Lane."
    assert "the law asks us to keep what it said" in looked.text


def test_nothing_is_erased_by_following_the_link():
    comment = make_comment(make_article(), **HETTIE)

    Reader().get(f"{link_for()}erase/")
    Reader().post(f"{link_for()}erase/")

    comment.refresh_from_db()
    assert comment.email == "hettie@example.org"


def test_the_form_and_the_private_page_lead_there():
    article = make_article()
    comment = make_comment(article)

    form = Reader().get(article.get_absolute_url()).text
    own = Reader().get(reverse("comments:status", args=[comment.status_key])).text

    assert f'href="{ASK}"' in form
    assert f'href="{ASK}"' in own
