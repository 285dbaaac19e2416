"""Which stories, revisions and images; ``live`` is the only door to what readers see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date, datetime

    from articles.models import (
        Article,
        Author,
        Banner,
        Correction,
        Image,
        PublishedVersion,
        Revision,
    )


SOON = timedelta(days=30)  # before the end of a licence, the desk is told of it

# Rows of other apps, one to a story, that its page always shows; each app names its own
# when it is ready.
COMPANIONS: list[str] = []


class JSONList(Func):
    """All rows of a subquery as one JSON value."""

    function = "JSON_GROUP_ARRAY"
    output_field = models.JSONField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG")


class ArticleQuerySet(models.QuerySet["Article"]):
    def live(self, at: datetime | None = None) -> Self:
        """Return the articles readers may see at ``at`` (aware; now if omitted)."""
        at = at or timezone.now()
        unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
        return self.filter(unexpired, withdrawn_at=None, published_at__lte=at)

    def newest_first(self) -> Self:
        """Order by first publication; the number decides within one minute."""
        return self.order_by("-published_at", "-pk")

    def with_shown_id(self, at: datetime) -> Self:
        """Annotate ``shown_id``: in the database what ``Article.shown(at)`` returns."""
        changed = When(next_at__lte=at, then=F("next_id"))
        return self.annotate(shown_id=Case(changed, default=F("live_id")))

    def with_changed(self, at: datetime) -> Self:
        """Annotate ``was_changed``: whether readers had more than one version."""
        second = Q(versions__number=2, versions__shown_from__lte=at)
        changed = self.model.objects.filter(second, pk=OuterRef("pk"))
        return self.annotate(was_changed=Exists(changed))

    def with_companions(self) -> Self:
        """Fetch the rows of other apps with each article."""
        return self.select_related(*COMPANIONS)

    def for_page(self, at: datetime) -> Self:
        """Fetch what the page of one story shows at ``at``, but for its working copy.

        Annotate ``was_changed``, ``has_notes`` and ``tags_shown``.
        """
        notes = Q(corrections__withdrawn_at=None, corrections__published_at__lte=at)
        noted = self.model.objects.filter(notes, pk=OuterRef("pk"))
        tags: Any = self.model._meta.get_field("tags").related_model
        names = JSONObject(pk="pk", name="name", slug="slug")
        shown = tags.objects.filter(articles=OuterRef("pk")).order_by()
        return (
            self.select_related("section", "live", "next")
            .with_companions()
            .defer("body")
            .with_changed(at)
            .annotate(
                has_notes=Exists(noted),
                tags_shown=Subquery(shown.values(all=JSONList(names))),
            )
        )

    def with_retracted(self, at: datetime) -> Self:
        """Annotate ``is_retracted``: whether readers are told so at ``at``."""
        told = Q(
            corrections__kind="retraction",
            corrections__withdrawn_at=None,
            corrections__published_at__lte=at,
        )
        retracted = self.model.objects.filter(told, pk=OuterRef("pk"))
        return self.annotate(is_retracted=Exists(retracted))

    def for_links(self) -> Self:
        """Fetch what a link shows: the address and the headlines; nothing else."""
        return self.select_related("live", "next").only(
            "day", "slug", "next_at", "language", "live__headline", "next__headline"
        )

    def for_cards(self, at: datetime) -> Self:
        """Fetch what a card shows at ``at``: section, label, headline, standfirst.

        Anything else raises ``FieldFetchBlocked``; it would cost a query a card. Cards
        get their pictures in ``articles.cards``.
        """
        return (
            self.select_related("section", "live__lead_image", "next__lead_image")
            .defer("body", "live__body", "live__text", "next__body", "next__text")
            .with_retracted(at)
            .fetch_mode(models.FETCH_RAISE)
        )

    def by(self, author: Author, at: datetime | None = None) -> Self:
        """Return the articles whose revision shown at ``at`` names ``author``."""
        named = author.references.filter(revision=OuterRef("shown_id"))
        # Begins with those that ever named the author, and not with all there are.
        ever = author.references.values("revision__article")
        articles = self.with_shown_id(at or timezone.now()).filter(pk__in=ever)
        return articles.filter(Exists(named))


class RevisionQuerySet(models.QuerySet["Revision"]):
    def naming(self, image: Image) -> Self:
        """Return the revisions that show ``image``, over the story or in its body."""
        shown = Q(lead_image=image) | Q(references__image=image)
        return self.filter(shown).distinct()

    def in_use(self) -> Self:
        """Return each story's newest revision, the live one and the one to come."""
        newest = (
            self.model.objects.filter(article=OuterRef("article"))
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(
            Q(pk=F("article__live")) | Q(pk=F("article__next")) | Q(pk=Subquery(newest))
        )

    def released(self, at: datetime) -> Self:
        """Return the revisions that readers get at ``at`` (aware), or will get."""
        unexpired = Q(article__expires_at=None) | Q(article__expires_at__gt=at)
        chosen = Q(pk=F("article__live")) | Q(pk=F("article__next"))
        return self.filter(chosen, unexpired, article__withdrawn_at=None)

    def update(self, **kwargs: object) -> int:
        raise TypeError("A revision is never changed: save a new one.")

    def overwrite(self, **fields: object) -> int:
        """Change revisions after all: for a redaction by two editors, and nothing else."""
        return super().update(**fields)


class PublishedVersionQuerySet(models.QuerySet["PublishedVersion"]):
    def seen(self, at: datetime) -> Self:
        """Return the versions whose time has come; the story itself may be gone."""
        return self.filter(shown_from__lte=at)

    def for_list(self, at: datetime) -> Self:
        """Return those seen with their notes, newest first, and no words of theirs.

        Annotate ``is_comparable`` and ``is_withheld``.
        """
        compared = When(_is_open("previous", at), previous__isnull=False, then=True)
        withheld = When(withheld_at__lte=at, then=True)
        return (
            self.seen(at)
            .select_related("note")
            .annotate(
                is_comparable=Case(compared, default=False),
                is_withheld=Case(withheld, default=False),
            )
            .order_by("-number")
        )


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self, at: datetime) -> Self:
        """Return the notes that readers of their stories get at ``at``."""
        return self.filter(withdrawn_at=None, published_at__lte=at)

    def with_comparison(self, at: datetime) -> Self:
        """Annotate ``compared``: the number of the version that shows what changed.

        None if there is no such version, or the one before it is withheld.
        """
        told = When(
            _is_open("version__previous", at),
            version__previous__isnull=False,
            then=F("version__number"),
        )
        return self.annotate(compared=Case(told))


