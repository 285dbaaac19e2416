"""Make the one newsletter, not offered yet; let reporters compose, and editors send."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

COMPOSING = ["add_edition", "change_edition", "delete_edition", "view_edition"]
SENDING = [
    *("send_edition", "change_newsletter", "view_newsletter"),
    *("add_subscriber", "change_subscriber", "delete_subscriber", "view_subscriber"),
]
# Nobody takes the whole list along but who is given the right by name.
GROUPS = {"Reporter": COMPOSING, "Editor": [*COMPOSING, *SENDING]}


def add(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    for group, permissions in _found(apps):
        group.permissions.add(*permissions)
    Newsletter = apps.get_model("articles", "Newsletter")
    Newsletter.objects.get_or_create(
        pk=1, defaults={"name": "Newsletter", "is_open": False}
    )


def take_back(apps, schema_editor):
    for group, permissions in _found(apps):
        group.permissions.remove(*permissions)


def _found(apps):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        yield (
            group,
            Permission.objects.filter(
                codename__in=codenames, content_type__app_label="articles"
            ),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0018_newsletter"),
        ("newsroom", "0007_editors_keep_the_pages"),
    ]

    operations = [migrations.RunPython(add, take_back)]
