"""Do the small things look and read as they should, and does what they refer to exist?"""

import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from core.money import Rate, Rates
from core.registries import CREATE, NAV
from core.templatetags import ui
from runner import vendor

ROOT: Path = settings.BASE_DIR
NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)  # Thursday 15:20 in Shanghai
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "email" not in path.parts)
# Say what something is, and need no rule: rank-1 and rank-2 stay on every screen.
APPS = ("core", "accounts", "customers", "opportunities", "followups", "communications")
MERE_NAMES = {"rank-1", "rank-2", "record"}
STYLES = sorted((ROOT / "static/css").glob("*.css"))


@pytest.fixture(autouse=True)
def _shanghai():
    with time_machine.travel(NOW, tick=False), timezone.override(ZoneInfo("Asia/Shanghai")):
        yield


def text(html: str) -> str:
    """What is left of HTML without its tags."""
    return re.sub(r"<[^>]+>", "", html)


# --- what people read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Lin Xiaowen", "LX"), ("林晓雯", "林"), ("João da Silva", "JS"), ("root", "R"), ("", "?"), (" ", "?")],
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal(84150), "USD\N{NO-BREAK SPACE}84,150"),
        (Decimal("84150.50"), "USD\N{NO-BREAK SPACE}84,150.50"),
        (Decimal(-3), "USD\N{NO-BREAK SPACE}−3"),
        (0, "USD\N{NO-BREAK SPACE}0"),
        (None, "—"),
    ],
)
def test_money_keeps_its_currency_before_it(amount, shown):
    assert ui.money(amount, "USD") == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1200000", "JPY", "1,200,000"),
        ("1200000.00", "JPY", "1,200,000"),
        ("12.5", "KWD", "12.500"),
        ("12.5", "HRK", "12.50"),
        ("0.0125", "USD", "0.0125"),
        ("12.5000", "USD", "12.50"),
        ("1E+5", "USD", "100,000"),
        (0.1, "USD", "0.10"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_is_never_rounded(amount, currency, shown):
    assert ui.money(amount, currency) == f"{currency}\N{NO-BREAK SPACE}{shown}"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("7.1", "7.10"), ("7.133699948444749957", "7.1337"), ("16820.88", "16,820.88"), ("1", "1.00"),
     ("0.048367025924847073", "0.04837"), ("0.000428365778619377", "0.0004284")],
)  # fmt: skip
def test_a_rate_has_as_many_digits_as_people_read(rate, shown):
    assert ui.rate(Decimal(rate)) == shown


def test_the_rates_of_a_page_stand_once_with_their_days():
    on, old = date(2026, 11, 26), date(2026, 11, 20)
    found = {
        ("USD", on): Rate("USD", Decimal("7.1"), on, "ecb"),
        ("CNY", on): Rate("CNY", Decimal(1), on, ""),
        ("AED", on): Rate("AED", Decimal("1.94"), old, "entered"),
    }
    asked = frozenset({*found, ("VND", on)})
    page = render_to_string("core/_rates_day.html", {"rates": Rates("CNY", on, found, asked)})
    said = " ".join(re.sub(r"<[^>]+>|&nbsp;", " ", page).split())
    assert said == (
        "CNY at rates of 26 Nov 2026: USD 7.10 CNY at rates of 20 Nov 2026: AED 1.94"
        " No rate is known for VND: these amounts are not in the totals."
    )
    assert "<" not in render_to_string("core/_rates_day.html", {"rates": Rates("CNY", on, {}, frozenset())})


@pytest.mark.parametrize(
    ("on", "english", "chinese"),
    [
        (date(2026, 11, 26), "Today", None),
        (date(2026, 11, 18), "18 Nov", "11月18日"),
        (date(2025, 3, 4), "4 Mar 2025", "2025年3月4日"),
    ],
)
def test_days_as_each_reader_says_them(on, english, chinese):
    assert text(ui.day(on)) == english
    if chinese:
        with translation.override("zh-hans"):
            assert text(ui.day(on)) == chinese


def test_a_moment_is_in_the_readers_zone():
    assert text(ui.moment(datetime(2026, 11, 26, 16, 30, tzinfo=UTC))) == "Tomorrow 00:30"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=26), "Yesterday 13:20"),
        (timedelta(hours=-2), "Today 17:20"),
    ],
)
def test_how_long_ago(before, words):
    assert text(ui.ago(NOW - before)) == words


def test_the_time_at_the_customers_with_its_holiday():
    html = ui.local_time("America/New_York", "New York", "holiday")
    assert text(html) == "02:20 New York · holiday"
    assert "is-holiday" in html
    assert ui.local_time("") == ""


def test_a_flag_says_its_country_in_the_readers_language():
    assert 'role=img title="Germany"' in ui.flag("DE")
    with translation.override("zh-hans"):
        assert 'title="德国"' in ui.flag("de")
    assert "aria-hidden" in ui.flag("DE", named=False)
    assert "flag-none" in ui.flag("XK")
    assert ui.flag("") == ""


def test_every_flag_has_its_picture():
    files = {path.stem for path in (ROOT / "static/vendor/tabler/flags").glob("*.svg")}
    sheet = (ROOT / "static/css/flags.css").read_text()
    assert set(re.findall(r"\.flag-(\w+) .*/\1\.svg", sheet)) == files
    assert sheet.count("{") == len(files)


