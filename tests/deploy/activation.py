"""Start what a unit starts, with its socket, as systemd would."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .front import ROOT

if TYPE_CHECKING:
    import socket

UNITS = ROOT / "deploy" / "systemd"
CURRENT = "/srv/newsroom/current"
PYTHON = f"{CURRENT}/.venv/bin/python"
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1  # linux/prctl.h
FIRST_SOCKET = 3  # sd_listen_fds(3)


def words_of(unit: str, name: str = "ExecStart") -> list[list[str]]:
    """Return the commands in ``unit`` under ``name``, each as a list of words."""
    text = (UNITS / unit).read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(rf"^{name}=(.*)", text, re.M)]


def command_of(unit: str, *, folder: Path, python: str) -> list[str]:
    """Return the one command of ``unit`` for a release in ``folder``."""
    (words,) = words_of(unit)
    assert words[0] == PYTHON
    return [python, *(word.replace(CURRENT, str(folder)) for word in words[1:])]


def start_activated(
    words: list[str],
    listening: socket.socket,
    *,
    folder: Path,
    environment: dict[str, str],
) -> subprocess.Popen[bytes]:
    """Start ``words`` in ``folder``, in a session of their own, with the socket."""

    def as_systemd() -> None:
        os.dup2(listening.fileno(), FIRST_SOCKET)
        # MemoryDenyWriteExecute, where the kernel has it (6.3 and newer).
        ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)

    # LISTEN_PID is the number of the process itself, known only to itself.
    activated = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
    return subprocess.Popen(
        ["sh", "-c", activated, "sh", *words],
        cwd=folder,
        env=environment,
        preexec_fn=as_systemd,
        pass_fds=(FIRST_SOCKET,),
        start_new_session=True,
    )
