"""Keep sound and film in the library, and write down which revisions name them."""

import django.db.models.deletion
from django.db import migrations, models

import articles.models.recordings
import articles.models.stories


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_front_page_and_banner"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("audio", "sound"), ("video", "film")],
                        editable=False,
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="As readers see it: “The tide bell at low water”.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=60,
                        upload_to=articles.models.recordings.recording_name,
                        verbose_name="file",
                    ),
                ),
                (
                    "original_name",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=255,
                        verbose_name="name of the file",
                    ),
                ),
                (
                    "size",
                    models.PositiveBigIntegerField(editable=False, verbose_name="size"),
                ),
                (
                    "seconds",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Read from the file where it says so. Empty: not told.",
                        null=True,
                        verbose_name="length in seconds",
                    ),
                ),
                (
                    "width",
                    models.PositiveIntegerField(
                        editable=False, null=True, verbose_name="width"
                    ),
                ),
                (
                    "height",
                    models.PositiveIntegerField(
                        editable=False, null=True, verbose_name="height"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="Copied into a story as the caption when the recording is put there.",
                        max_length=500,
                        verbose_name="description",
                    ),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True,
                        help_text="Whose it is; readers see it after a ©. Needed to publish.",
                        max_length=200,
                        verbose_name="credit",
                    ),
                ),
                (
                    "transcript",
                    models.TextField(
                        blank=True,
                        help_text="What is said and heard, for those who cannot hear it or rather read. An empty line begins a paragraph.",
                        verbose_name="transcript",
                    ),
                ),
                (
                    "captions",
                    models.FileField(
                        blank=True,
                        help_text="A WebVTT file (.vtt). A film needs one to be published.",
                        max_length=60,
                        upload_to=articles.models.recordings.recording_name,
                        verbose_name="captions",
                    ),
                ),
                (
                    "captions_language",
                    models.CharField(
                        blank=True,
                        choices=articles.models.stories.languages,
                        help_text="Empty: the publication's own.",
                        max_length=10,
                        verbose_name="language of the captions",
                    ),
                ),
                (
                    "uploaded_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="uploaded"),
                ),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reference",
            name="reference_to_one_thing",
        ),
        migrations.AddField(
            model_name="recording",
            name="poster",
            field=models.ForeignKey(
                blank=True,
                help_text="The picture that stands for a film until it is played.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posters",
                to="articles.image",
                verbose_name="poster",
            ),
        ),
        migrations.AddField(
            model_name="reference",
            name="recording",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="references",
                to="articles.recording",
            ),
        ),
        migrations.AddConstraint(
            model_name="reference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("article__isnull", True),
                        ("author__isnull", True),
                        ("image__isnull", False),
                        ("recording__isnull", True),
                    ),
                    models.Q(
                        ("article__isnull", False),
                        ("author__isnull", True),
                        ("image__isnull", True),
                        ("recording__isnull", True),
                    ),
                    models.Q(
                        ("article__isnull", True),
                        ("author__isnull", False),
                        ("image__isnull", True),
                        ("recording__isnull", True),
                    ),
                    models.Q(
                        ("article__isnull", True),
                        ("author__isnull", True),
                        ("image__isnull", True),
                        ("recording__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reference_to_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="reference",
            constraint=models.UniqueConstraint(
                fields=("revision", "recording"), name="reference_recording_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="recording_has_a_title",
                violation_error_message="Give the recording a title.",
            ),
        ),
    ]
