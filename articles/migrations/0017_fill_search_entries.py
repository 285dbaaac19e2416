"""Search finds what was published before it had an index."""

from itertools import islice

from django.db import migrations

from articles.search.index import columns_of, place, words_to_suggest

BATCH = 500


def fill(apps, schema_editor):
    Article = apps.get_model("articles", "Article")
    stories = (
        Article.objects.filter(published_at__isnull=False, withdrawn_at=None)
        .order_by("pk")
        .values_list("pk", "section", "published_at", "live", "next")
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(stories, BATCH)):
        _fill(batch, apps)


def _fill(stories, apps):
    Revision = apps.get_model("articles", "Revision")
    SearchEntry = apps.get_model("articles", "SearchEntry")
    SearchWord = apps.get_model("articles", "SearchWord")
    shown = {
        revision: (article, section, published_at)
        for article, section, published_at, *revisions in stories
        for revision in filter(None, revisions)
    }
    says = Revision.objects.only("headline", "standfirst", "text", "byline")
    entries, words = [], {}
    for number, revision in says.in_bulk(shown).items():
        article, section, published_at = shown[number]
        entries.append(
            SearchEntry(
                pk=place(published_at, number),
                article_id=article,
                revision_id=number,
                **columns_of(revision, section),
            )
        )
        words |= words_to_suggest(revision)
    SearchEntry.objects.bulk_create(entries)
    SearchWord.objects.bulk_create(
        (SearchWord(**words[word]) for word in sorted(words)), ignore_conflicts=True
    )


def empty(apps, schema_editor):
    for name in ("SearchEntry", "SearchWord"):
        apps.get_model("articles", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0016_search_entries")]

    operations = [migrations.RunPython(fill, empty)]