def test_names_are_escaped_wherever_they_are_drawn():
    evil = "<script>alert(1)</script>"
    for html in (ui.person(evil), ui.status_dot("won", evil), ui.local_time("UTC", evil), ui.icon("x", 16, evil)):
        assert "<script>" not in html


def test_what_is_kept_of_a_safe_text_is_not_shown_for_one_that_is_not():
    assert "<b>kept</b>" in ui.status_dot("won", mark_safe("<b>kept</b>"))
    assert "<b>" not in ui.status_dot("won", "<b>kept</b>")
    assert "<b>" in ui.icon("x", 16, mark_safe("<b>kept</b>"))
    assert "<b>" not in ui.icon("x", 16, "<b>kept</b>")


def test_a_refusal_says_rule_figures_end_and_helper():
    refusal = {
        "message": "5 of 5 claimed today.",
        "rule": "Daily limit",
        "numbers": {"limit": 5},
        "ends_at": datetime(2026, 11, 26, 16, tzinfo=UTC),
        "helper": "Zhou Zhiqiang",
    }
    html = render_to_string("parts/refusal.html", {"refusal": refusal})
    shown = " ".join(text(html.replace("</dt>", " ")).split())
    for words in ("5 of 5 claimed today.", "Daily limit", "Limit 5", "Tomorrow 00:00", "Zhou Zhiqiang"):
        assert words in shown


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_pages_of_broken_days_need_neither_context_nor_database(page, language):
    with translation.override(language):
        html = render_to_string(page)
    assert f'lang="{language}"' in html
    assert "<h1>" in html


# --- what the pages refer to -----------------------------------------------------------------------


def test_vendored_files_are_what_the_manifest_says():
    assert vendor.changed() == []
    pinned = {(package.name, package.version, package.sha256) for package in vendor.PACKAGES}
    listed = {(p["name"], p["version"], p["sha256"]) for p in json.loads(vendor.MANIFEST.read_text())}
    assert pinned == listed


def test_every_icon_named_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/i/i.svg").read_text()))
    named = {
        name
        for path in [*PAGES, *python_files()]
        for name in re.findall(r'(?:\{% icon |\bicon\(|icon=)"([a-z0-9-]+)"', path.read_text())
    }
    named |= {entry.icon for entry in (*NAV.values(), *CREATE.values())}
    assert named - known == set()


def test_every_class_used_stands_in_a_stylesheet():
    sheets = [*STYLES, ROOT / "static/vendor/tabler/tabler.css"]
    known = {name for path in sheets for name in re.findall(r"\.([A-Za-z][\w-]*)", path.read_text())}
    used = {
        (name, str(path.relative_to(ROOT)))
        for path in [*PAGES, *python_files()]
        if "admin" not in path.parts
        for words in re.findall(r'class=\\?"([^"]*?)\\?"', path.read_text())
        for name in re.sub(r"[\w-]*(\{\{.*?\}\}|\{%.*?%\}|\{[^}]*\})[\w-]*", " ", words).split()
    }
    assert {pair for pair in used if pair[0] not in known | MERE_NAMES} == set()


def test_no_page_has_inline_styles_or_scripts():
    inline = re.compile(r'\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)(?![^>]*type="application/json")|<style|hx-on')
    assert [str(path.relative_to(ROOT)) for path in PAGES if inline.search(path.read_text())] == []


def test_no_page_names_another_host():
    outside = re.compile(r'(?:src|href|action)="https?://')
    assert [str(path.relative_to(ROOT)) for path in PAGES if outside.search(path.read_text())] == []


def test_the_first_visit_weighs_less_than_its_budget():
    """All that the shell links, compressed as it is sent; 30 kB of the 200 are left for the page and its flags."""
    linked = " ".join((ROOT / "templates" / name).read_text() for name in ("parts/styles.html", "parts/scripts.html"))
    # Tom Select comes only with a form that has a long select.
    paths = [path for path in re.findall(r"static '([^']+)'", linked) if "tom-select" not in path]
    paths += ["js/theme.js", "i/i.svg"]
    weight = sum(len(gzip.compress((ROOT / "static" / path).read_bytes(), 6)) for path in paths)
    weight += sum(path.stat().st_size for path in (ROOT / "static/vendor/inter").glob("*.woff2"))
    assert weight < 170_000


# --- colours ---------------------------------------------------------------------------------------

TEXT_ON = [
    (ink, surface)
    for ink in ("text", "text-2", "text-3", "accent-text", "ok", "warn", "bad")
    for surface in ("bg", "surface", "sunken")
] + [
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-bad", "bad"),
    ("accent-text", "accent-lt"),
    ("text-2", "accent-lt"),
    ("text-3", "accent-lt"),
    ("ok", "ok-lt"),
    ("warn", "warn-lt"),
    ("bad", "bad-lt"),
    ("neutral", "neutral-lt"),
    *((ink, tint) for ink in ("text", "text-2") for tint in ("ok-lt", "warn-lt", "bad-lt")),
]


def tokens(selector: str) -> dict[str, str]:
    css = (ROOT / "static/css/tokens.css").read_text()
    block = css[css.index(f"{selector} {{") :].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", block))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [":root", '[data-bs-theme="dark"]'])
def test_text_can_be_read_on_every_surface_it_stands_on(theme):
    colours = tokens(theme)
    ratios = {(ink, on): contrast(colours[ink], colours[on]) for ink, on in TEXT_ON}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}
    assert contrast(colours["border-in"], colours["surface"]) >= 3


def python_files() -> list[Path]:
    return [path for app in APPS for path in (ROOT / app).rglob("*.py")]
