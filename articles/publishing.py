"""What the desk does to a story: each act is one transaction, locked and written down.

All of them first settle a scheduled change that is due, and last move the numbers
that make cached pages out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from articles import body, old_addresses, page_versions, search, versions, websub
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Image,
    Recording,
    Reference,
    RelatedLink,
    Revision,
    StoryContent,
)
from newsroom.models import Event, Publication, move_site_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newsroom.models import User

CONTENT = [field.attname for field in StoryContent._meta.fields]


class PublishingRefused(Exception):
    """The story cannot be published as it is; ``reasons`` are sentences for the desk."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@transaction.atomic
def save_working_copy(
    article: Article, *, editor: User | None, note: str = ""
) -> Revision:
    """Write the working copy down as a revision, if it says anything new; return it.

    Call it when the article's row, its byline and its related links are saved. The
    body is cleaned here, whatever it came through.
    """
    cleaned = body.clean(article.body)
    if cleaned != article.body:
        article.body = cleaned
        article.save(update_fields=["body"])
    search.index(article)  # its section is no part of a revision
    newest = article.revisions.order_by("-number").first()
    says = snapshot(article, article.bylines.all(), article.related_links.all())
    changed = [
        name.removesuffix("_id")
        for name, value in says.items()
        if newest and getattr(newest, name) != value
    ]
    if newest and not changed:
        return newest
    revision = Revision.objects.create(
        article=article,
        number=newest.number + 1 if newest else 1,
        editor=editor,
        note=note,
        text=body.text_of(article.body),
        changed=changed,
        **says,
    )
    _index_references(revision)
    Event.objects.record(
        editor,
        "save",
        article,
        reason=note,
        after={"revision": revision.number, "changed": changed},
    )
    article.__dict__.pop("newest_revision", None)
    return revision


def snapshot(
    article: Article, bylines: Iterable[Byline], related_links: Iterable[RelatedLink]
) -> dict[str, object]:
    """Return what a revision holds of a story with these lines, in this order."""
    byline = [
        {"role": line.role, "author": line.author_id}
        if line.author_id
        else {"role": line.role, "guest": line.guest}
        for line in bylines
    ]
    related = [
        {"article": link.target_id}
        if link.target_id
        else {"url": link.url, "title": link.title}
        for link in related_links
    ]
    content = {name: getattr(article, name) for name in CONTENT}
    return content | {"byline": byline, "related": related}


def _index_references(revision: Revision) -> None:
    # An id that names nothing is left out here, and out of the page.
    named = body.references_of(revision.body)
    authors = [line["author"] for line in revision.byline if "author" in line]
    things = {
        "image": Image.objects.filter(pk__in=named.images),
        "article": Article.objects.filter(pk__in=named.articles),
        "author": Author.objects.filter(pk__in=authors),
        "recording": Recording.objects.filter(pk__in=named.recordings),
    }
    Reference.objects.bulk_create(
        Reference(revision=revision, **{f"{kind}_id": pk})
        for kind, found in things.items()
        for pk in found.values_list("pk", flat=True)
    )


@transaction.atomic
def publish(
    article: Article,
    *,
    editor: User | None,
    note_to_readers: Correction | None = None,
    withhold_because: str = "",
) -> Article:
    """Show readers the newest revision from now on; return the article as it is now.

    ``note_to_readers`` (unsaved) makes a change to a published story a substantive
    one: it is dated on the page, and so is the story. ``withhold_because`` (a reason
    for readers) keeps what the story said until now from them. Raise
    ``PublishingRefused``.
    """
    now = timezone.now()
    article = _locked(article)
    _keep_embargo(article, until=now)
    revision = _publishable_revision(article)
    before = _facts(article)
    versions.forget_unseen(article, at=now)
    if article.was_seen(now):
        act = "publish again" if article.withdrawn_at else "publish changes"
        article.live, article.next, article.next_at = revision, None, None
        since = now
    else:
        act = "publish"
        since = _first_publication(article, revision, at=now)
    article.withdrawn_at, article.withdrawal_reason = None, ""
    article.stage = Article.Stage.READY
    if article.expires_at and article.expires_at <= now:
        article.expires_at = None
    if note_to_readers:
        article.updated_at = now
        _date(note_to_readers, article, at=now, editor=editor)
    versions.write_down(
        article,
        revision,
        at=since,
        note=note_to_readers,
        withhold_because=withhold_because,
    )
    websub.announce(article)
    return _finish(
        article,
        act,
        editor=editor,
        before=before,
        told=_told(note_to_readers, withhold_because),
    )


