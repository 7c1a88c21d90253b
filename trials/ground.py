"""Where do the trials run? On throwaway servers of their own, in a small firm whose pool is full."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from runner.console import say
from runner.throwaway import throwaway_services


@contextmanager
def ground(is_given: bool = False) -> Iterator[Path]:
    """A migrated, empty database, and Django woken on it; the folder for what is written beside it.

    ``is_given``: DATABASE_URL, REDIS_URL and GONGHAI_DATA_DIR lead to such a one already. Else what they say is never
    touched. Raises Problem where the servers do not start.
    """
    with ExitStack() as stack:
        if not is_given:
            for word in ("DATABASE_URL", "REDIS_URL"):
                os.environ.pop(word, None)
            os.environ |= stack.enter_context(throwaway_services())
        os.environ |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "EMAIL_URL": "dummymail://"}
        os.environ |= {"GONGHAI_PROCESS": "web"}  # with the patience of a web process for locks
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
        django.setup()
        if not is_given:
            say("Making a database …")
            call_command("migrate", verbosity=0)
        yield Path(os.environ["GONGHAI_DATA_DIR"])
