"""Lead a reader who has acted to a page of their own, without a cookie or a script.

An accepted POST answers 303 to the story with ``?after=TOKEN``. The token says what
was done, is signed, and is good for ten minutes.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponseRedirect

from articles.models import Article

LIFETIME = timedelta(minutes=10)
_SALT = "articles.after"


@dataclass(frozen=True)
class Act:
    """What the reader of this page has just done: ``name`` to the row ``item``."""

    name: str
    item: int


def answer(
    article: Article, *, act: str, item: int, number: int, fragment: str
) -> HttpResponseRedirect:
    """Return the 303 to the story as the one who did ``act`` sees it.

    The ``number`` that the page had after the act is signed with it: a second act
    within one second has another address, so no cache between here and the reader
    can confuse the two.
    """
    token = signing.dumps([article.pk, act, item, number], salt=_SALT)
    address = f"{article.get_absolute_url()}?{urlencode({'after': token})}#{fragment}"
    return HttpResponseRedirect(address, status=303)


def read(token: str, article: Article) -> Act | None:
    """Return what ``token`` says was done to ``article``; None if it proves nothing."""
    try:
        pk, name, item, _number = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return Act(name, item) if pk == article.pk else None
