"""Let those who write put sound and film into the library, and editors delete it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITING = ["add_recording", "change_recording", "view_recording"]
GROUPS = {"Reporter": WRITING, "Editor": [*WRITING, "delete_recording"]}


def add(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Permission.objects.filter(
            codename__in=codenames, content_type__app_label="articles"
        )
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0013_sound_and_film"),
        ("newsroom", "0002_groups"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
