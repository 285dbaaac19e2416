from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from articles.newsletter import bounces

if TYPE_CHECKING:
    from argparse import ArgumentParser

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail for later


class Command(BaseCommand):
    help = (
        "Read one mail that came back from the standard input, as a mail server's pipe "
        "gives it, and count it if it is a notice about a copy of the newsletter."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "recipient",
            nargs="?",
            default="",
            help="the address that it came to, if the mail server says so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read it; whatever it is, the mail server hears that it was taken.

        Only if the database cannot be asked it is told to try again.
        """
        content = sys.stdin.buffer.read(bounces.MOST_BYTES)
        # What is longer is read to its end: a mail server writes all of it.
        while sys.stdin.buffer.read(65_536):
            pass
        try:
            bounces.read(content, options["recipient"])
        except DatabaseError:
            sys.exit(TRY_AGAIN)
