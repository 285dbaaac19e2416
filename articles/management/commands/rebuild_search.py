"""Index every story anew."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles import search


class Command(BaseCommand):
    """Empty the index of search and fill it again, in one transaction."""

    help = (
        "Builds the index of search anew: after an import that wrote rows by itself, "
        "or to be sure. Readers search the old one until it is done."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done in search.rebuild():
            self.stdout.write(f"Stories so far: {done:,}", ending="\r")
        self.stdout.write(f"Stories in the index: {done:,}")
