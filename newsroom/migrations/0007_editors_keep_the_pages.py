"""Let editors keep the pages of the paper about itself; reporters may read them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

MAY = {
    "Reporter": ["view_page"],
    "Editor": ["add_page", "change_page", "delete_page", "view_page"],
}


def let_them(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    for group, permissions in _found(apps):
        group.permissions.add(*permissions)


def take_back(apps, schema_editor):
    for group, permissions in _found(apps):
        group.permissions.remove(*permissions)


def _found(apps):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in MAY.items():
        group, _ = Group.objects.get_or_create(name=name)
        yield (
            group,
            Permission.objects.filter(
                codename__in=codenames, content_type__app_label="articles"
            ),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0006_what_feeds_and_crawlers_get"),
        ("articles", "0015_pages_of_the_paper_and_noindex"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_them, take_back)]
