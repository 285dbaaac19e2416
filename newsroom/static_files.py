"""Collect the static files so that a page asks for one stylesheet, not for eight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, override

from django.core.files.base import ContentFile

from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.storage import Storage

# A neighbour in the same folder, so that the addresses within it stay right; of modules
# those that are run and give nothing back.
_IMPORTS = {
    "css": re.compile(
        r'^@import url\("(?P<file>[\w-]+\.css)"\)(?P<media>[\w\s():-]*);\n',
        re.MULTILINE,
    ),
    "js": re.compile(r'^import "\./(?P<file>[\w-]+\.js)";\n', re.MULTILINE),
}


# What may stand only at the top of a module: such a one stays a file of its own.
_BOUND = re.compile(r"^(?:import|export)\b", re.MULTILINE)


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, which also writes each import of a neighbour out.

    ``@import url("print.css") print;`` becomes ``@media print { … }``, and
    ``import "./rating.js";`` a block of its own. In development nothing is collected,
    and the browser follows the imports by itself.
    """

    @override
    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Write out the imports, then hash and compress as the parent does."""
        if not dry_run:
            # The sources, never what was collected last time: a file that imports may be
            # older than the neighbour that changed.
            texts = {
                name: _text(paths[name])
                for name in paths
                if name.rpartition(".")[2] in _IMPORTS
            }
            for name, text in texts.items():
                written = _written_out(name, texts)
                if written != text:
                    self.delete(name)
                    self._save(name, ContentFile(written.encode()))
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def _text(source: tuple[Storage, str]) -> str:
    storage, path = source
    with storage.open(path) as file:
        return file.read().decode()


def _written_out(name: str, texts: dict[str, str]) -> str:
    folder, kind = name[: name.rfind("/") + 1], name.rpartition(".")[2]

    def content(found: re.Match[str]) -> str:
        text = _written_out(folder + found["file"], texts)
        if kind == "js":
            return found[0] if _BOUND.search(text) else f"{{\n{text}}}\n"
        media = found["media"].strip()
        return f"@media {media} {{\n{text}}}\n" if media else text

    return _IMPORTS[kind].sub(content, texts[name])
