"""What can wait: ids in, one call out."""

from django.tasks import task

from articles import renditions
from articles.models import Image


@task
def make_renditions(image_id: int) -> None:
    """Make what is missing, if the image is still there."""
    if image := Image.objects.filter(pk=image_id).first():
        renditions.make(image)


@task
def make_renditions_again(image_id: int) -> None:
    """Replace them all, if the image is still there."""
    if image := Image.objects.filter(pk=image_id).first():
        renditions.make_again(image)
