"""How are the lists of locked packages made from pyproject.toml?"""

import subprocess
import sys

from runner import places
from runner.console import say

# One list for every system and Python from 3.11 on, every file by its hash, no index named: whoever
# installs it uses the index they trust.
COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "python3 run.py lock"),
]


def lock(words: list[str]) -> int:
    """Write both lists; words such as `--upgrade-package django` go to uv."""
    uv = [sys.executable, "-m", "uv", *COMPILE, "pyproject.toml", *words]
    for extra, name in (
        ([], "requirements.lock"),
        (["--group", "dev", "--constraints", "requirements.lock"], "requirements-dev.lock"),
    ):
        done = subprocess.run([*uv, *extra, "--output-file", name], cwd=places.CHECKOUT)
        if done.returncode:
            return done.returncode
        say(f"{name} is up to date.")
    return 0
