from django.db import models

from .stories import Article, Revision


class SearchEntry(models.Model):
    """The words of a revision that readers have, or are to have, as search reads them.

    Beside the columns below each database keeps its own index of them in step by
    itself: see ``articles.search.tables``. A migration that makes SQLite build this
    table anew takes its triggers with it, and has to create them again.
    """

    # Minute of publication and number of the revision, see ``articles.search.index``:
    # an index gives its hits in the order of this number, which is the order of time.
    id = models.BigIntegerField(primary_key=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="search_entries")
    revision = models.OneToOneField(
        Revision, models.CASCADE, related_name="search_entry"
    )
    headline = models.TextField()
    text = models.TextField()
    marks = models.TextField()

    def __str__(self) -> str:
        return self.headline


class SearchWord(models.Model):
    """A word of a headline or standfirst, to be found by readers who misspell it.

    One slip leaves the first two letters as they are, or the last two.
    """

    word = models.CharField(max_length=24, primary_key=True)
    written = models.CharField(max_length=48)
    head = models.CharField(max_length=2)
    tail = models.CharField(max_length=2)
    length = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["head", "length"], name="search_word_by_head"),
            models.Index(fields=["tail", "length"], name="search_word_by_tail"),
        ]

    def __str__(self) -> str:
        return self.written