@transaction.atomic
def publish_as_of(article: Article, *, editor: User | None, at: datetime) -> Article:
    """Show readers the newest revision, dated ``at``: an import's act, and the demo's.

    ``at`` (aware) is when a story that no reader of this site has seen first stood
    elsewhere. Raise ``PublishingRefused``, also for a time to come.
    """
    if at > timezone.now():
        raise PublishingRefused([_("That time is still to come. Schedule the story.")])
    article = _locked(article)
    if article.published_at:
        raise PublishingRefused([_("This story has its date of publication.")])
    revision = _publishable_revision(article)
    before = _facts(article)
    since = _first_publication(article, revision, at=at)
    versions.write_down(article, revision, at=since)
    return _finish(article, "import", editor=editor, before=before)


@transaction.atomic
def schedule(
    article: Article,
    *,
    editor: User | None,
    at: datetime,
    note_to_readers: Correction | None = None,
    withhold_because: str = "",
) -> Article:
    """Show readers the newest revision from ``at`` (aware, a whole minute) on.

    A story that readers have seen keeps its live revision until then, and what they
    are told of the change waits with it (see ``publish``). Raise
    ``PublishingRefused``, also for a time that has passed.
    """
    now = timezone.now()
    if at <= now:
        raise PublishingRefused([_("That time has passed. Choose a later one.")])
    article = _locked(article)
    _keep_embargo(article, until=at)
    revision = _publishable_revision(article)
    before = _facts(article)
    versions.forget_unseen(article, at=now)
    if article.is_live(now):
        if revision == article.live:
            raise PublishingRefused(
                [_("Readers have this already. Save a change to schedule it.")]
            )
        since = _whole_minute(at)
        article.next, article.next_at = revision, since
    elif article.was_seen(now):
        raise PublishingRefused(
            [_("Readers have seen this story, and it is withdrawn. Publish it first.")]
        )
    else:
        since = _first_publication(article, revision, at=at)
    if note_to_readers:
        _date(note_to_readers, article, at=since, editor=editor)
    versions.write_down(
        article,
        revision,
        at=since,
        note=note_to_readers,
        withhold_because=withhold_because,
    )
    websub.announce(article, at=since)
    return _finish(
        article,
        "schedule",
        editor=editor,
        before=before,
        told=_told(note_to_readers, withhold_because),
    )


@transaction.atomic
def embargo(article: Article, *, editor: User | None) -> Article:
    """Hold a story that is to come to its time: it is not moved earlier by a slip.

    Raise ``PublishingRefused`` if no time is set, or readers have it.
    """
    article = _locked(article)
    if not article.published_at or article.was_seen():
        raise PublishingRefused(
            [_("An embargo needs a time to come: say when the story is published.")]
        )
    before = _facts(article)
    article.embargoed = True
    return _finish(article, "embargo", editor=editor, before=before)


@transaction.atomic
def lift_embargo(article: Article, *, editor: User | None) -> Article:
    """Let the story be published earlier, or taken off the schedule."""
    article = _locked(article)
    before = _facts(article)
    article.embargoed = False
    return _finish(article, "lift embargo", editor=editor, before=before)


@transaction.atomic
def unschedule(article: Article, *, editor: User | None) -> Article:
    """Take back what was to come: a change, or the first publication.

    A story that no reader has seen is a draft again. Raise ``PublishingRefused`` if
    it is under embargo, or nothing is to come.
    """
    article = _locked(article)
    before = _facts(article)
    if article.next:
        article.next, article.next_at = None, None
    elif article.published_at and not article.was_seen():
        _keep_embargo(article, until=None)
        article.live, article.published_at, article.day = None, None, None
        article.withdrawn_at, article.withdrawal_reason = None, ""
        article.stage = Article.Stage.IN_REVIEW
    else:
        raise PublishingRefused([_("Nothing is scheduled for this story.")])
    versions.forget_unseen(article, at=timezone.now())
    return _finish(article, "unschedule", editor=editor, before=before)


