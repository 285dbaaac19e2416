"""Count all votes again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.models import Article
from ratings.recounting import recount


class Command(BaseCommand):
    """Mend tallies that are not the sum of their votes; with --check only name them."""

    help = (
        "Counts the votes of every story again and mends sums that differ, which only "
        "a hand in the database can cause. With --check nothing is changed, and a "
        "difference is an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail on a difference."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        rated = Article.objects.filter(ratings__isnull=False) | Article.objects.filter(
            tally__isnull=False
        )
        stories = rated.distinct().order_by("pk")
        found = [
            difference
            for article in stories.iterator()
            if (difference := recount(article, mend=not check))
        ]
        for one in found:
            self.stdout.write(
                f"{one.article} ({one.article.pk})\n  stored:  {one.stored}\n"
                f"  counted: {one.counted}"
            )
        if found and check:
            raise CommandError(
                f"{len(found)} tallies differ from their votes. Run it without --check "
                "to mend them."
            )
        mended = f"{len(found)} tallies mended." if found else "All tallies agree."
        self.stdout.write(mended)
