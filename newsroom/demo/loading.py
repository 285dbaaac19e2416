"""Build the demo newspaper through the acts that the desk and the readers use."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from articles import (
    body,
    front_page,
    publishing,
    recordings,
    renditions,
    uploads,
    workflow,
)
from articles.front_page import Place
from articles.models import (
    Article,
    Author,
    Banner,
    Byline,
    Correction,
    Image,
    Page,
    Recording,
    RelatedLink,
    Section,
    Tag,
)
from comments import answering, editing, picking, recommending
from comments.models import Comment
from comments.posting import import_comments
from comments.rules import Rules
from newsroom.demo import content, newsletter
from newsroom.models import Publication, User
from ratings.models import Rating
from ratings.voting import import_votes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsroom.demo.content import Row

EDITOR = "saskia-vantongel"
TALK_OF_THE_TOWN = 30  # comments from which on the demo shows all that there is
SEED = 1987  # the year of the bridge: every load has the same votes at the same hours
HELD = {
    "check": "first",
    "state": Comment.State.PENDING,
    "reason": "No comment by this name and address is approved yet.",
}


class StoriesOfItsOwn(Exception):
    """The site has stories and none of the demo's: it is somebody's newspaper."""


def is_empty() -> bool:
    """Tell whether nobody has written a story here yet."""
    return not Article.objects.exists()


@transaction.atomic
def load() -> int:
    """Add what is missing of the demo, at once or not at all; return how many stories.

    What stands there is kept as it is, so that a second load changes nothing. Raise
    ``StoriesOfItsOwn`` for a site whose stories are all somebody's.
    """
    stories = content.stories()
    standing = Article.objects.filter(slug__in=[story["slug"] for story in stories])
    if not is_empty() and not standing.exists():
        raise StoriesOfItsOwn
    known = set(standing.values_list("slug", flat=True))
    missing = [story for story in stories if story["slug"] not in known]
    loader = _Loader()
    # Every row first: a story may point to one that is younger than itself.
    articles = [loader.add_row(story) for story in missing]
    for article, story in zip(articles, missing, strict=True):
        loader.write(article, story)
    if len(missing) == len(stories):
        loader.arrange()
        editor = loader.authors[EDITOR].user
        newsletter.add(loader.articles, editor=editor, at=loader.now)
    return len(missing)


class _Loader:
    """One load: its moment, its dice, and what it has looked up so far."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.dice = random.Random(SEED)  # noqa: S311  # repeatable on purpose
        # Its stories are in English, and say so where the site is not.
        self.language = "" if settings.LANGUAGE_CODE.startswith("en") else "en"
        publication = content.publication()
        sections, authors = publication.pop("sections"), publication.pop("authors")
        self.front, self.banner = publication.pop("front"), publication.pop("banner")
        Publication.objects.get_or_create(pk=1, defaults=publication)
        self.sections = {
            row["slug"]: Section.objects.get_or_create(
                slug=row["slug"], defaults=row | {"position": position}
            )[0]
            for position, row in enumerate(sections, start=1)
        }
        self.authors = {row["slug"]: _author(row) for row in authors}
        for row in content.pages():
            _add_page(row)
        self.images = {
            row["file"].removesuffix(".jpg"): _image(row) for row in content.photos()
        }
        self.recordings = {row["name"]: _recording(row) for row in content.recordings()}

    @cached_property
    def articles(self) -> dict[str, Article]:
        """The demo's stories by the name of their file, when all have their row."""
        found = {article.slug: article for article in Article.objects.all()}
        return {
            story["name"]: found[story["slug"]]
            for story in content.stories()
            if story["slug"] in found
        }

    def add_row(self, story: Row) -> Article:
        image = self.images.get(story["lead_image"])
        article = Article.objects.create(
            slug=story["slug"],
            headline=story["headline"],
            standfirst=story["standfirst"],
            label=story["label"],
            sponsor=story.get("sponsor", ""),
            language=story["language"] or self.language,
            section=self.sections[story["section"]],
            comments_open=story["comments_open"],
            ratings_open=story["ratings_open"],
            lead_image=image,
            lead_caption=story["lead_caption"],
        )
        article.tags.set(_tag(name) for name in story["tags"])
        return article

    def write(self, article: Article, story: Row) -> None:
        """Write and publish one story, and let readers answer it."""
        editor = self.authors[EDITOR].user
        article.body = self._body(story["body"])
        article.save()
        self._add_byline(article, story["byline"])
        self._add_related_links(article, story["related"])
        publishing.save_working_copy(article, editor=editor)
        at = self.now - timedelta(days=story["days_ago"])
        if story["status"] == "draft":
            self._hand_in(article, editor)
        if story["status"] == "scheduled":
            publishing.schedule(article, editor=editor, at=at)
        if story["status"] == "published":
            article = publishing.publish_as_of(article, editor=editor, at=at)
            self._add_corrections(article, story["corrections"])
            comments = sorted(
                self._comments(story["comments"], at),
                key=lambda comment: comment.created_at,
            )
            import_comments(article, comments)
            self._liven_up(article)
            import_votes(article, self._votes(article, story["votes"], at))

    def arrange(self) -> None:
        """Fill the front page as its editor would, and put up a banner for two days."""
        front_page.arrange(
            {
                number: Place(self.articles[name])
                for number, name in enumerate(self.front, start=1)
            },
            section=None,
            editor=self.authors[EDITOR].user,
        )
        Banner.objects.create(
            kind=self.banner["kind"],
            text=self.banner["text"],
            article=self.articles[self.banner["story"]],
            start=self.now.replace(second=0, microsecond=0),
            until=self.now.replace(second=0, microsecond=0) + timedelta(days=2),
        )

    def _hand_in(self, article: Article, editor: User | None) -> None:
        """Put a draft into its editor's hands, with a word from who wrote it."""
        article.stage, article.assignee = Article.Stage.IN_REVIEW, editor
        article.due_at = self.now + timedelta(days=1)
        article.save()
        line = article.bylines.first()
        if line and line.author and line.author.user:
            text = (
                "The number of boxes is from the archive itself; the cost is not yet."
            )
            workflow.add_note(article, writer=line.author.user, text=text)

    def _body(self, body: str) -> str:
        """Return ``body`` with ids in the places of the names of what it shows."""

        def image_id(found: re.Match[str]) -> str:
            return f'data-image="{self.images[found[1]].pk}"'

        def article_id(found: re.Match[str]) -> str:
            return f'data-read-more="{self.articles[found[1]].pk}"'

        def recording_id(found: re.Match[str]) -> str:
            return f'data-recording="{self.recordings[found[1]].pk}"'

        body = re.sub(r'data-image="([^"]+)"', image_id, body)
        body = re.sub(r'data-recording="([^"]+)"', recording_id, body)
        return re.sub(r'data-read-more="([^"]+)"', article_id, body)

    def _add_byline(self, article: Article, byline: list[Row]) -> None:
        for position, line in enumerate(byline):
            Byline.objects.create(
                article=article,
                position=position,
                role=line["role"],
                author=self.authors.get(line.get("author", "")),
                guest=line.get("guest", ""),
            )

    def _add_related_links(self, article: Article, related: list[Row]) -> None:
        for position, link in enumerate(related):
            RelatedLink.objects.create(
                article=article,
                position=position,
                target=self.articles.get(link.get("story", "")),
                url=link.get("url", ""),
                title=link.get("title", ""),
            )

    def _add_corrections(self, article: Article, corrections: list[Row]) -> None:
        for row in corrections:
            article.updated_at = self.now - timedelta(days=row["days_ago"])
            Correction.objects.create(
                article=article,
                kind=row["kind"],
                text=row["text"],
                published_at=article.updated_at,
                editor=self.authors[EDITOR].user,
            )
        article.save()

    def _comments(
        self, rows: list[Row], published_at: datetime, parent: Comment | None = None
    ) -> Iterator[Comment]:
        for row in rows:
            state = Comment.State(row.get("state", Comment.State.APPROVED))
            name = slugify(row["name"]) or "reader"
            comment = Comment(
                parent=parent,
                state=state,
                name=row["name"],
                email=f"{name}@readers.example",
                source=row["text"],
                verdicts=[HELD] if state == Comment.State.PENDING else [],
                reader_hash=self._digits(64),
                network_key=self._digits(32),
                created_at=published_at + timedelta(hours=row["hours"]),
            )
            yield comment
            yield from self._comments(row.get("replies", []), published_at, comment)

    def _liven_up(self, article: Article) -> None:
        """Let readers recommend, one take a comment back, and the desk answer and pick.

        Only where the talk is long enough for it to be noticed.
        """
        theirs = Comment.objects.filter(thread=article.pk)
        names = [line.author.name for line in article.bylines.all() if line.author]
        theirs.filter(name__in=names).update(mark=Comment.Mark.AUTHOR)
        talk = list(theirs.filter(state="approved").order_by("number"))
        if len(talk) < TALK_OF_THE_TOWN:
            return
        roots = [comment for comment in talk if not comment.depth]
        for place, comment in enumerate(roots[:12]):
            for _reader in range(self.dice.randrange(3, 30) // (place // 3 + 1)):
                recommending.recommend(comment, reader_hash=self._digits(64))
        best = max(roots[:12], key=lambda comment: len(comment.source))
        picking.pick(best, moderator=self.authors[EDITOR].user)
        editor = self.authors[EDITOR].user
        if editor and best.depth < 2:
            events = answering.answer(
                best, source="Thank you: we are asking the council.", by=editor
            )
            Comment.objects.filter(pk=events[0].object_id).update(
                created_at=min(best.created_at + timedelta(hours=1), self.now)
            )
        answered = next(one for one in roots if one.approved_replies and one != best)
        editing.withdraw(answered, rules=Rules(), late=True)

    def _votes(
        self, article: Article, counts: list[int], published_at: datetime
    ) -> Iterator[Rating]:
        for score, count in enumerate(counts, start=1):
            for _vote in range(count):
                # Most readers come on the first day, and then fewer every day.
                share = self.dice.random() ** 3
                at = published_at + (self.now - published_at) * share
                yield Rating(
                    article=article,
                    score=score,
                    voter_hash=self._digits(64),
                    network_key=self._digits(32),
                    created_at=at,
                    changed_at=at,
                )

    def _digits(self, count: int) -> str:
        return f"{self.dice.getrandbits(4 * count):0{count}x}"


def _author(row: Row) -> Author:
    first, _space, last = row["name"].partition(" ")
    user, is_new = User.objects.get_or_create(
        username=row["slug"],
        defaults={"first_name": first, "last_name": last, "is_staff": True},
    )
    if is_new:
        user.set_unusable_password()  # an administrator may give them one
        user.save()
        user.groups.add(Group.objects.get(name=row["group"]))
    fields = {name: row[name] for name in ("name", "role", "biography")}
    author, _is_new = Author.objects.get_or_create(
        slug=row["slug"], defaults=fields | {"user": user}
    )
    return author


def _recording(row: Row) -> Recording:
    known = Recording.objects.filter(original_name=row["file"]).first()
    if known:
        return known
    recording = Recording(
        **{name: row[name] for name in ("title", "description", "credit", "transcript")}
    )
    with (content.RECORDINGS / row["file"]).open("rb") as opened:
        recordings.save(recording, editor=None, file=File(opened, name=row["file"]))
    return recording


def _add_page(row: Row) -> None:
    same = Page.objects.filter(Q(slug=row["slug"]) | Q(kind=row["kind"]))
    if not same.exists():
        Page.objects.create(**row | {"body": body.clean(row["body"])})


def _image(row: Row) -> Image:
    with (content.PHOTOS / row["file"]).open("rb") as opened:
        file = File(opened, name=row["file"])
        checksum = uploads.checksum(file)
        image = Image.objects.filter(checksum=checksum).first()
        if image is None:
            image = Image(
                file=file,
                checksum=checksum,
                alt=row["alt"],
                caption=row["alt"],
                credit=row["credit"],
                licence=row["licence"],
                focal_y=row.get("focal_y", 50),
            )
            image.save()
            renditions.make(image)
    return image


def _tag(name: str) -> Tag:
    slug = slugify(name, allow_unicode=True)
    return Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0]
