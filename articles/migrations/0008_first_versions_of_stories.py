"""What readers have now is the first version known of each story; then what is to come."""

from django.db import migrations
from django.db.models import F, Q

BATCH = 500


def write_down(apps, schema_editor):
    Article = apps.get_model("articles", "Article")
    PublishedVersion = apps.get_model("articles", "PublishedVersion")
    shown = Article.objects.filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("published_at")),
        published_at__isnull=False,
    ).only("live", "published_at", "next", "next_at")
    batch = []
    for article in shown.order_by("pk").iterator(chunk_size=BATCH):
        batch.append(article)
        if len(batch) == BATCH:
            _write_down(batch, PublishedVersion.objects)
            batch = []
    _write_down(batch, PublishedVersion.objects)


def _write_down(articles, versions):
    first = versions.bulk_create(
        versions.model(
            article_id=article.pk,
            number=1,
            revision_id=article.live_id,
            shown_from=article.published_at,
        )
        for article in articles
    )
    versions.bulk_create(
        versions.model(
            article_id=article.pk,
            number=2,
            revision_id=article.next_id,
            previous=version,
            shown_from=article.next_at,
        )
        for article, version in zip(articles, first, strict=True)
        if article.next_id and article.next_id != article.live_id
    )


def forget(apps, schema_editor):
    apps.get_model("articles", "PublishedVersion").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_versions_that_readers_had")]

    operations = [migrations.RunPython(write_down, forget)]
