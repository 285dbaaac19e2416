"""The demo newspaper as it stands written in the files beside this one."""

import json
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PHOTOS = FOLDER / "photos"
RECORDINGS = FOLDER / "recordings"

Row = dict[str, Any]


def publication() -> Row:
    """Return the publication's fields, its ``sections``, ``authors``, ``front``, ``banner``."""
    return tomllib.loads((FOLDER / "publication.toml").read_text())


def pages() -> list[Row]:
    """Return the pages of the paper about itself."""
    return tomllib.loads((FOLDER / "pages.toml").read_text())["pages"]


def newsletter() -> Row:
    """Return the ``newsletter``'s fields, its ``editions`` and ``subscribers``."""
    return tomllib.loads((FOLDER / "newsletter.toml").read_text())


def photos() -> list[Row]:
    """Return the photographs: ``file`` is the name in ``PHOTOS``."""
    return json.loads((PHOTOS / "photos.json").read_text())


def recordings() -> list[Row]:
    """Return the recordings: ``file`` is the name in ``RECORDINGS``."""
    return json.loads((RECORDINGS / "recordings.json").read_text())


def stories() -> list[Row]:
    """Return the stories, oldest first, each with its ``slug`` and its ``comments``."""
    found = []
    for path in (FOLDER / "stories").glob("*.toml"):
        story = {"slug": path.stem} | tomllib.loads(path.read_text())
        talk = FOLDER / "comments" / f"{path.stem}.json"
        comments = json.loads(talk.read_text()) if talk.is_file() else []
        found.append(story | {"name": path.stem, "comments": comments})
    return sorted(found, key=lambda story: -story["days_ago"])
