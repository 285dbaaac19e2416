"""Measuring the spam learner on a collection of mails."""

from io import StringIO

from django.core.management import CommandError, call_command

import pytest

MAIL = "From: Somebody <somebody@{kind}.example>\nSubject: x\n\n{text} {number}\n"
TEXTS = {"spam": "Cheap pills and loans", "ham": "The bridge hums again"}


@pytest.fixture
def corpus(tmp_path):
    for kind, text in TEXTS.items():
        folder = tmp_path / f"{kind}-1"
        folder.mkdir()
        for number in range(40):
            mail = MAIL.format(kind=kind, text=text, number=number)
            (folder / f"{number}.txt").write_text(mail)
    return tmp_path


def test_it_prints_precision_and_recall_at_the_shipped_score(corpus):
    output = StringIO()

    call_command("measure_learner", corpus, stdout=output)

    assert "80 texts; weighed:" in output.getvalue()
    assert (
        "from 95 %: precision 1.0000, recall 1.0000; good ones held: 0  (as shipped)"
        in output.getvalue()
    )


def test_mails_that_cannot_be_parsed_are_read_as_they_are(corpus):
    odd = b"From: <\xff>\nContent-Type: text/plain; charset=nothing\n\n\0\xff pills"
    (corpus / "spam-1" / "odd.txt").write_bytes(odd)
    output = StringIO()

    call_command("measure_learner", corpus, stdout=output)

    assert "81 texts" in output.getvalue()


def test_a_folder_without_such_texts_is_refused(tmp_path):
    with pytest.raises(CommandError, match="folders of spam and of ham"):
        call_command("measure_learner", tmp_path, stdout=StringIO())
