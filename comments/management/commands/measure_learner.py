"""Say how well the spam learner does on a collection of decided texts."""

from __future__ import annotations

import email
import email.policy
import random
from collections import Counter
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.html import strip_tags

from comments import learning
from comments.models import Comment
from comments.rules import Rules

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator
    from email.message import EmailMessage

SEED = 1


class Command(BaseCommand):
    """Learn and weigh in one pass: each text is weighed before it is learned."""

    help = (
        "Measure the spam learner on a folder with one mail a file (.txt), in folders "
        "with “spam” or “ham” in their names, as the SpamAssassin public corpus has "
        "them. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *, path: Path, **options: Any) -> None:
        """Print precision and recall at several scores, the shipped one marked."""
        texts = list(_texts(path))
        kinds = {kind for kind, _comment in texts}
        if kinds != {"spam", "ham"}:
            raise CommandError(
                f"{path} has no .txt files in folders of spam and of ham."
            )
        random.Random(SEED).shuffle(texts)  # noqa: S311  # an order to repeat, no secret
        scores = list(_scores(texts))
        number = Counter(kind for kind, _percent in scores)
        self.stdout.write(
            f"{len(texts)} texts; weighed: {number['spam']} spam, {number['ham']} ham."
        )
        shipped = Rules().learner_percent
        for percent in sorted({50, 80, 90, 99, shipped}):
            held = Counter(kind for kind, score in scores if score >= percent)
            precision = held["spam"] / max(1, held.total())
            recall = held["spam"] / max(1, number["spam"])
            self.stdout.write(
                f"from {percent} %: precision {precision:.4f}, recall {recall:.4f}; "
                f"good ones held: {held['ham']}"
                f"{'  (as shipped)' if percent == shipped else ''}"
            )


def _scores(texts: list[tuple[str, Comment]]) -> Iterator[tuple[str, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for kind, comment in texts:
        words = learning.tokens(comment)
        if min(counts.get(learning.TOTAL, (0, 0))) >= learning.ENOUGH:
            yield kind, learning.opinion(words, counts).percent
        for word in (learning.TOTAL, *words):
            spam, ham = counts.get(word, (0, 0))
            counts[word] = (spam + 1, ham) if kind == "spam" else (spam, ham + 1)


def _texts(path: Path) -> Iterator[tuple[str, Comment]]:
    for file in sorted(path.glob("*/*.txt")):
        folder = file.parent.name
        kind = next((one for one in ("spam", "ham") if one in folder), "")
        if kind:
            policy = email.policy.default
            mail = email.message_from_bytes(file.read_bytes(), policy=policy)
            yield kind, _as_comment(mail)


def _as_comment(mail: EmailMessage) -> Comment:
    """Return what a reader would have typed: no header but who wrote is looked at."""
    try:
        body = mail.get_body(("plain", "html"))
        written = body.get_content() if body else ""
        sender = str(mail["From"] or "")
    except (LookupError, ValueError, AttributeError, IndexError, KeyError, TypeError):
        # Spam declares encodings that are none, and senders that cannot be parsed.
        written, sender = mail.as_bytes().partition(b"\n\n")[2].decode("latin-1"), ""
    name, address = parseaddr(sender)
    source = strip_tags(str(written))[: settings.COMMENT_MAX_LENGTH]
    return Comment(name=name, email=address[:100], source=source.replace("\0", ""))
