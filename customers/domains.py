"""Which domain is a company's own, and which ones tie nobody because many share them?"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from core.text import clean

_DATA = Path(__file__).parent / "data"
_LONGEST = 253
_PLAIN = re.compile(r"(?:https?://)?(?:[^\s/@<>:]*@)?([a-z0-9.-]+\.[a-z]+)(?::\d+)?(?:[/?#].*)?$", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+-]*:)?(?://)?", re.IGNORECASE)
_HOST = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})+$")


@dataclass(frozen=True)
class _Suffixes:
    """The public suffix list (publicsuffix.org), private section included: acme.myshopify.com is a firm's own."""

    rules: frozenset[str]
    wildcards: frozenset[str]
    exceptions: frozenset[str]


@lru_cache(maxsize=1)
def _suffixes() -> _Suffixes:
    # tldextract carries a snapshot of the list. The package itself would bring an HTTP client of 24 MB into every
    # process for what are thirty lines, so only its file is read; the lock file says how old it is.
    spec = find_spec("tldextract")
    assert spec
    assert spec.origin
    lines = (Path(spec.origin).parent / ".tld_set_snapshot").read_text(encoding="utf-8").splitlines()
    rules = {_ascii(line.strip()) for line in lines if line.strip() and not line.startswith("//")}
    return _Suffixes(
        frozenset(rule for rule in rules if rule[0] not in "*!"),
        frozenset(rule[2:] for rule in rules if rule.startswith("*.")),
        frozenset(rule[1:] for rule in rules if rule.startswith("!")),
    )


def _ascii(host: str) -> str:
    """Return a host in the form of the wire (xn--…), "" where it cannot be one."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _host(address: str) -> str:
    """Take the host out of a web address or e-mail address in any writing."""
    if match := _PLAIN.match(address):
        return match[1].lower()
    text = clean(address[:2048]).replace("＠", "@").replace("。", ".").replace("．", ".").strip("<>\"' ")
    text = _SCHEME.sub("", text) if not re.match(r"^[\w.-]+:\d+", text) else text
    before, _at, after = text.rpartition("@")
    try:
        host = urlsplit(f"//{text if '/' in before else after}").hostname or ""
    except ValueError:
        return ""
    return _ascii(host.strip(". "))


def web_domain(address: str) -> str:
    """Return the registrable domain of a web or e-mail address: https://www.acme.co.uk/x → acme.co.uk.

    "" for what has none: an IP address, a bare suffix, a host without a known suffix, text that is no address.
    """
    return _registrable(_host(address))


def _registrable(host: str) -> str:
    if len(host) > _LONGEST or not _HOST.match(host):
        return ""
    labels, table = host.split("."), _suffixes()
    for index in range(len(labels)):
        suffix, parent = ".".join(labels[index:]), ".".join(labels[index + 1 :])
        if suffix in table.exceptions:
            return suffix
        if suffix in table.rules or (parent and parent in table.wildcards):
            return ".".join(labels[index - 1 :]) if index else ""
    return ""  # an IP address too: no suffix is a number


@lru_cache(maxsize=1)
def _shared() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with (_DATA / "shared_domains.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["kind"], set()).update(row["domains"].split())
    return {kind: frozenset(domains) for kind, domains in found.items()}


# Providers that sell mail in many countries under one name and a country's ending.
_MAIL_BRANDS = re.compile(
    r"^(?:hotmail|outlook|live|yahoo|ymail|gmx|yandex|rocketmail|msn)\.[a-z]{2,3}(?:\.[a-z]{2})?$"
)


def is_free_mail(domain: str) -> bool:
    """Say whether anybody can have a mailbox at `domain` (or its provider's): such an address ties nobody."""
    host = _host(domain)
    return _is_free(host, _registrable(host))


def _is_free(host: str, domain: str) -> bool:
    mail = _shared()["mail"]
    return host in mail or domain in mail or bool(_MAIL_BRANDS.match(host))


def is_platform(domain: str) -> bool:
    """Say whether `domain` is a market place, a social network or a site builder on which many have pages."""
    host = _host(domain)
    return host in _shared()["platform"] or _registrable(host) in _shared()["platform"]


def own_domain(address: str) -> str:
    """Return the registrable domain that may tie a web or e-mail address to one company, "" where many share it."""
    host = _host(address)
    domain = _registrable(host)
    is_shared = _is_free(host, domain) or domain in _shared()["platform"]
    return "" if is_shared else domain


# Mailboxes that stand for a firm, not for a person.
_ROLES = frozenset(
    [
        "info",
        "sales",
        "sale",
        "contact",
        "office",
        "mail",
        "email",
        "admin",
        "support",
        "service",
        "export",
        "import",
        "purchase",
        "purchasing",
        "procurement",
        "enquiry",
        "enquiries",
        "inquiry",
        "inquiries",
        "hello",
        "team",
        "marketing",
        "order",
        "orders",
        "accounts",
        "accounting",
        "finance",
        "hr",
        "jobs",
        "kontakt",
        "verkauf",
        "einkauf",
        "vertrieb",
        "buero",
        "ventas",
        "compras",
        "comercial",
        "contacto",
        "vendas",
        "contato",
        "commercial",
        "achats",
        "contabilidad",
        "administracion",
        "webmaster",
        "postmaster",
        "no-reply",
        "noreply",
        "secretary",
        "reception",
        "business",
        "trade",
        "trading",
    ]
)


def is_shared_mailbox(address: str) -> bool:
    """Say whether an e-mail address is one that several people read (info@, sales@)."""
    return clean(address).rpartition("@")[0].casefold().split("+")[0] in _ROLES
