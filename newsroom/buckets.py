"""Renditions and originals in two buckets of a server that speaks S3.

Needs the extra ``s3``; see the settings ``S3_…``. What the server answers wrongly, or
not at all, is a ``StorageGone`` here, so that no caller has to know of S3.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from newsroom.storage import StorageGone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files import File

logger = logging.getLogger(__name__)

# An upload waits for it, with somebody before the screen: seconds.
PATIENCE = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"total_max_attempts": 2},
    # Path style is what every server speaks; of the newer checksums few do.
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    signature_version="s3v4",
)


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise StorageGone(str(error)) from error


class Bucket(S3Storage):
    """One bucket, under the names of files as a folder would have them."""

    def __init__(self, **options: Any) -> None:
        # Names are random and never used again: nothing is looked up before saving.
        super().__init__(file_overwrite=True, client_config=PATIENCE, **options)

    def _save(self, name: str, content: File) -> str:
        with _answered():
            return super()._save(name, content)

    def exists(self, name: str) -> bool:
        with _answered():
            return super().exists(name)

    def size(self, name: str) -> int:
        with _answered():
            return super().size(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _answered():
            return super().listdir(path)

    def _open(self, name: str, mode: str = "rb") -> File:
        with _answered():
            file = super()._open(name, mode)
            if "r" in mode:
                file.open()  # fetches it, so that nothing can fail later
            return file

    def delete(self, name: str) -> None:
        """Delete a file; one that cannot be deleted now stays, unused."""
        try:
            with _answered():
                super().delete(name)
        except StorageGone:
            logger.warning("Could not delete %s from %s.", name, self.bucket_name)


class MediaBucket(Bucket):
    """The renditions: public, under names nobody can guess, to be kept for ever.

    ``base_url`` is where readers get them: a path of this site, or another address.
    """

    def __init__(self, *, base_url: str, **options: Any) -> None:
        always = {"CacheControl": "public, max-age=31536000, immutable"}
        super().__init__(object_parameters=always, **options)
        self.at = FileSystemStorage(location="/", base_url=base_url)

    def url(self, name: str, *args: Any, **options: Any) -> str:
        """Return the address of a file, which is never signed and never ends."""
        return self.at.url(name)


class OriginalsBucket(Bucket):
    """The originals: only the admin reads them, so they have no address."""

    def url(self, name: str, *args: Any, **options: Any) -> str:
        raise ValueError("An original has no address.")
