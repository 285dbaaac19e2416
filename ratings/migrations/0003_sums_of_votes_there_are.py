"""Fill the new sums from the votes, make the settings' row, and let moderators decide."""

from collections import defaultdict
from datetime import UTC

from django.contrib.auth.management import create_permissions
from django.db import migrations

PRIOR_VOTES, PRIOR_AVERAGE = 10, 3.5
BATCH = 2000


def fill(apps, schema_editor):
    apps.get_model("ratings", "RatingSettings").objects.get_or_create(pk=1)
    Rating = apps.get_model("ratings", "Rating")
    days = defaultdict(lambda: [0] * 5)
    counted = Rating.objects.filter(state="counted").exclude(score=None)
    rows = counted.values_list("article_id", "created_at", "score")
    for article_id, created_at, score in rows.iterator(BATCH):
        days[article_id, created_at.astimezone(UTC).date()][score - 1] += 1
    DayTally = apps.get_model("ratings", "DayTally")
    DayTally.objects.bulk_create(
        (
            DayTally(
                article_id=article_id,
                day=day,
                **{f"stars_{star}": n for star, n in enumerate(counts, start=1)},
            )
            for (article_id, day), counts in days.items()
        ),
        batch_size=BATCH,
    )
    for tally in apps.get_model("ratings", "Tally").objects.all():
        counts = [getattr(tally, f"stars_{star}") for star in range(1, 6)]
        points = sum(star * n for star, n in enumerate(counts, start=1))
        tally.votes = sum(counts)
        tally.mean = points / tally.votes if tally.votes else 0
        tally.rank = (PRIOR_VOTES * PRIOR_AVERAGE + points) / (
            PRIOR_VOTES + tally.votes
        )
        tally.save()


def permit(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    config = apps.get_app_config("ratings")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    settings = ["view_ratingsettings", "change_ratingsettings"]
    groups = {
        "Moderator": ["view_burst", "decide_burst", *settings],
        "Editor": ["view_burst", *settings],
    }
    for name, codenames in groups.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(
                codename__in=codenames, content_type__app_label="ratings"
            )
        )


class Migration(migrations.Migration):
    dependencies = [
        ("ratings", "0002_bursts_days_and_settings"),
        ("newsroom", "0004_moderators_settings_and_bans"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(permit, migrations.RunPython.noop),
    ]