def _is_open(version: str, at: datetime) -> Q:
    withheld = f"{version}__withheld_at"
    return Q((withheld, None)) | Q((f"{withheld}__gt", at))


class ImageQuerySet(models.QuerySet["Image"]):
    def licensed(self, at: datetime | None = None) -> Self:
        """Return the images that pages may show at ``at`` (aware; now if omitted).

        A licence ends with its last day in the current time zone, which is the
        publication's in every request.
        """
        return self.licensed_on(timezone.localdate(at))

    def licensed_on(self, day: date) -> Self:
        """Return the images that pages may show on ``day``."""
        return self.filter(Q(licence_expires_on=None) | Q(licence_expires_on__gte=day))

    def licence_ending(self, within: timedelta, at: datetime | None = None) -> Self:
        """Return the licensed images whose licence ends ``within`` from ``at`` on."""
        at = at or timezone.now()
        days = timezone.localdate(at), timezone.localdate(at + within)
        return self.filter(licence_expires_on__range=days)

    def licence_ended(self, at: datetime | None = None) -> Self:
        """Return the images that pages no longer show."""
        return self.filter(licence_expires_on__lt=timezone.localdate(at))


class BannerQuerySet(models.QuerySet["Banner"]):
    def shown(self, at: datetime) -> Self:
        """Return the banners whose time it is, and whose story is live, newest first."""
        article: Any = self.model._meta.get_field("article").related_model
        # A look at one story: “in” would make a list of all that are live.
        is_live = Exists(article.objects.live(at).filter(pk=OuterRef("article")))
        led = Q(article=None) | is_live
        return self.filter(led, start__lte=at, until__gt=at).order_by("-start", "-pk")

    def as_column(self, at: datetime) -> Subquery:
        """Return the one to show as one JSON value, to come along in another query."""
        rows = self.shown(at).values(json=self._json())
        return Subquery(rows[:1], output_field=models.JSONField())

    def as_row(self) -> dict[str, str] | None:
        """Return the first one as ``as_column`` would: None if there is none."""
        return self.values_list(self._json(), flat=True).first()

    def _json(self) -> JSONObject:
        return JSONObject(
            kind="kind",
            text="text",
            url="url",
            day=Cast("article__day", models.CharField()),
            slug="article__slug",
        )
