"""Where is the Chromium that browser tests drive?"""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the program: CHROMIUM if set, else what is on PATH; None where there is none."""
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def chromium_words() -> list[str]:
    """The words Chromium needs here: its sandbox refuses root, and only root goes without."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
