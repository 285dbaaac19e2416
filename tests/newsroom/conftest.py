import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("articles", "comments", "newsroom", "ratings", "static", "templates")


class Checkout:
    """A copy of Newsroom to start as an operator would, with a ``var/`` of its own."""

    def __init__(self, folder):
        self.folder = folder
        for name in OURS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        shutil.copy(ROOT / "manage.py", folder)

    def command(self, *words):
        return [sys.executable, "manage.py", *words]

    def environment(self, **variables):
        """Return what a shell has that knows nothing of Newsroom, and ``variables``."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
        }
        return kept | variables

    def run(self, *words, **variables):
        """Run a command of manage.py to its end; return what became of it."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
