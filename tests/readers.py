"""People who read, rate and comment: each with a browser and a network of their own."""

from itertools import count

from django.test import Client
from django.urls import reverse

_networks = count(1)
ORIGIN = "http://testserver"


class Reader(Client):
    """A browser on our own pages: it sends ``Origin``, keeps cookies, has no token."""

    def __init__(self, *, address="", browser=""):
        number = next(_networks)
        super().__init__(
            enforce_csrf_checks=True,
            headers={"Origin": ORIGIN, "User-Agent": browser or f"Browser {number}"},
            REMOTE_ADDR=address or f"10.{number // 250}.{number % 250}.7",
        )

    def rate(self, article, score, **more):
        url = reverse("ratings:vote", args=[article.pk])
        return self.post(url, {"score": score}, **more)

    def comment(self, article, text="Well said.", **fields):
        """Post a comment; a field given as None is not sent."""
        typed = {"comment": text, "name": "Hettie P.", "email": "hettie@example.org"}
        typed = {
            name: value for name, value in (typed | fields).items() if value is not None
        }
        return self.post(reverse("comments:thread", args=[article.pk]), typed)
