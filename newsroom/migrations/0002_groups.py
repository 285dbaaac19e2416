"""Make the groups Reporter, Editor and Moderator with what each may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITING = [
    *(
        f"{act}_{noun}"
        for noun in ("article", "image", "tag")
        for act in ("add", "change")
    ),
    *(
        f"{act}_{noun}"
        for noun in ("byline", "relatedlink")
        for act in ("add", "change", "delete")
    ),
    *(
        f"view_{noun}"
        for noun in (
            "article",
            "author",
            "byline",
            "correction",
            "image",
            "relatedlink",
            "rendition",
            "revision",
            "section",
            "tag",
        )
    ),
]
EDITING = [
    "publish_article",
    "delete_article",
    "delete_image",
    "add_correction",
    "change_correction",
    *(
        f"{act}_{noun}"
        for noun in ("author", "oldaddress", "section")
        for act in ("add", "change", "delete")
    ),
    "delete_tag",
    "view_oldaddress",
]
LOOKING = ["view_comment", "view_thread", "view_rating", "view_tally", "view_event"]

GROUPS = {
    "Reporter": WRITING,
    "Editor": [*WRITING, *EDITING, *LOOKING, "view_publication", "change_publication"],
    "Moderator": [
        "moderate_thread",
        "change_comment",
        "change_thread",
        "view_article",
        *LOOKING,
    ],
}


def make_groups(apps, schema_editor):
    # Permissions are made after all migrations, which is too late for this one.
    for label in ("newsroom", "articles", "comments", "ratings"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps)
        config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Permission.objects.filter(
            codename__in=codenames,
            content_type__app_label__in=["newsroom", "articles", "comments", "ratings"],
        )
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0001_initial"),
        ("articles", "0002_initial"),
        ("comments", "0001_initial"),
        ("ratings", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
