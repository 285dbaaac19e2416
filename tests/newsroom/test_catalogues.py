"""The catalogues of translations say all there is to say, in each language."""

import re
import shutil
import subprocess
from gettext import GNUTranslations
from pathlib import Path

from django.core.management import call_command

import pytest

BASE = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((BASE / "newsroom" / "locale").glob("*/LC_MESSAGES/*.po"))

pytestmark = pytest.mark.skipif(
    not shutil.which("msgfmt"), reason="gettext is not installed"
)


def name(catalogue: Path) -> str:
    return f"{catalogue.parents[1].name}/{catalogue.stem}"


def entries(catalogue: Path, *only: str) -> str:
    """Return the catalogue's messages, in one order and without remarks on them."""
    options = ["--no-wrap", "--sort-output", "--no-location", "--no-obsolete", *only]
    output = subprocess.run(
        [shutil.which("msgattrib") or "", *options, str(catalogue)],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return re.sub(r"^#.*\n", "", output.partition("\n\n")[2], flags=re.MULTILINE)


@pytest.fixture(scope="session")
def written_anew(tmp_path_factory) -> Path:
    """The project with its catalogues as `make messages` would write them."""
    copy = tmp_path_factory.mktemp("messages") / "newsroom"
    ignored = shutil.ignore_patterns(".*", "var", "tests", "fonts", "photos", "icons")
    shutil.copytree(BASE, copy, ignore=ignored)
    return copy


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_of_the_code_is_in_every_catalogue(
    written_anew, domain, monkeypatch, settings
):
    monkeypatch.chdir(written_anew)
    settings.LOCALE_PATHS = [str(written_anew / "newsroom" / "locale")]

    call_command(
        "makemessages",
        all=True,
        domain=domain,
        no_wrap=True,
        no_obsolete=True,
        ignore_patterns=["tests", "var"],
        verbosity=0,
    )

    for catalogue in CATALOGUES:
        if catalogue.stem == domain:
            new = written_anew / catalogue.relative_to(BASE)
            assert "msgid" in entries(catalogue), name(catalogue)
            assert entries(new) == entries(catalogue), "Run `make messages`."


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=name)
def test_every_string_is_translated(catalogue):
    assert "msgid" in entries(catalogue, "--translated")
    assert entries(catalogue, "--untranslated") == ""
    assert entries(catalogue, "--only-fuzzy") == ""


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=name)
def test_what_is_compiled_is_what_is_written(catalogue, tmp_path):
    """And each placeholder stands in the translation as in the original."""
    compiled = tmp_path / "compiled.mo"

    subprocess.run(
        [
            shutil.which("msgfmt") or "",
            "--check-format",
            "-o",
            str(compiled),
            str(catalogue),
        ],
        check=True,
    )

    assert messages_in(compiled)
    assert messages_in(catalogue.with_suffix(".mo")) == messages_in(compiled)


def messages_in(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        return GNUTranslations(file)._catalog


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=name)
def test_no_translation_loses_or_adds_markup(catalogue):
    tags = re.compile(r"</?[a-z][^>]*>")
    messages = re.findall(
        r'^msgid "(.*)"\n((?:msgid_plural .*\n)?)((?:msgstr.*\n)+)',
        entries(catalogue, "--translated"),
        re.MULTILINE,
    )
    assert messages

    for original, _plural, translations in messages:
        for translation in re.findall(
            r'^msgstr(?:\[\d\])? "(.*)"$', translations, re.M
        ):
            assert sorted(tags.findall(translation)) == sorted(tags.findall(original))
