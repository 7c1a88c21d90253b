"""How does time pass in a story: the clock of everybody, what beat wakes at its moments, and the mails that come?"""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from playwright.sync_api import Page

from accounts.models import Notification, User
from crm.celery import app

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


class Mailbox(socketserver.StreamRequestHandler):
    """One conversation with a mail server that takes everything."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.server.taken.append(email.message_from_bytes(self.text(), policy=default))  # type: ignore[attr-defined]
            self.say("221 bye" if verb == b"QUIT" else "250 fine")
            if verb == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def text(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") for line in lines)


@contextmanager
def mail_server(settings: Any) -> Iterator[list[Message]]:
    """Send to a mail server of this test; yields what it has taken, in its order."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.taken = []  # type: ignore[attr-defined]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.taken  # type: ignore[attr-defined]
        server.shutdown()


def settled(cast: dict[str, User]) -> dict[str, User]:
    """The cast where the stories want it: Alice in Shanghai and Chinese, Bob in Berlin, Dana in Shanghai."""
    wants = {
        "alice": {"language": "zh-hans", "time_zone": "Asia/Shanghai"},
        "bob": {"language": "en", "time_zone": "Europe/Berlin"},
        "dana": {"language": "en", "time_zone": "Asia/Shanghai"},
    }
    for name, fields in wants.items():
        User.objects.filter(pk=cast[name].pk).update(**fields)
        cast[name].refresh_from_db()
    return cast


def window_of(window: Callable[..., Page], user: User) -> Page:
    """A browser of somebody, where and in which language they are; Alice has a telephone."""
    device = PHONE if user.username == "alice" else DESK
    locale = "zh-CN" if user.language == "zh-hans" else "en-GB"
    return window(user, locale=locale, timezone_id=user.time_zone, **device)


class Life:
    """The clock of everybody, and what beat wakes at its moments.

    Time stops at the ``calls`` ("08:00") of each of the ``zones`` on its way; ``woken`` are names of the beat schedule,
    all for None.
    """

    def __init__(
        self,
        clock: time_machine.Traveller,
        windows: Mapping[str, Page],
        mails: list[Message],
        *,
        calls: Collection[str],
        zones: Collection[ZoneInfo] = (SHANGHAI, BERLIN),
        woken: Collection[str] | None = None,
    ) -> None:
        self.clock, self.windows, self.mails = clock, windows, mails
        self.calls, self.zones = calls, zones
        self.now = datetime.now(UTC)
        app.loader.import_default_modules()  # all tasks, as a worker knows them
        self.entries = [entry for name, entry in app.conf.beat_schedule.items() if woken is None or name in woken]
        self.came: list[tuple[datetime, Message]] = []

    def until(self, moment: datetime) -> None:
        """Go on to a moment, past all at which something may happen where somebody is."""
        half = timedelta(minutes=30)
        stop = self.now.replace(minute=0, second=0, microsecond=0) + half
        while stop < moment:
            if stop > self.now and any(f"{stop.astimezone(zone):%H:%M}" in self.calls for zone in self.zones):
                self._be(stop)
            stop += half
        self._be(moment)
        for page in self.windows.values():
            page.clock.set_fixed_time(moment)

    def _be(self, moment: datetime) -> None:
        self.now = moment
        self.clock.move_to(moment)
        self.sweep_twice()

    def sweep_twice(self) -> None:
        """Everything that beat wakes, twice; what clears up by the hour once a day."""
        for _time in range(2):
            for entry in self.entries:
                if entry["schedule"] < 3600 or self.now.hour == 0:
                    app.tasks[entry["task"]]()
        self.came += [(self.now, mail) for mail in self.mails[len(self.came) :]]

    def mailed(self, name: str, zone: ZoneInfo) -> list[tuple[int, str, str]]:
        """(day, time, subject) of every mail that reached somebody, where they are."""
        mine = [(when.astimezone(zone), mail) for when, mail in self.came if mail["To"] == f"{name}@example.com"]
        return [(when.day, f"{when:%H:%M}", mail["Subject"].strip()) for when, mail in mine]

    def text(self, subject: str) -> str:
        """What the one mail of this subject says."""
        (mail,) = [mail for mail in self.mails if mail["Subject"].strip() == subject]
        return str(mail.get_content()).replace("\r\n", "\n")

    def told(self, name: str) -> list[str]:
        """Kinds of notices of a person, the newest first."""
        return list(
            Notification.objects.filter(recipient__username=name).order_by("-pk").values_list("kind", flat=True)
        )

    def shown(self, page: Page) -> list[str]:
        """The notices that stand on somebody's page, the newest first."""
        page.goto("/people/notifications/")
        return page.locator(".mini .name .btn-link-plain").all_inner_texts()
