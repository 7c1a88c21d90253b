"""Does a public form stand thousands of junk posts, fifty at once, without a fault or the loss of a real inquiry?

`INQUIRY_POSTS=10000 python -m pytest tests/opportunities/test_inquiry_flood.py -s` is the whole trial; the suite posts
a few hundred.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from opportunities.models import Inquiry, Lead
from opportunities.services import save_inquiry_form
from opportunities.services.inquiries import FLOOD, LIMITS
from tests.asking import Visitors
from tests.factories import THEN

POSTS = int(os.environ.get("INQUIRY_POSTS", "300"))
AT_ONCE = 50
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "E_spreadsheets" / "blns.txt"
STRINGS = (
    [line for line in NAUGHTY.read_text().splitlines() if line] if NAUGHTY.exists() else ["'; DROP", "\u202e", "🙂"]
)
CODECS = ("utf-8", "gbk", "utf-16", "big5", "latin-1", "cp1251")


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_junk(root, team, monkeypatch):
    monkeypatch.setattr("opportunities.inquiries.FASTEST_S", -60)
    asked = {"person": "shown", "email": "required", "message": "required"}
    form = save_inquiry_form(form=None, data={"name": "Site", "team": team, "fields": asked}, by=root, now=THEN)
    address = f"/inquiry/{form.token}/"
    token = re.search(r'page_token" value="([^"]+)"', Client().get(address).content.decode())[1]
    real = {number: f"Real inquiry {number}" for number in range(0, POSTS, max(1, POSTS // 20))}

    visitors = Visitors()

    def post(number: int) -> int:
        dice = random.Random(number)
        is_real = number in real
        sender = f"198.51.{number % 256}.{number // 256 % 256}" if is_real else f"203.0.113.{number % 20}"
        said = {"page_token": token, "email": "a@b.example"} | {
            name: dice.choice(STRINGS) * dice.choice((1, 1, 1, 300))
            for name in ("person", "message", "lang", "utm_source")
        }
        if is_real:
            said |= {"person": "Jane", "message": real[number], "lang": "en", "email": "jane@acme.example"}
        elif dice.random() < 0.3:
            said |= {dice.choice(("contact_me_by_fax", "page_token", "email")): dice.choice(STRINGS)}
        codec = "utf-8" if is_real else dice.choice(CODECS)
        body = "&".join(f"{name}={quote(text.encode(codec, 'replace'))}" for name, text in said.items()).encode()
        if not is_real and dice.random() < 0.1:
            body = dice.randbytes(dice.choice((1, 100, 20_000)))
        kinds = ("application/x-www-form-urlencoded",) * 8 + ("multipart/form-data; boundary=x", "application/json")
        kind = kinds[0] if is_real else dice.choice(kinds)
        return visitors.post(address, body, kind, REMOTE_ADDR=sender)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(post, range(POSTS)))
    print(f"\n{POSTS} posts: {dict(answers)}; {Lead.objects.count()} leads, {Inquiry.objects.count()} inquiries")
    assert set(answers) <= {200, 302, 400, 413, 422, 429}
    arrived = {row["message"] for row in Inquiry.objects.values_list("posted", flat=True)}
    assert set(real.values()) <= arrived
    most = max(count for _window, count in LIMITS)
    by_sender = Counter(Inquiry.objects.values_list("sender", flat=True))
    assert max(by_sender.values()) <= most
    assert Inquiry.objects.filter(state="lead").count() == Lead.objects.count() <= FLOOD[1] + AT_ONCE
