"""Name the release that runs, so that no page of another one is ever served."""

import hashlib
from pathlib import Path


def digest_of(base: Path, *, patterns: tuple[str, ...]) -> str:
    """Return 16 hex digits that change with any file under ``base`` that matches.

    ``patterns`` are globs relative to ``base``; names and contents both count.
    """
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(base.glob(pattern)):
            digest.update(str(path.relative_to(base)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
