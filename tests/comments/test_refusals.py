"""What the form does not take comes back with every word, and says what to mend."""

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from comments import moderation
from comments.models import Comment
from comments.rules import Rules
from tests.factories import make_article, make_comment, make_draft, set_discussion
from tests.html_forms import fields_of
from tests.readers import Reader

LONG = "x" * 70_000
EMPTY = " \n\t "
TYPED = {
    "comment": "Every word\r\nof it. \"'<&>",
    "name": "Hettie P.",
    "email": "hettie@example.org",
    "website": "https://example.org/hettie",
}
FORM = "application/x-www-form-urlencoded"


def address_of(article):
    return reverse("comments:thread", args=[article.pk])


def marked(response):
    """Return the names of the fields that the page marks as wrong."""
    return re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', response.text)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("comment", "", "Write your comment."),
        ("comment", EMPTY, "Write your comment."),
        ("comment", None, "Write your comment."),
        ("comment", LONG, "The comment has 70000 characters; 5000 is the most."),
        ("comment", "a\0b", "Null characters are not allowed."),
        ("name", "", "Give a name: a nickname will do."),
        ("name", None, "Give a name: a nickname will do."),
        ("name", "x" * 246, "at most 245 characters"),
        ("name", "a\0b", "Null characters are not allowed."),
        ("email", "", "Give your email address. It will not be published."),
        ("email", "hettie", "This is no email address."),
        ("email", "hettie@", "This is no email address."),
        ("email", "a@b@example.org", "This is no email address."),
        ("email", "x" * 100 + "@example.org", "at most 100 characters"),
        ("website", "not an address", "This is no web address."),
        ("website", "javascript:alert(1)", "This is no web address."),
        ("website", "http://[::1", "This is no web address."),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_marked_and_nothing_is_lost(field, value, message):
    article = make_article()
    wrong = {
        name: text
        for name, text in (TYPED | {field: value}).items()
        if text is not None
    }

    response = Reader().post(address_of(article), wrong)

    assert response.status_code == 422
    assert message in response.text
    assert marked(response) == [field]
    assert "Nothing you typed is lost." in response.text
    came_back = fields_of(response)
    assert {name: came_back[name] for name in wrong} == wrong
    assert "no-store" in response.headers["Cache-Control"]
    assert not Comment.objects.exists()


def test_a_comment_that_came_back_is_mended_and_sent_again():
    article, reader = make_article(), Reader()

    refused = reader.post(address_of(article), TYPED | {"email": "hettie"})
    mended = fields_of(refused) | {"email": "hettie@example.org"}
    taken = reader.post(address_of(article), mended)

    assert refused.status_code == 422
    assert not refused.cookies  # who has not acted yet is not remembered
    assert taken.status_code == 303
    stored = Comment.objects.get()
    assert stored.source == "Every word\r\nof it. \"'<&>"
    assert (stored.name, stored.email) == ("Hettie P.", "hettie@example.org")
    assert stored.website == "https://example.org/hettie"


def test_all_that_is_wrong_is_said_at_once():
    response = Reader().post(
        address_of(make_article()), {"email": "x", "website": "y z"}
    )

    assert response.status_code == 422
    assert marked(response) == ["comment", "name", "email", "website"]


def test_a_comment_of_just_the_length_that_is_taken_is_taken(settings):
    article = make_article()

    response = Reader().comment(article, "x" * settings.COMMENT_MAX_LENGTH)

    assert response.status_code == 303


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"comment=before%ED%A0%80after&name=n%ED%BF%BF&email=x%40example.org"),
        (FORM, b"comment=before\xed\xa0\x80after&name=n&email=x%40example.org"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="comment"\r\n\r\n'
            b"before\xed\xa0\x80after\r\n"
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nn\r\n'
            b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
            b"x@example.org\r\n--b--\r\n",
        ),
    ],
    ids=["escaped", "raw", "multipart"],
)
def test_half_of_a_surrogate_pair_is_no_error_and_no_loss(kind, body):
    article, reader = make_article(), Reader()

    response = reader.generic("POST", address_of(article), body, kind)
    own = reader.get(response.url)

    assert response.status_code == 303
    assert re.search(r"before.{1,9}after", own.text)
    stored = Comment.objects.get().source
    assert stored.startswith("before")
    assert stored.endswith("after")


def test_half_of_a_surrogate_pair_in_an_address_is_an_address_to_mend():
    body = b"comment=Every+word&name=x&email=x%ED%A0%80%40example.org"

    response = Reader().generic("POST", address_of(make_article()), body, FORM)

    assert response.status_code == 422
    assert "This is no email address." in response.text
    assert fields_of(response)["comment"] == "Every word"


