"""A real mail server on loopback, for tests that read what was sent."""

from __future__ import annotations

import email
import email.policy
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from pytest_django.fixtures import Settings


class Mailbox:
    """What arrived, and whom the server refuses."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.return_paths: list[str] = []  # of each of them
        self.refused: set[str] = set()
        self.busy: set[str] = set()  # refused for now
        self.refuses_all = ""  # what it answers to every mail

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return "550 No such person"
        if address in self.busy:
            return "450 4.2.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuses_all:
            return self.refuses_all
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.return_paths.append(envelope.mail_from)
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@contextmanager
def mail_server(settings: Settings, port: int = 0) -> Iterator[Mailbox]:
    """Run a server and send the site's mail through it."""
    port = port or free_port()
    use_server(settings, port)
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def use_server(settings: Settings, port: int) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
