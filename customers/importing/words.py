"""In which words does a row's verdict reach a person? Made when it is read, within what the reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.importing.words import say_common
from core.models import ImportRow, ImportRun

from ..conflicts import Hit
from ..conflicts import Reason as LikeReason
from ..hits_shown import said
from ..models import Customer
from ..registries import HitLine
from ..reveals import lines_of_others

if TYPE_CHECKING:
    from accounts.models import User

BY = {
    "number": gettext_lazy("the same Gonghai number"),
    "id": gettext_lazy("the same external id"),
    "code": gettext_lazy("the same tax or credit code"),
    "name": gettext_lazy("the same name and country"),
    "email": gettext_lazy("the same e-mail, but another name"),
}

PLAIN = {
    "repeats": gettext_lazy("Says the same as line %(line)s."),
    "blocked": gettext_lazy("Completing this would make it the same as another customer."),
    "point": gettext_lazy("“%(value)s” cannot be dialled or mailed; kept as it is written."),
    "wrong_code": gettext_lazy("“%(value)s” cannot be right as a tax or credit code."),
    "not_yours": gettext_lazy("Stays: it was archived, or is not in your hands any more."),
    "foreign_number": gettext_lazy(
        "“%(value)s” is no number of this installation; the line is recognised by the rest."
    ),
    "owner": gettext_lazy("“%(value)s” is nobody whom you can make owner."),
}


def say(rows: Sequence[ImportRow], run: ImportRun, user: User, labels: Mapping[str, str]) -> dict[int, list[Any]]:
    """The reasons of each row as HTML-safe lines. Two queries."""
    # A hit shows of a stranger's customer its name, owner and status, and nothing else (domain.md).
    hits = named_customers(rows, user)
    others = other_lines(rows, user)
    found = {}
    for row in rows:
        lines = [_line(reason, run, labels, hits, others) for reason in (*row.left, *row.reasons)]
        found[row.pk] = lines or [_("No customer like it was found.")]
    return found


def _customers(about: Mapping[str, Any]) -> list[int]:
    return [*about.get("customers", ()), *([about["customer"]] if "customer" in about else [])]


def named_customers(rows: Sequence[ImportRow], user: User) -> dict[int, SafeString]:
    """The customers of the rows' reasons in words: a link where the reader sees them, else name, owner and status."""
    ids = {pk for row in rows for reason in (*row.reasons, *row.left) for pk in _customers(reason.get("about", {}))}
    known = Customer.objects.filter(pk__in=ids).select_related("owner", "status", "pool")
    mine = set(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {customer.pk: _named(customer, customer.pk in mine) for customer in known}


def other_lines(rows: Sequence[ImportRow], user: User) -> dict[Any, HitLine]:
    """What the reasons may say of records that are no customers, by subject."""
    told = [one for row in rows for reason in row.reasons for one in reason.get("about", {}).get("others", ())]
    return lines_of_others([Hit(tuple(one), "") for one in told], user)


def named_others(about: Mapping[str, Any], others: Mapping[Any, HitLine]) -> list[SafeString]:
    """These records in words: a link where the reader sees them, else name, owner and state."""
    return [_named_other(others[tuple(one)]) for one in about.get("others", ()) if tuple(one) in others]


def _named_other(line: HitLine) -> SafeString:
    words = f"{line.what}, {line.owner}, {line.state}"
    name = format_html('<a href="{}"><bdi>{}</bdi></a>', line.url, line.name) if line.url else line.name
    return format_html(_("{named} ({where})"), named=name, where=words)


def _line(
    reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str], hits: Mapping[int, SafeString], others: Any
) -> Any:
    about = reason.get("about", {})
    code = reason["code"]
    if code in PLAIN:
        return str(PLAIN[code]) % (about | reason)
    told = [hits[pk] for pk in _customers(about) if pk in hits]
    named = format_html_join(_(", "), "{}", ((words,) for words in (*told, *named_others(about, others))))
    by = BY.get(about.get("by", ""), "")
    match code:
        case "joins":
            return _("Same company as line %(line)s: %(what)s") % {"line": about["line"], "what": _added(about, labels)}
        case "nothing_new":
            return format_html(_("{named} has all of it ({by})."), named=named, by=by)
        case "fills":
            return format_html(_("{named} ({by}): {what}"), named=named, by=by, what=_added(about, labels))
        case "touched":
            return format_html(_("Stays: {named} was worked on since."), named=named)
        case "used_since" | "changed_since" | "kept":
            return _unlike(code, about, labels)
        case "other_id":
            where = named or _("line %(line)s") % {"line": about.get("line", "")}
            return format_html(_("Same company as {where}, but with another external id."), where=where)
        case "similar":
            return conflict(named, alike(about), about.get("hidden", 0))
        case "held" | "several" | "looks_like":
            return conflict(named, by, about.get("hidden", 0))
    return say_common(reason, run, labels)


def _unlike(code: str, about: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """What is not as the file has it, or had it."""
    if code == "used_since":
        words = ngettext(
            "%(count)s contact stays, worked on since.", "%(count)s contacts stay, worked on since.", about["count"]
        )
        return words % about
    told = _("Changed since, stays: %(fields)s.") if code == "changed_since" else _("Not overwritten: %(fields)s.")
    return told % {"fields": _(", ").join(_label(key, labels) for key in about["fields"])}


def alike(about: Mapping[str, Any]) -> str:
    """“Name: similar; another country (0.91)”: what speaks most for the likest customer."""
    field, words, figure = said(LikeReason(about["field"], tuple(about["how"]), about["score"]))
    return _("%(field)s: %(words)s (%(figure)s)") % {"field": field, "words": words, "figure": figure}


def conflict(named: SafeString, by: Any, hidden: int) -> SafeString:
    more = (
        ngettext(
            "%(count)s customer of colleagues that is not named any more today",
            "%(count)s customers of colleagues that are not named any more today",
            hidden,
        )
        % {"count": hidden}
        if hidden
        else ""
    )
    found = format_html_join(_(", "), "{}", ((words,) for words in (named, more) if words))
    return format_html(_("{by}: {found}"), by=str(by).capitalize(), found=found)


def _named(customer: Customer, is_mine: bool) -> SafeString:
    if is_mine:
        return format_html('<a href="{}"><bdi>{}</bdi></a>', customer.get_absolute_url(), customer.name)
    if customer.is_archived:
        where = _("archived")
    else:
        where = customer.owner.name if customer.owner else _("in the public pool")
    named = format_html("<bdi>{}</bdi>", customer.name)
    return format_html(_("{named} ({where}, {status})"), named=named, where=where, status=customer.status.name)


def _added(about: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    words = [_label(key, labels) for key in about.get("fields", ())]
    counts = (
        ("contacts", ngettext("%(n)s new contact", "%(n)s new contacts", about.get("contacts", 0))),
        ("points", ngettext("%(n)s number or address", "%(n)s numbers or addresses", about.get("points", 0))),
        ("tags", ngettext("%(n)s tag", "%(n)s tags", about.get("tags", 0))),
        ("categories", ngettext("%(n)s category", "%(n)s categories", about.get("categories", 0))),
    )
    return _(", ").join(words + [text % {"n": about[key]} for key, text in counts if about.get(key)])


def _label(key: str, labels: Mapping[str, str]) -> str:
    return labels.get(key, key)
