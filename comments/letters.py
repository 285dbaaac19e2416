"""Letters about comments: who gets which, worked out by the worker after the act.

What counts is what is true then. Each goes out once, whatever is decided again.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import screening
from comments.models import Appeal, Comment, Correspondent, ModeratorMail
from comments.rules import rules_of
from newsroom import mail
from newsroom.models import Publication, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.models import Article
    from comments.models import IllegalNotice
    from comments.rules import Rules

State = Comment.State
BACKEND = "django.contrib.auth.backends.ModelBackend"
DECISION_SALT = "comments.decision-by-mail"
NEWS = timedelta(days=14)  # what is older is not told to who confirms an address
DECISIONS = {
    "approve": State.APPROVED,
    "spam": State.SPAM,
    "remove": State.REMOVED,
}


def tell_of_post(comment: Comment) -> list[ModeratorMail]:
    """Tell of a comment as it came out of screening; return as ``tell_moderators``."""
    article = comment.thread.article
    rules = rules_of(article)
    if comment.wants_mail:
        ask_to_confirm(comment.email)
    if comment.is_approved:
        _tell_authors(comment, article, rules)
        _tell_the_answered(comment, article)
    elif comment.state == State.PENDING and rules.mail_held:
        # Held once by screening and once by readers: two mails.
        return tell_moderators(comment, "reported" if comment.open_reports else "held")
    return []


def tell_of_decision(comment: Comment) -> None:
    """Tell of what a moderator decided: the writer, and of what is published others."""
    article = comment.thread.article
    if comment.is_approved:
        if article.is_live():
            tell_writer(comment, "approved")
        _tell_authors(comment, article, rules_of(article))
        _tell_the_answered(comment, article)
    elif comment.state in {State.REMOVED, State.SPAM}:
        tell_writer(comment, "refused")


def tell_writer(comment: Comment, what: str) -> None:
    """Tell who wrote ``comment`` that it is “approved” or “refused”, if they asked."""
    if not comment.wants_mail:
        return
    # An appeal is decided once, and that is news whatever was told before.
    appeal = Appeal.objects.filter(comment=comment).first()
    appealed = " after appeal" if appeal and appeal.decided_at else ""
    subjects = {
        "approved": _("Your comment is published"),
        "refused": _("Your comment was not published"),
    }
    status = reverse("comments:status", args=[comment.status_key])
    _to_reader(
        comment.email,
        f"{what} {comment.pk}{appealed}",
        subjects[what],
        f"comments/mail/{what}.txt",
        comment,
        {
            "reasons": _reasons(comment),
            "status": absolute(status),
            "is_final": bool(appeal and appeal.upheld is False),
        },
    )


def tell_moderators(comment: Comment, why: str) -> list[ModeratorMail]:
    """Tell moderators as they chose; ``why`` is held, appeal or notice.

    Return the wishes for a digest that is due now at their ``due_at``.
    """
    moderators = User.objects.with_perm("comments.moderate_thread", backend=BACKEND)
    wishes = ModeratorMail.objects.filter(
        user__in=moderators.filter(is_active=True, is_staff=True)
    ).exclude(user__email="")
    awaited: list[ModeratorMail] = []
    for wish in wishes.select_related("user"):
        if wish.when == ModeratorMail.When.AT_ONCE:
            _ask_moderator(wish.user, comment, why)
        elif wish.when == ModeratorMail.When.DIGEST:
            awaited += _await_digest(wish)
    told = {wish.user_id for wish in wishes}
    if why == "held":
        for user in _authors_of(comment.thread.article):
            if user.pk not in told:
                _ask_moderator(user, comment, why)
    return awaited


@transaction.atomic
def send_digest(wish: ModeratorMail) -> None:
    """Send what waits for a moderator, if anything does still."""
    due_at, wish.due_at = wish.due_at, None
    wish.save(update_fields=["due_at"])
    waiting = Comment.objects.pending().select_related("thread__article")
    number = waiting.count()
    may = wish.user.is_active and wish.user.has_perm("comments.moderate_thread")
    if not (number and may and wish.when == ModeratorMail.When.DIGEST and due_at):
        return
    mail.send(
        f"digest {timezone.now().isoformat()}",
        wish.user.email,
        subject=_("[%(site)s] %(number)d comments wait for a moderator")
        % {"site": Publication.objects.current().name, "number": number},
        template="comments/mail/digest.txt",
        context={
            "comments": waiting[:20],
            "number": number,
            "queue": absolute(reverse("admin:comments_comment_queue")),
        },
    )


def ask_to_confirm(email: str) -> None:
    """Ask whether an address wants mail, once a day at most, until it says so."""
    correspondent, _new = Correspondent.objects.get_or_create(email=email)
    if correspondent.takes_mail:
        return
    mail.send(
        f"confirm {timezone.now().date()}",
        email,
        subject=_("Do you want mail about your comments?"),
        template="comments/mail/confirm.txt",
        context={"address": absolute(_mail_page(correspondent))},
    )


def catch_up(correspondent: Correspondent) -> None:
    """Send to an address that has just confirmed what happened meanwhile."""
    since = timezone.now() - NEWS
    theirs = Comment.objects.filter(email=correspondent.email, wants_mail=True)
    theirs = theirs.select_related("thread__article__live", "parent")
    for comment in theirs.filter(decided_at__gt=since)[:50]:
        tell_of_decision(comment)
    replies = Comment.objects.filter(parent__in=theirs, state=State.APPROVED)
    replies = replies.select_related("thread__article__live", "parent")
    for reply in replies.filter(created_at__gt=since)[:50]:
        _tell_the_answered(reply, reply.thread.article)


def tell_of_notice(notice: IllegalNotice) -> None:
    """Tell who gave a notice what was decided."""
    address = reverse("comments:notice", args=[notice.reference])
    mail.send(
        f"notice {notice.pk}",
        notice.email,
        subject=_("Your notice of illegal content was decided"),
        template="comments/mail/notice.txt",
        context={"notice": notice, "address": absolute(address)},
    )


# --- Single mails ---


def _tell_the_answered(comment: Comment, article: Article) -> None:
    parent = comment.parent
    if parent is None or not parent.wants_mail:
        return
    if parent.email == comment.email or parent.reader_hash == comment.reader_hash:
        return  # an answer to oneself
    if not (parent.is_approved and article.is_live()):
        return
    subject = _("%(name)s answered your comment") % {"name": comment.name}
    _to_reader(
        parent.email,
        f"reply {comment.pk}",
        subject,
        "comments/mail/reply.txt",
        comment,
        {"address": absolute(comment.get_absolute_url())},
    )


def _to_reader(
    email: str,
    event: str,
    subject: str,
    template: str,
    comment: Comment,
    more: dict[str, Any],
) -> None:
    correspondent = Correspondent.objects.filter(email=email).first()
    if not (correspondent and correspondent.takes_mail):
        return
    stop = reverse("comments:mail-stop", args=[correspondent.key])
    mail.send(
        event,
        email,
        subject=subject,
        template=template,
        context={
            "comment": comment,
            "article": comment.thread.article,
            "mail_page": absolute(_mail_page(correspondent)),
            **more,
        },
        unsubscribe=absolute(stop),
        thread=f"story-{comment.thread_id}",
    )


def _tell_authors(comment: Comment, article: Article, rules: Rules) -> None:
    if not rules.mail_author:
        return
    for user in _authors_of(article):
        if user.pk == comment.staff_id or user.email.lower() == comment.email:
            continue
        mail.send(
            f"comment {comment.pk}",
            user.email,
            subject=_("[%(site)s] Comment: “%(headline)s”") % _names(article),
            template="comments/mail/comment.txt",
            context={
                "comment": comment,
                "article": article,
                "address": absolute(comment.get_absolute_url()),
            },
            thread=f"story-{article.pk}",
        )


def _ask_moderator(user: User, comment: Comment, why: str) -> None:
    may_moderate = user.has_perm("comments.moderate_thread")
    links = {act: absolute(decision_address(comment, user, act)) for act in DECISIONS}
    mail.send(
        # Once a day: what is held again is told again, however often it is changed.
        f"{why} {comment.pk} {timezone.now().date()}",
        user.email,
        subject=_("[%(site)s] Please moderate: “%(headline)s”")
        % _names(comment.thread.article),
        template="comments/mail/moderate.txt",
        context={
            "why": why,
            "comment": comment,
            "article": comment.thread.article,
            "reasons": [screening.in_words(one) for one in comment.verdicts],
            "may_moderate": may_moderate,
            "links": links,
            "number": Comment.objects.pending().count(),
            "queue": absolute(reverse("admin:comments_comment_queue")),
        },
        thread=f"story-{comment.thread_id}",
    )


def _await_digest(wish: ModeratorMail) -> list[ModeratorMail]:
    zone = Publication.objects.current().zone
    now = timezone.now().astimezone(zone)
    if wish.due_at and wish.due_at > now:
        return []
    due_at = datetime.combine(now.date(), time(wish.hour), zone)
    if due_at <= now:
        due_at = datetime.combine(now.date() + timedelta(days=1), time(wish.hour), zone)
    wish.due_at = due_at
    wish.save(update_fields=["due_at"])
    return [wish]


def decision_address(comment: Comment, user: User, act: str) -> str:
    """Return the path at which ``user`` may do ``act`` to ``comment``, for 14 days."""
    token = signing.dumps([comment.pk, user.pk, act], salt=DECISION_SALT)
    return reverse("comments:decide", args=[token])


def _authors_of(article: Article) -> Iterable[User]:
    revision = article.shown()
    byline = revision.byline if revision else []
    ids = [line["author"] for line in byline if line.get("author")]
    users = User.objects.filter(author__in=ids, is_active=True)
    return users.exclude(email="")


def _names(article: Article) -> dict[str, str]:
    revision = article.shown()
    headline = revision.headline if revision else article.headline
    return {"site": Publication.objects.current().name, "headline": headline}


def _reasons(comment: Comment) -> list[str]:
    said = [str(comment.get_fault_display())] if comment.fault else []
    more = filter(None, [comment.statement, comment.word])
    return [*said, *screening.told(comment), *more]


def _mail_page(correspondent: Correspondent) -> str:
    return reverse("comments:mail", args=[correspondent.key])


def absolute(path: str) -> str:
    """Return ``path`` with the site's address before it."""
    return f"{settings.SITE_URL}{path}"
