"""Give the site its row of discussion settings, all as usual, and old comments theirs."""

from django.db import migrations
from django.db.models import F


def add(apps, schema_editor):
    apps.get_model("comments", "Discussion").objects.get_or_create(
        section=None, article=None
    )
    Comment = apps.get_model("comments", "Comment")
    Comment.objects.filter(screened_as="").update(screened_as=F("state"))


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_discussion_and_those_who_take_part")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