@pytest.mark.parametrize(
    "parent", ["elsewhere", "pending", "spam", "removed", "too deep", "nowhere"]
)
def test_a_reply_to_what_takes_none_keeps_the_text_and_can_stand_alone(
    parent, settings
):
    article = make_article()
    other = make_article(headline="Another story")
    parents = {
        "elsewhere": lambda: make_comment(other),
        "pending": lambda: make_comment(article, state=Comment.State.PENDING),
        "spam": lambda: make_comment(article, state=Comment.State.SPAM),
        "removed": lambda: make_comment(article, state=Comment.State.REMOVED),
        "too deep": lambda: deepest_comment(article, Rules().levels),
        "nowhere": lambda: Comment(pk=4711),
    }
    answered = parents[parent]()
    before = Comment.objects.count()
    reader = Reader()

    refused = reader.post(address_of(article), TYPED | {"reply_to": answered.pk})
    as_it_came_back = fields_of(refused)
    alone = reader.post(address_of(article), as_it_came_back)

    assert refused.status_code == 422
    assert "is no longer there, or takes no replies" in refused.text
    assert as_it_came_back == TYPED | {"reply_to": "", "subject": ""}
    assert alone.status_code == 303
    assert Comment.objects.count() == before + 1
    assert Comment.objects.latest("pk").parent is None


def deepest_comment(article, levels):
    comment = None
    for _level in range(levels):
        comment = make_comment(article, parent=comment)
    assert comment.depth == levels - 1
    return comment


@pytest.mark.parametrize("reply_to", ["x", "-1", "0", "1.5", "9" * 30, "٣x", "1\0"])
def test_a_number_of_a_comment_that_is_none_keeps_the_text(reply_to):
    article, reader = make_article(), Reader()

    refused = reader.post(address_of(article), TYPED | {"reply_to": reply_to})
    stored = Comment.objects.count()
    alone = reader.post(address_of(article), fields_of(refused))

    assert refused.status_code == 422
    assert "The comment you answer is not there." in refused.text
    assert stored == 0
    assert alone.status_code == 303
    assert Comment.objects.get().source == TYPED["comment"]


@pytest.mark.parametrize("place", ["elsewhere", "pending", "too deep", "nowhere"])
def test_a_story_asked_to_answer_what_takes_no_reply_offers_its_plain_form(
    client, place, settings
):
    article = make_article()
    good = make_comment(article, name="Capt. Sprat")
    numbers = {
        "elsewhere": lambda: make_comment(make_article(headline="Another")).pk,
        "pending": lambda: make_comment(article, state=Comment.State.PENDING).pk,
        "too deep": lambda: deepest_comment(article, Rules().levels).pk,
        "nowhere": lambda: 4711,
    }

    asked = client.get(article.get_absolute_url(), {"reply_to": good.pk})
    plain = client.get(article.get_absolute_url(), {"reply_to": numbers[place]()})

    assert f'name="reply_to" value="{good.pk}"' in asked.text
    assert '">Leave a Reply to Capt. Sprat</h2>' in asked.text
    assert 'name="reply_to" value=' not in plain.text
    assert '">Leave a Reply</h2>' in plain.text


def test_a_reply_that_comes_back_still_answers_what_it_answered():
    article, reader = make_article(), Reader()
    answered = make_comment(article, name="Capt. Sprat")
    reply = TYPED | {"reply_to": str(answered.pk)}

    refused = reader.post(address_of(article), reply | {"name": ""})
    reader.post(address_of(article), fields_of(refused) | {"name": "Hettie P."})

    assert refused.status_code == 422
    assert "Leave a Reply to Capt. Sprat</h2>" in refused.text
    assert Comment.objects.latest("pk").parent == answered


@pytest.mark.parametrize("by", ["the desk", "a moderator"])
def test_a_thread_that_was_closed_meanwhile_keeps_the_text(by):
    article = make_article()
    make_comment(article, source="What stands here stays.")
    reader = Reader()
    assert "Post Comment" in reader.get(article.get_absolute_url()).text

    if by == "the desk":
        article.comments_open = False
        article.save()
        publishing.publish(article, editor=None)
    else:
        moderation.close(article, moderator=None)
    page = reader.get(article.get_absolute_url()).text
    response = reader.post(address_of(article), TYPED)

    assert "What stands here stays." in page
    assert "Comments on this story are closed." in page
    assert "Post Comment" not in page
    assert response.status_code == 403
    assert "Comments on this story are closed. Your text is below." in response.text
    assert fields_of(response)["comment"] == TYPED["comment"]
    assert Comment.objects.count() == 1


