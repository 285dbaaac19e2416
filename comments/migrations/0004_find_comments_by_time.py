"""Index the time of writing, by which the statistics find the days asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0003_settings_of_the_site")]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["created_at"], name="comment_by_time"),
        )
    ]