@transaction.atomic
def expire(article: Article, *, editor: User | None, at: datetime | None) -> Article:
    """Take the story from readers at ``at`` (aware, a whole minute); none: never.

    Raise ``PublishingRefused`` for a time that has passed, or that comes before the
    story is published.
    """
    article = _locked(article)
    at = _whole_minute(at) if at else None
    if at == article.expires_at:
        return article
    too_early = filter(None, (timezone.now(), article.published_at))
    if at and at <= max(too_early):
        raise PublishingRefused(
            [_("A story expires after it is published, and not in the past.")]
        )
    before = _facts(article)
    article.expires_at = at
    return _finish(article, "expire", editor=editor, before=before)


@transaction.atomic
def withdraw(article: Article, *, editor: User | None, reason: str = "") -> Article:
    """Take the story from readers: 410 if they have seen it, with the public reason.

    One that readers do not have, and are not to get, stays as it is.
    """
    article = _locked(article)
    if not article.published_at or article.withdrawn_at:
        return article
    before = _facts(article)
    article.next, article.next_at = None, None
    article.withdrawn_at = timezone.now()
    article.withdrawal_reason = reason
    versions.forget_unseen(article, at=article.withdrawn_at)
    return _finish(article, "withdraw", editor=editor, before=before, reason=reason)


@transaction.atomic
def restore(revision: Revision, *, editor: User | None) -> Revision:
    """Make the working copy say again what ``revision`` said; return the new revision.

    Readers keep what they have until it is published. A person, story or image that
    is gone since is left out.
    """
    article = _locked(revision.article)
    for name in CONTENT:
        setattr(article, name, getattr(revision, name))
    article.save()
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(
            article=article,
            position=position,
            role=line["role"],
            author_id=line.get("author"),
            guest=line.get("guest", ""),
        )
        for position, line in enumerate(revision.byline)
    )
    article.related_links.all().delete()
    targets = [link["article"] for link in revision.related if "article" in link]
    existing = set(Article.objects.filter(pk__in=targets).values_list("pk", flat=True))
    RelatedLink.objects.bulk_create(
        RelatedLink(
            article=article,
            position=position,
            target_id=link.get("article"),
            url=link.get("url", ""),
            title=link.get("title", ""),
        )
        for position, link in enumerate(revision.related)
        if "url" in link or link["article"] in existing
    )
    note = _("Restored from revision %(number)d") % {"number": revision.number}
    restored = save_working_copy(article, editor=editor, note=note)
    Event.objects.record(editor, "restore", article, reason=note)
    return restored


@transaction.atomic
def change_slug(article: Article, *, editor: User | None, old_path: str) -> None:
    """Keep ``old_path`` leading to a story that readers know by it, and log it."""
    old_addresses.keep(article, old_path)
    Event.objects.record(
        editor,
        "change address",
        article,
        before={"path": old_path},
        after={"path": article.get_absolute_url()},
    )


def reasons_against(article: Article) -> list[str]:
    """Return what stands against publishing the working copy, as sentences."""
    reasons = []
    named = body.references_of(article.body)
    ids = named.images
    if article.lead_image_id:
        ids.insert(0, article.lead_image_id)
    found = Image.objects.in_bulk(ids)
    for number in dict.fromkeys(ids):
        if number not in found:
            reasons.append(
                _("Image %(id)d is not in the library: take it out of the body.")
                % {"id": number}
            )
        elif lacks := found[number].lacks:
            reasons.append(
                _("Image %(id)d (%(name)s) needs %(lacks)s.")
                % {
                    "id": number,
                    "name": found[number],
                    "lacks": _(" and ").join(map(str, lacks)),
                }
            )
    reasons += _reasons_of_recordings(named.recordings)
    if article.is_sponsored and not article.sponsor:
        reasons.append(
            _("A sponsored story names its sponsor: fill in who pays for it.")
        )
    if not article.body.strip():
        reasons.append(_("The story has no body yet."))
    return reasons


def _reasons_of_recordings(ids: list[int]) -> list[str]:
    found = Recording.objects.select_related("poster").in_bulk(ids) if ids else {}
    reasons = [
        _("Recording %(id)d is not in the library: take it out of the body.")
        % {"id": number}
        for number in ids
        if number not in found
    ]
    for recording in filter(None, map(found.get, ids)):
        lacks = recording.lacks
        if recording.poster and not recording.poster.credit:
            lacks.append(_("a credit of its poster"))
        if lacks:
            said = {"name": recording, "lacks": _(" and ").join(map(str, lacks))}
            reasons.append(_("The recording “%(name)s” needs %(lacks)s.") % said)
    return reasons


