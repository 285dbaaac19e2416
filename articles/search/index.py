"""Keep the entries of a story's revisions as readers have the story, or are to.

Every act that publishes, changes or withdraws calls ``index`` in its transaction.
What an entry says is not whether readers may see it: that is asked when they search.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from articles.models import Article, Revision, SearchEntry, SearchWord
from articles.search.questions import author_mark, section_mark
from articles.search.words import is_unspaced, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# An entry's number: minutes since 1970 in the upper 28 bits, one of them for the sign,
# and the revision's id in the lower 36, so 68 thousand million of them.
REVISION_BITS = 36
MOST_MINUTES = (1 << 27) - 1  # into the year 2225, and as many back, to 1714
MOST_TEXT = 200_000  # characters of words; PostgreSQL indexes 1 MB of a story, no more
FEWEST_LETTERS, MOST_LETTERS = 4, 24  # of a word that is worth a suggestion
BATCH = 500

_POSSESSIVE = re.compile("['’]s$")
_SIGNS = " \"'“”‘’„‚«»‹›()[]{}.,;:!?¿¡…–—-"


def place(published_at: datetime, revision: int = 0) -> int:
    """Return the number of an entry: higher than all of earlier minutes.

    ``published_at`` is aware; ``revision`` is a revision's id, 0 for the first place
    in that minute. Years too far away count as the farthest that there is.
    """
    minute = int(published_at.timestamp() // 60)
    minute = max(-MOST_MINUTES, min(minute, MOST_MINUTES))
    return (minute << REVISION_BITS) + revision


def index(article: Article) -> None:
    """Make the entries of ``article`` those of its live revision and the next one.

    A story without a date of publication, or withdrawn, has none. Call it last in the
    act's transaction. Two queries if nothing is to be done.
    """
    _index([article.pk])


def rewrite(article: Article, *, without: str) -> None:
    """Index ``article`` anew after its revisions were overwritten.

    ``without`` are the words that nobody is to meet again, as a suggestion either.
    """
    article.search_entries.all().delete()
    _index([article.pk])
    SearchWord.objects.filter(word__in=words_of(without)).delete()


def rebuild() -> Iterator[int]:
    """Index every story anew; yield after each batch how many are done."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    published = Article.objects.exclude(published_at=None).order_by("pk")
    numbers = published.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    done = 0
    while batch := list(islice(numbers, BATCH)):
        _index(batch)
        done += len(batch)
        yield done


def columns_of(revision: Revision, section: int) -> dict[str, str]:
    """Return what the entry of ``revision`` says, for a story in ``section`` (its id)."""
    text = f"{revision.standfirst} {revision.text}"
    authors = [line["author"] for line in revision.byline if "author" in line]
    marks = [section_mark(section), *map(author_mark, dict.fromkeys(authors))]
    return {
        "headline": " ".join(words_of(revision.headline)),
        "text": " ".join(words_of(text))[:MOST_TEXT],
        "marks": " ".join(marks),
    }


def words_to_suggest(revision: Revision) -> dict[str, dict[str, object]]:
    """Return the fields of ``SearchWord`` for the words of headline and standfirst."""
    found: dict[str, dict[str, object]] = {}
    for piece in f"{revision.headline} {revision.standfirst}".split():
        written = _POSSESSIVE.sub("", piece.strip(_SIGNS))
        words = words_of(written)
        if len(words) != 1 or not _is_worth_suggesting(words[0]):
            continue
        word = words[0]
        found[word] = {
            "word": word,
            "written": written[: 2 * MOST_LETTERS],
            "head": word[:2],
            "tail": word[-2:],
            "length": len(word),
        }
    return found


def _is_worth_suggesting(word: str) -> bool:
    return (
        FEWEST_LETTERS <= len(word) <= MOST_LETTERS
        and not is_unspaced(word)
        and not any(letter.isdigit() for letter in word)
    )


def _index(articles: list[int]) -> None:
    stories = Article.objects.filter(pk__in=articles, withdrawn_at=None)
    facts = stories.values_list("published_at", "pk", "section", "live", "next")
    wanted = {
        place(published_at, revision): (pk, section, revision)
        for published_at, pk, section, *revisions in facts
        for revision in revisions
        if published_at and revision
    }
    there = dict(
        SearchEntry.objects.filter(article__in=articles).values_list("pk", "marks")
    )
    # Its text never changes, and the byline neither; a story can move to a section.
    right = {
        number
        for number, marks in there.items()
        if number in wanted and marks.split()[0] == section_mark(wanted[number][1])
    }
    if wrong := there.keys() - right:
        SearchEntry.objects.filter(pk__in=wrong).delete()
    if missing := wanted.keys() - right:
        _add({number: wanted[number] for number in missing})


def _add(entries: dict[int, tuple[int, int, int]]) -> None:
    says = Revision.objects.only("headline", "standfirst", "text", "byline").in_bulk(
        revision for _article, _section, revision in entries.values()
    )
    SearchEntry.objects.bulk_create(
        SearchEntry(
            pk=number,
            article_id=article,
            revision_id=revision,
            **columns_of(says[revision], section),
        )
        for number, (article, section, revision) in entries.items()
    )
    words: dict[str, dict[str, object]] = {}
    for revision in says.values():
        words |= words_to_suggest(revision)
    # In one order, so that two acts at once wait for each other and do not lock up.
    SearchWord.objects.bulk_create(
        (SearchWord(**words[word]) for word in sorted(words)), ignore_conflicts=True
    )