def test_the_same_words_twice_are_taken_once(settings):
    set_discussion(flood_seconds=0)
    article, other, reader = make_article(), make_article(headline="B"), Reader()
    reader.post(address_of(article), TYPED)

    again = reader.post(address_of(article), TYPED)
    elsewhere = reader.post(address_of(other), TYPED)
    in_other_words = reader.post(address_of(article), TYPED | {"comment": "Hear!"})

    assert again.status_code == 409
    assert "You have said that already" in again.text
    assert fields_of(again)["comment"] == TYPED["comment"]
    assert (elsewhere.status_code, in_other_words.status_code) == (303, 303)
    assert Comment.objects.count() == 3


@pytest.mark.parametrize("who", ["same reader", "same email"])
def test_a_second_comment_within_seconds_has_to_wait(who):
    article, reader = make_article(), Reader()
    reader.comment(article, "First.")
    again = reader if who == "same reader" else Reader()
    email = "other@example.org" if who == "same reader" else "hettie@example.org"
    second = TYPED | {"email": email}

    refused = again.post(address_of(article), second)
    somebody_else = Reader().post(
        address_of(article), TYPED | {"email": "c@example.org"}
    )
    Comment.objects.update(created_at=timezone.now() - timedelta(seconds=16))
    taken = again.post(address_of(article), fields_of(refused))

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "15"
    assert "Wait 15 seconds and press the button again." in refused.text
    assert fields_of(refused) == second | {"reply_to": "", "subject": ""}
    assert somebody_else.status_code == 303
    assert taken.status_code == 303


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_a_story_that_is_gone_meanwhile_gives_the_text_back(how):
    yesterday = timezone.now() - timedelta(days=1)
    article = make_article(headline="Bridge reopens", published_at=yesterday)
    reader = Reader()
    if how == "withdrawn":
        publishing.withdraw(article, editor=None, reason="It named the wrong man.")
    else:
        article.expires_at = timezone.now() - timedelta(minutes=1)
        article.save()

    response = reader.post(address_of(article), TYPED)

    assert response.status_code == 410
    assert "This story is no longer here" in response.text
    assert "Your comment is not posted" in response.text
    assert "Every word<br>of it. &quot;&#x27;&lt;&amp;&gt;" in response.text
    assert "Bridge reopens" not in response.text
    assert "no-store" in response.headers["Cache-Control"]
    assert not Comment.objects.exists()


def test_a_story_that_no_reader_has_seen_takes_no_comment():
    tomorrow = timezone.now() + timedelta(days=1)
    draft = make_draft(headline="Draft")
    scheduled = make_article(headline="Scheduled", published_at=tomorrow)
    published = make_article(headline="Published")

    statuses = [
        Reader().post(address_of(article), TYPED).status_code
        for article in (draft, scheduled, published)
    ]
    nowhere = Reader().post("/comments/story/4711/", TYPED)

    assert statuses == [404, 404, 303]
    assert nowhere.status_code == 404
    assert "There is no page here" in nowhere.text
    assert Comment.objects.get().thread.article == published


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FORM, 303),
        (f"{FORM}; charset=UTF-8", 303),
        (f"{FORM}; charset=iso-8859-1", 400),
        (f"{FORM}; charset=utf-16", 400),
        ("text/plain", 422),
        ("application/json", 422),
        ("", 422),
        ("multipart/form-data", 400),  # that names no boundary
    ],
)
def test_only_a_form_in_utf_8_is_read(kind, status):
    body = b"comment=Every+word&name=Hettie+P.&email=hettie%40example.org"

    response = Reader().generic("POST", address_of(make_article()), body, kind)

    assert response.status_code == status
    assert Comment.objects.exists() == (status == 303)
    if status == 422:
        assert "Write your comment." in response.text
    if status == 400:
        assert "That request could not be read" in response.text


def test_a_file_in_place_of_a_text_is_no_text():
    article = make_article()
    file = SimpleUploadedFile("comment.txt", b"Every word of it.", "text/plain")

    response = Reader().post(address_of(article), TYPED | {"comment": file})

    assert response.status_code == 422
    assert "Write your comment." in response.text
    assert fields_of(response)["name"] == "Hettie P."


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_thread_is_read_and_added_to_and_nothing_else(method):
    article, reader = make_article(), Reader()

    refused = reader.generic(method, address_of(article))
    read = reader.get(address_of(article))

    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET, HEAD, POST"
    assert read.status_code == 200


@pytest.mark.parametrize("page", ["comment", "replies", "status"])
def test_what_is_only_to_be_read_takes_no_post(client, page):
    comment = make_comment(make_article())
    key = comment.status_key if page == "status" else comment.pk
    address = reverse(f"comments:{page}", args=[key])

    read = client.get(address)
    refused = client.post(address, TYPED)
    from_a_reader = Reader().post(address, TYPED)

    assert read.status_code in {200, 302}
    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET, HEAD"
    assert from_a_reader.status_code == 403  # it needs a token first
    assert Comment.objects.count() == 1
