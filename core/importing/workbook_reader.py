"""Which records does a workbook hold? Asks the child process, which may die of the file without harm to us."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import UnreadableFile
from .limits import CHILD_FIRST_WORD_S, MAX_ROWS

_ROOT = Path(__file__).resolve().parents[2]
# The child sees no secrets: neither passwords nor the database's address.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Book:
    """An open sheet: the workbook's sheets (hidden ones last), which of them is read, its columns, its rows."""

    sheets: tuple[str, ...]
    sheet: str
    columns: int
    rows: Iterator[tuple[int, list[str]]]


@contextmanager
def open_book(path: Path, sheet: str = "", count: int = MAX_ROWS) -> Iterator[Book]:
    """Open a sheet (the first one with rows if "") for its first `count` rows that are not blank.

    Raises UnreadableFile at once or while rows are taken. The child ends with the block.
    """
    command = [sys.executable, "-m", "core.importing.child", str(path.resolve()), sheet, str(count)]
    with subprocess.Popen(
        command,
        cwd=_ROOT,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdout
        try:
            ready, _, _ = select.select([child.stdout], [], [], CHILD_FIRST_WORD_S)
            answers = _answers(child) if ready else iter(())
            first = next(answers, None)
            if first is None:
                raise UnreadableFile("too_big")
            yield Book(tuple(first["sheets"]), first["sheet"], first["columns"], answers)
        finally:
            child.kill()


def _answers(child: subprocess.Popen[bytes]) -> Iterator[Any]:
    assert child.stdout
    for line in child.stdout:
        answer = json.loads(line)
        if isinstance(answer, dict):
            if "error" in answer:
                raise UnreadableFile(answer.pop("error"), **answer)
            if "end" in answer:
                return
        yield answer
    # It ended without saying so: out of memory or time, or killed by what it read.
    raise UnreadableFile("too_big")
