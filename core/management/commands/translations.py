"""Is every string of ours translated, and are the compiled files those of the sources?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

LOCALE = "zh_Hans"
DOMAINS = ("django", "djangojs")
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*"\n', re.MULTILINE)
# What has no words for users in it.
PASSED_OVER = ("tests", "runner", "bench", "docs", "vendor", ".venv", ".gonghai", "node_modules")


class Command(BaseCommand):
    help = "Collect strings into the catalogues and compile them; with --check, change nothing and say what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if shutil.which("msgfmt") is None or shutil.which("xgettext") is None:
            if not check:
                raise CommandError("gettext is missing; on Debian: apt-get install gettext")
            if os.environ.get("CI") == "true":
                raise CommandError("gettext is required where CI=true")
            self.stdout.write("gettext is not installed: translations were not checked")
            return
        base = Path(settings.BASE_DIR)
        if not check:
            self._extract(base)
            for domain in DOMAINS:
                self._compile(self._catalogue(base, domain))
        faults = [fault for domain in DOMAINS for fault in self._faults(base, domain)]
        if check:
            faults += self._out_of_date(base)
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("translations are complete")

    def _extract(self, base: Path) -> None:
        here = Path.cwd()
        os.chdir(base)
        try:
            for domain in DOMAINS:
                call_command(
                    "makemessages",
                    locale=[LOCALE],
                    domain=domain,
                    extensions=["js"] if domain == "djangojs" else ["py", "html", "txt"],
                    ignore_patterns=[pattern for name in PASSED_OVER for pattern in (name, f"*/{name}/*")],
                    no_obsolete=True,
                    add_location="file",
                    no_wrap=True,
                    verbosity=0,
                )
        finally:
            os.chdir(here)
        for domain in DOMAINS:  # a creation date would make every extraction a change
            catalogue = self._catalogue(base, domain)
            if catalogue.exists():
                catalogue.write_text(DATES.sub("", catalogue.read_text()))

    def _catalogue(self, base: Path, domain: str) -> Path:
        return base / "locale" / LOCALE / "LC_MESSAGES" / f"{domain}.po"

    def _compile(self, catalogue: Path) -> None:
        subprocess.run(
            ["msgfmt", "--check-format", "--check-domain", "-o", str(catalogue.with_suffix(".mo")), str(catalogue)],
            check=True,
        )

    def _faults(self, base: Path, domain: str) -> list[str]:
        """Untranslated and fuzzy strings of a catalogue, one line each."""
        catalogue = self._catalogue(base, domain)
        found = []
        for word, option in (("untranslated", "--untranslated"), ("doubtful (fuzzy)", "--only-fuzzy")):
            listed = subprocess.run(
                ["msgattrib", option, "--no-obsolete", "--no-wrap", str(catalogue)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            # A text of several lines begins with an empty one; the catalogue's own header is empty altogether.
            msgids = re.findall(r'^msgid (".*"(?:\n".*")*)', listed, flags=re.MULTILINE)
            texts = ["".join(re.findall(r'"(.*)"', msgid)) for msgid in msgids]
            found += [f"{domain}: {word}: {text}" for text in texts if text]
        return found

    def _out_of_date(self, base: Path) -> list[str]:
        """What extraction or compilation would change, tried on a copy of what git knows."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            names = subprocess.run(
                ["git", "-C", str(base), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split("\0")
            for name in names:
                source, target = base / name, copy / name
                if name.endswith((".py", ".html", ".txt", ".js", ".po", ".mo")) and source.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)
            self._extract(copy)
            found = []
            for domain in DOMAINS:
                mine, fresh = self._catalogue(base, domain), self._catalogue(copy, domain)
                if _strings(mine) != _strings(fresh):
                    gone, new = _strings(mine) - _strings(fresh), _strings(fresh) - _strings(mine)
                    found += [f"{domain}: not in the catalogue: {text}" for text in sorted(new)]
                    found += [f"{domain}: not in the code any more: {text}" for text in sorted(gone)]
                self._compile(fresh_copy := shutil.copyfile(mine, copy / f"{domain}.po"))
                if fresh_copy.with_suffix(".mo").read_bytes() != mine.with_suffix(".mo").read_bytes():
                    found.append(f"{domain}: the .mo is not that of the .po; run `python3 run.py manage translations`")
            return found


def _strings(catalogue: Path) -> set[str]:
    """The msgids of a catalogue, with their contexts and plurals, in gettext's own spelling."""
    listed = subprocess.run(
        ["msgattrib", "--no-obsolete", "--no-wrap", "--no-location", str(catalogue)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    blocks = listed.split("\n\n")[1:]
    return {
        text
        for block in blocks
        if (text := "\n".join(re.findall(r'^(?:msgid|msgctxt|").*$', block.split("\nmsgstr")[0], flags=re.MULTILINE)))
    }
