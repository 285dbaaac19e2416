"""What `collectstatic` makes of stylesheets that import their neighbours."""

import os
import re
from pathlib import Path

from django.core.management import call_command

import pytest


@pytest.fixture
def folders(tmp_path: Path, settings) -> tuple[Path, Path]:
    source, collected = tmp_path / "source", tmp_path / "collected"
    (source / "css").mkdir(parents=True)
    (source / "js").mkdir()
    settings.STATICFILES_DIRS = [source]
    # Theirs alone: to collect the admin's, too, takes half a minute.
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder"
    ]
    settings.STATIC_ROOT = str(collected)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"}
    }
    return source / "css", collected / "css"


def collect() -> None:
    call_command("collectstatic", "--no-input", verbosity=0)


def served(collected: Path, name: str, kind: str = "css") -> str:
    """Return the file under its hashed name, as browsers get it."""
    hashed = re.compile(rf"{name}\.[0-9a-f]{{12}}\.{kind}")
    newest = max(
        (path for path in collected.iterdir() if hashed.fullmatch(path.name)),
        key=lambda path: path.stat().st_mtime_ns,
    )
    return newest.read_text()


def test_a_stylesheet_holds_what_it_imports_and_asks_for_nothing(folders):
    source, collected = folders
    (source / "page.css").write_text(
        '/* All. */\n@import url("tokens.css");\n@import url("print.css") print;\n'
    )
    (source / "tokens.css").write_text(":root { --ink: #111; }\n")
    (source / "print.css").write_text('@import url("paper.css");\nnav { top: 0; }\n')
    (source / "paper.css").write_text("@page { margin: 18mm; }\n")

    collect()

    assert served(collected, "page") == (
        "/* All. */\n:root { --ink: #111; }\n"
        "@media print {\n@page { margin: 18mm; }\nnav { top: 0; }\n}\n"
    )


def test_a_script_holds_the_modules_it_runs_each_in_a_block(folders):
    source, collected = folders
    scripts = source.parent / "js"
    (scripts / "page.js").write_text(
        '// All.\nimport "./vote.js";\nimport "./talk.js";\nimport "./write.js";\n'
    )
    (scripts / "vote.js").write_text("const KEY = 1;\n")
    (scripts / "talk.js").write_text("const KEY = 2;\n")
    (scripts / "write.js").write_text('import { Node } from "editor";\n')

    collect()

    assert served(collected.parent / "js", "page", "js") == (
        "// All.\n{\nconst KEY = 1;\n}\n{\nconst KEY = 2;\n}\n"
        'import "./write.js";\n'  # what imports itself cannot stand in a block
    )


def test_a_neighbour_that_changes_changes_what_imports_it(folders):
    source, collected = folders
    (source / "page.css").write_text('@import url("tokens.css");\n')
    (source / "tokens.css").write_text(":root { --ink: #111; }\n")
    os.utime(source / "page.css", (1, 1))
    collect()

    (source / "tokens.css").write_text(":root { --ink: #222; }\n")
    collect()

    assert served(collected, "page") == ":root { --ink: #222; }\n"


def test_an_import_of_a_file_there_is_not_is_an_error(folders):
    source, _ = folders
    (source / "page.css").write_text('@import url("gone.css");\n')

    with pytest.raises(KeyError, match=r"css/gone\.css"):
        collect()
