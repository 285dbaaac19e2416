"""What readers may write with: a little Markdown; all else stays the words it is."""

import re

import pytest

from tests.factories import make_article, make_comment, make_staff
from tests.readers import Reader


def as_shown(source, **fields):
    """Return the HTML of a comment as a reader of the story gets it."""
    article = make_article()
    make_comment(article, source=source, **fields)
    page = Reader().get(article.get_absolute_url()).text
    return re.search(r'<div class="comment-text" dir="auto">(.*?)</div>', page, re.S)[1]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("One line\nand the next", "<p>One line<br>\nand the next</p>"),
        ("One thought\n\nand another", "<p>One thought</p>\n<p>and another</p>"),
        ("*stressed* and **strong**", "<p><em>stressed</em> and <strong>strong</strong></p>"),
        ("~~wrong~~ right", "<p><s>wrong</s> right</p>"),
        ("Type `make`", "<p>Type <code>make</code></p>"),
        ("```\nmake <all>\n```", "<pre><code>make &lt;all&gt;\n</code></pre>"),
        ("> It hums.\n\nIt does.", "<blockquote>\n<p>It hums.</p>\n</blockquote>\n<p>It does.</p>"),
        ("- tea\n- toast", "<ul>\n<li>tea</li>\n<li>toast</li>\n</ul>"),
        ("1. tea\n2. toast", "<ol>\n<li>tea</li>\n<li>toast</li>\n</ol>"),
        (r"\*as typed\*", "<p>*as typed*</p>"),
    ],
)  # fmt: skip
def test_a_little_markdown_is_understood(source, html):
    assert as_shown(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "# No headline",
        "No headline\n===",
        "| no | table |\n|----|-------|\n| at | all |",
        "before\n\n---\n\nafter",
        "[a]\n\n[a]: /reference",
        "    indented",
    ],
)
def test_the_rest_of_markdown_stays_as_it_was_typed(source):
    shown = as_shown(source)

    assert set(re.findall(r"<(\w+)", shown)) <= {"p", "br"}
    for line in source.split("\n"):
        assert line.strip() in shown


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>press</a>",
        "<p style='position:fixed' onclick=alert(1)>over all</p>",
        "<iframe src=//evil.example></iframe>",
        "<form action=//evil.example><input name=password></form>",
        "</div></article><h1>Not ours</h1>",
        "<!-- hidden",
        "<style>body{display:none}</style>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "`<script>alert(1)</script>`",
    ],
)
def test_html_and_script_are_shown_as_words_and_do_nothing(source):
    shown = as_shown(f"before {source} after")

    assert re.findall(r"</?(\w+)[^>]*>", shown) in (
        ["p", "p"],
        ["p", "code", "code", "p"],
    )
    assert "&lt;" in shown
    assert "before" in shown
    assert "after" in shown


@pytest.mark.parametrize(
    "source",
    [
        "<https://example.org/a>",
        "[the report](https://example.org/a)",
        '[the report](https://example.org/a "a title")',
    ],
)
def test_a_link_is_one_that_search_engines_do_not_count(source):
    shown = as_shown(f"See {source}.")

    (link,) = re.findall(r"<a [^>]*>", shown)
    assert 'href="https://example.org/a"' in link
    assert 'rel="nofollow ugc noopener"' in link


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:hettie@example.org",
    ],
)
def test_an_address_of_any_other_kind_leads_nowhere(address):
    shown = as_shown(f"[press]({address}) or [read](https://example.org/a)")

    assert "press" in shown
    assert re.findall(r'href="([^"]*)"', shown) == ["https://example.org/a"]


def test_a_picture_is_not_fetched_from_anywhere():
    shown = as_shown("Look: ![a boat](https://example.org/pixel.gif)")

    assert "Look:" in shown
    assert "a boat" in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    "source",
    ["> " * 2000 + "deep", "*a " * 1600, "[" * 5000, "`" * 4999 + "a", "- " * 2400 + "x"],
    ids=["quotes", "emphasis", "brackets", "backticks", "lists"],
)  # fmt: skip
def test_a_text_made_to_be_hard_is_taken_and_shown(source):
    article = make_article()

    response = Reader().comment(article, source)
    own = Reader().get(response.url)

    assert response.status_code == 303
    assert own.status_code == 200
    assert "Your comment is awaiting moderation." in own.text


def test_a_name_and_a_website_are_words_too(client):
    article = make_article()
    make_comment(
        article, name="<b>Hettie</b> & Co", website='https://example.org/"><script>'
    )
    client.force_login(make_staff("Moderator"))

    page = Reader().get(article.get_absolute_url()).text
    queue = client.get("/admin/comments/comment/").text

    for shown in (page, queue):
        assert "&lt;b&gt;Hettie&lt;/b&gt; &amp; Co" in shown
        assert "<b>Hettie" not in shown
    assert 'href="https://example.org/&quot;&gt;&lt;script&gt;"' in page


def test_moderators_see_harmful_text_as_words_in_the_queue_and_in_the_form(client):
    comment = make_comment(make_article(), source="Hm <script>alert(1)</script>")
    client.force_login(make_staff("Moderator"))

    queue = client.get("/admin/comments/comment/").text
    form = client.get(f"/admin/comments/comment/{comment.pk}/change/").text

    for shown in (queue, form):
        assert "Hm &lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert "<script>alert" not in shown


def test_a_right_to_left_comment_finds_its_own_direction():
    article = make_article()
    make_comment(article, source="الجسر يطنّ من جديد", name="هدى")

    page = Reader().get(article.get_absolute_url()).text

    assert '<div class="comment-text" dir="auto"><p>الجسر يطنّ من جديد</p></div>' in page
    assert "<bdi>هدى</bdi>" in page