def _locked(article: Article) -> Article:
    # A fresh row, under a lock: what the caller holds may be a minute old. It leaves the
    # key free, for what refers to the story: a vote waits with the page's number in hand.
    article = (
        Article.objects.select_for_update(of=("self",), no_key=True)
        .select_related("live", "next")
        .get(pk=article.pk)
    )
    if article.next_at and article.next_at <= timezone.now():
        told = article.corrections.filter(version__shown_from=article.next_at)
        if told.exists():
            article.updated_at = article.next_at
        article.live, article.next, article.next_at = article.next, None, None
    return article


def _keep_embargo(article: Article, *, until: datetime | None) -> None:
    """Raise ``PublishingRefused`` if an embargo forbids readers to have it ``until``."""
    held = (
        article.published_at if article.embargoed and not article.was_seen() else None
    )
    if held and (until is None or until < held):
        raise PublishingRefused(
            [
                _("Embargoed until %(time)s (%(zone)s). Lift the embargo first.")
                % {
                    "time": date_format(timezone.localtime(held), "DATETIME_FORMAT"),
                    "zone": timezone.get_current_timezone_name(),
                }
            ]
        )


def _publishable_revision(article: Article) -> Revision:
    if reasons := reasons_against(article):
        raise PublishingRefused(reasons)
    return article.newest_revision or save_working_copy(article, editor=None)


def _first_publication(
    article: Article, revision: Revision, *, at: datetime
) -> datetime:
    article.live = revision
    article.withdrawn_at, article.withdrawal_reason = None, ""
    article.stage = Article.Stage.READY
    article.published_at = since = _whole_minute(at)
    if article.expires_at and article.expires_at <= since:
        raise PublishingRefused(
            [_("The story expires before it is published. Choose a later end.")]
        )
    article.day = timezone.localdate(since, Publication.objects.current().zone)
    article.slug = _free_slug(article)
    try:
        with transaction.atomic():
            row = Article.objects.filter(pk=article.pk)
            row.update(day=article.day, slug=article.slug)
    except IntegrityError as error:
        raise PublishingRefused(
            [_("Another story took this address just now. Publish once more.")]
        ) from error
    return since


def _free_slug(article: Article) -> str:
    chosen = article.slug
    slug = chosen or slugify(article.headline, allow_unicode=True)[:80].strip("-_")
    slug = slug or f"story-{article.pk}"
    if is_free(article, slug):
        return slug
    if chosen:
        raise PublishingRefused(
            [
                _(
                    "Another story of %(day)s has, or had, the slug “%(slug)s”. Choose "
                    "another one."
                )
                % {"day": article.day, "slug": slug}
            ]
        )
    return f"{slug}-{article.pk}"


def is_free(article: Article, slug: str) -> bool:
    """Tell whether no other story of ``article``'s day has, or had, ``slug``."""
    others = Article.objects.exclude(pk=article.pk)
    article.slug, before = slug, article.slug
    path = article.get_absolute_url()
    article.slug = before
    return not (
        others.filter(day=article.day, slug=slug).exists()
        or old_addresses.is_taken(path, by_other_than=article)
    )


def _date(
    note: Correction, article: Article, *, at: datetime, editor: User | None
) -> None:
    note.article, note.editor, note.published_at = article, editor, at
    note.save()


def _told(note: Correction | None, withhold_because: str) -> dict[str, object]:
    """Return what readers are told of a change, for the record."""
    told: dict[str, object] = {"told": note.kind if note else None}
    return told | ({"withheld": withhold_because} if withhold_because else {})


def _whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _facts(article: Article) -> dict[str, object]:
    times = ("published_at", "next_at", "expires_at", "withdrawn_at")
    facts = {name: getattr(article, name) for name in times}
    return {name: at.isoformat() if at else None for name, at in facts.items()} | {
        "live": article.live.number if article.live else None,
        "next": article.next.number if article.next else None,
        "embargoed": article.embargoed,
    }


def _finish(
    article: Article,
    act: str,
    *,
    editor: User | None,
    before: dict[str, object],
    reason: str = "",
    told: dict[str, object] | None = None,
) -> Article:
    article.save()
    after = _facts(article) | (told or {})
    Event.objects.record(
        editor, act, article, reason=reason, before=before, after=after
    )
    search.index(article)
    # A story stands on lists and in other stories' links, so all pages are affected.
    page_versions.move(article)
    move_site_version()
    return article
