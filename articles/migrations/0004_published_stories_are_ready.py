from django.db import migrations


def say_so(apps, schema_editor):
    articles = apps.get_model("articles", "Article").objects
    articles.filter(published_at__isnull=False).update(stage="ready")


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_work_on_stories")]

    operations = [migrations.RunPython(say_so, migrations.RunPython.noop)]
