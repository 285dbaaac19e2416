"""Make the site ready to be served."""

from typing import Any

from django.core.management.base import BaseCommand

from newsroom.first_start import prepare


class Command(BaseCommand):
    """Prepare, and say where the site and its admin are."""

    help = (
        "Brings the tables up to date; gives an empty site an administrator and the "
        "demo newspaper; prints the address and the login."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for line in prepare():
            self.stdout.write(line)
