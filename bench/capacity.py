"""How much does one web process carry: bytes of a visit, requests a second, memory?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from runner.console import say

from .client import Browser
from .figures import Figures
from .place import memory_mb
from .stage import Stage

ASSET = re.compile(r'(?:href|src)="(/static/[^"#?]+)')
AT_ONCE, PAIRS, SECONDS = 8, 3, 4.0


def weight(stage: Stage) -> Iterator[Figures]:
    """Page weight: the HTML of 50 rows, and everything that a first visit fetches, as compressed as it is served."""
    browser = stage.browsers["product", "manager"]
    page = browser.get("/customers/")
    yield Figures("page weight", "50 rows, HTML", 1.0, bytes=page.bytes, most_bytes=60_000)
    total, seen = page.bytes, set()
    for url in ASSET.findall(page.body):
        if url not in seen:
            seen.add(url)
            total += browser.ask("GET", url, {"Accept-Encoding": "br, gzip"}).bytes
    note = f"{len(seen)} files beside the page; pages themselves go out uncompressed"
    yield Figures("page weight", "first visit", 1.0, bytes=total, most_bytes=200_000, note=note)


def throughput(stage: Stage) -> Iterator[Figures]:
    """Requests a second with eight at once, product and floor in turn; the ratio is floor over product."""
    figures = Figures("throughput", "list, 8 at once", 3.0, unit="requests/s")
    for _pair in range(PAIRS):
        floor = _speed(stage, "floor", "/page/list_manager/")
        product = _speed(stage, "product", "/customers/")
        figures.product.append(product)
        figures.floor.append(floor)
        figures.ratios.append(floor / product)
    yield figures


def _speed(stage: Stage, server: str, path: str) -> float:
    """Requests a second of eight browsers that never rest."""
    until = time.monotonic() + min(SECONDS, stage.rounds / 5)

    def ask(browser: Browser) -> int:
        done = 0
        while time.monotonic() < until:
            browser.get(path)
            done += 1
        return done

    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = sum(pool.map(ask, [stage.browser(server, "manager") for _place in range(AT_ONCE)]))
    return done / (time.monotonic() - began)


def memory(stage: Stage, requests: int) -> Iterator[Figures]:
    """Memory of the web process beside the floor's, and how it grows with so many requests."""
    pids = stage.here.workers
    product, floor = memory_mb(pids["product"]), memory_mb(pids["floor"])
    beside = Figures("memory", "product beside floor", 2.2, unit="MB", note="after all pages above")
    beside.add(product, [floor])
    yield beside
    say(f"  memory: {requests:,} requests more …")
    paths = ("/customers/", "/today/", "/search/?q=ware", "/customers/?status=won")

    def ask(browser: Browser) -> None:
        for number in range(requests // AT_ONCE):
            browser.get(paths[number % len(paths)])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, [stage.browser("product", "salesperson") for _place in range(AT_ONCE)]))
    grown = Figures("memory", f"after {requests:,} requests", 1.2, unit="MB")
    grown.add(memory_mb(pids["product"]), [product])
    yield grown
