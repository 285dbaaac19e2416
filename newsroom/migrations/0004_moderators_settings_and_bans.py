"""Let moderators ban, decide on notices, and change the discussion settings."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

MODERATION = [
    *(f"{act}_discussion" for act in ("view", "add", "change", "delete")),
    *(f"{act}_ban" for act in ("view", "add", "change", "delete")),
    *(f"{act}_illegalnotice" for act in ("view", "change")),
    *(f"view_{noun}" for noun in ("report", "appeal", "wording", "correspondent")),
]
GROUPS = {"Moderator": MODERATION, "Editor": MODERATION[:4]}


def add(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    config = apps.get_app_config("comments")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Permission.objects.filter(
            codename__in=codenames, content_type__app_label="comments"
        )
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0003_delivery"),
        ("comments", "0003_settings_of_the_site"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
