"""Are the collected styles and scripts still those of the checkout?"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runner import places
from runner.console import Problem
from runner.manage import last_words


def static_digest(checkout: Path) -> str:
    """Tell one state of the static files from another, by names, sizes and times; packages by their lock."""
    digest = hashlib.sha256((checkout / "requirements.lock").read_bytes())
    for path in sorted([*checkout.glob("static/**/*"), *checkout.glob("*/static/**/*")]):
        if path.is_file():
            digest.update(f"{path}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\0".encode())
    return digest.hexdigest()


def static_for_tests(target: Path) -> None:
    """Lay the static files where the tests' settings look, named as they are served. Raises Problem.

    Collecting takes seconds, so the result is kept beside pytest's other caches.
    """
    caches = places.CHECKOUT / ".pytest_cache"
    kept = caches / f"static-{static_digest(places.CHECKOUT)[:12]}"
    if not kept.exists():
        caches.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=caches) as half:
            _collect(Path(half))
            for old in caches.glob("static-*"):
                shutil.rmtree(old, ignore_errors=True)
            with contextlib.suppress(OSError):  # another run was quicker
                (Path(half) / "static").rename(kept)
    shutil.copytree(kept, target)


def _collect(data_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=places.CHECKOUT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "runner.tool_settings", "GONGHAI_DATA_DIR": str(data_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise Problem(f"The static files could not be collected:\n{last_words(done.stdout)}")
