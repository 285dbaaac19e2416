"""Set the variables the tests run with, before Django reads its settings.

pytest loads this first (``-p tests.environment``), so that no ``.env`` and nobody's
shell decides what the tests see. ``DATABASE_URL`` and ``CACHE_URL`` alone may be
given, to run the same tests on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_files = Path(tempfile.mkdtemp(prefix="newsroom-tests-"))
atexit.register(shutil.rmtree, _files, ignore_errors=True)

os.environ.update(
    AKISMET_KEY="",
    DEBUG="off",
    LANGUAGE_CODE="en",
    LOG_LEVEL="WARNING",
    MEDIA_ROOT=str(_files / "media"),
    ORIGINALS_ROOT=str(_files / "originals"),
    SECRET_KEY="for the tests alone, and as long as a real one has to be",
    SITE_URL="http://testserver",
    STATIC_ROOT=str(_files / "static"),
    TRUSTED_PROXIES="0",
)
(_files / "static").mkdir()  # WhiteNoise warns where there is none
os.environ.setdefault("CACHE_URL", "locmemcache://")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
