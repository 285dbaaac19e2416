"""The body's HTML: what may stand in it, whatever door it came through."""

from django.core.exceptions import ValidationError

import pytest

from articles import body
from tests.factories import make_draft


@pytest.mark.parametrize(
    "kept",
    [
        "<p>A <em>b</em> <strong>c</strong> <s>d</s> H<sub>2</sub>O x<sup>2</sup></p>",
        "<h2>Why</h2><h3>How</h3>",
        '<ul><li><p>One</p></li></ul><ol start="3"><li>Two</li></ol>',
        "<blockquote><p>Said she.</p></blockquote><hr>",
        '<p><a href="https://example.org/a" title="b">c</a></p>',
        '<p><a href="mailto:desk@example.org">Write</a></p>',
        '<figure data-image="12" data-layout="wide"><figcaption>x</figcaption></figure>',
        '<div data-read-more="5"></div>',
        '<div data-read-more="" data-href="https://example.org/" data-title="x"></div>',
        '<div data-pull-quote="">I would.</div>',
    ],
)
def test_what_a_story_may_hold_stays_as_it_is(kept):
    assert sorted(body.clean(kept)) == sorted(kept)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<p onclick="x()" style="color:red" class="y" id="z">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p><a>a</a></p>"),
        ('<p>a<img src="x" onerror="alert(1)"></p>', "<p>a</p>"),
        ('<iframe src="https://example.org"></iframe><p>a</p>', "<p>a</p>"),
        ("<h1>a</h1>", "a"),
        ("<p>a\0b</p>", "<p>ab</p>"),
        ('<figure data-image="x" data-layout="huge"></figure>', "<figure></figure>"),
        (f'<figure data-image="{"9" * 19}"></figure>', "<figure></figure>"),
        ('<figure data-image="²"></figure>', "<figure></figure>"),
        ('<div data-read-more="1;2"></div>', '<div data-read-more=""></div>'),
        (
            '<div data-read-more="" data-href="javascript:x" data-title="y"></div>',
            '<div data-read-more="" data-title="y"></div>',
        ),
        ("<svg><script>alert(1)</script></svg><p>a</p>", "<p>a</p>"),
        ("<math><mi//xlink:href='data:x,<script>'></math><p>a</p>", "<p>a</p>"),
    ],
)
def test_what_it_may_not_hold_goes(given, left):
    assert body.clean(given) == left


def test_cleaning_twice_is_cleaning_once():
    given = "<p>a &amp; b &lt;c&gt; “d”</p><div data-pull-quote>e</div><p>f<br>g</p>"

    once = body.clean(given)

    assert body.clean(once) == once


def test_a_body_too_long_or_too_deep_to_clean_is_refused_with_a_way_out():
    long = "<p>" + "x" * body.MAX_LENGTH + "</p>"
    deep = "<blockquote>" * 1000 + "x"

    with pytest.raises(ValidationError, match="Split it into parts"):
        body.clean(long)
    with pytest.raises(ValidationError, match="Paste it as plain text"):
        body.clean(deep)
    assert body.clean("<p>" * 1000 + "x") != ""  # open paragraphs do not nest


def test_a_revision_is_clean_whatever_the_working_copy_was_given():
    draft = make_draft(body="<p>a</p><script>alert(1)</script>")

    assert draft.newest_revision.body == "<p>a</p>"
    draft.refresh_from_db()
    assert draft.body == "<p>a</p>"


def test_the_words_of_a_body_are_told_apart_between_blocks():
    text = body.text_of("<h2>Why</h2><p>One &amp; two</p><ul><li>three</li></ul>a<br>b")

    assert text == "Why One & two three a b"


def test_an_editors_words_about_references_are_no_reference():
    named = body.references_of(
        '<figure data-image="3"></figure><div data-read-more="7"></div>'
        '<figure data-image="3"></figure><p>data-image="9"</p>'
    )

    assert (named.images, named.articles) == ([3], [7])


def test_markup_in_a_title_elsewhere_is_words():
    rendered = body.render(
        body.clean(
            '<div data-read-more="" data-href="https://example.org/?a=1&amp;b=2" '
            'data-title="&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&quot;"></div>'
        ),
        images={},
        articles={},
    )

    assert "<script" not in rendered
    assert "&lt;script&gt;alert(1)" in rendered
    assert 'href="https://example.org/?a=1&amp;b=2"' in rendered
