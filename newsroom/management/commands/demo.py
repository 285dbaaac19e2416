"""Fill an empty site with a small town's newspaper."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.demo import loading


class Command(BaseCommand):
    """Load the demo; a second time adds only what is missing."""

    help = (
        "Builds The Wrenmouth Courier, a fictional town's paper: stories, photographs, "
        "comments and votes. Keeps what is there; refuses a site with its own stories."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = loading.load()
        except loading.StoriesOfItsOwn as error:
            raise CommandError(
                "This site has stories of its own, and the demo would stand among "
                "them. Point DATABASE_URL at an empty database, run migrate, and try "
                "again."
            ) from error
        if added:
            self.stdout.write(f"The demo newspaper is here: {added} stories.")
        else:
            self.stdout.write("The demo newspaper was complete; nothing was changed.")
