"""Is this tax, credit or register code one that exists in its country, and how is it written to compare?"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.util import get_cc_module

from core.text import clean

_VAT = gettext_lazy("VAT number")
_CREDIT_CODE = gettext_lazy("unified social credit code")
# Which modules of python-stdnum know a country's codes, and how people call them there. The first that fits wins.
_KINDS: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    "AD": (("nrt", "NRT"),),
    "AL": (("nipt", "NIPT"),),
    "AR": (("cuit", "CUIT"),),
    "AU": (("abn", "ABN"), ("acn", "ACN")),
    "AZ": (("voen", "VÖEN"),),
    "BR": (("cnpj", "CNPJ"), ("cpf", "CPF")),
    "BY": (("unp", "УНП"),),
    "CA": (("bn", "BN"),),
    "CH": (("uid", "UID"), ("vat", _VAT)),
    "CL": (("rut", "RUT"),),
    "CN": (("uscc", _CREDIT_CODE),),
    "CO": (("nit", "NIT"),),
    "CR": (("cpj", "CPJ"), ("cpf", "CPF")),
    "DO": (("rnc", "RNC"),),
    "DZ": (("nif", "NIF"),),
    "EC": (("ruc", "RUC"),),
    "EG": (("tn", gettext_lazy("tax number")),),
    "FO": (("vn", "V-number"),),
    "FR": (("siren", "SIREN"), ("siret", "SIRET")),
    "GB": (("vat", _VAT), ("utr", "UTR")),
    "GH": (("tin", "TIN"),),
    "GN": (("nifp", "NIFp"),),
    "GT": (("nit", "NIT"),),
    "ID": (("npwp", "NPWP"),),
    "IL": (("hp", "ח״פ"), ("idnr", gettext_lazy("identity number"))),
    "IN": (("gstin", "GSTIN"), ("pan", "PAN")),
    "IS": (("vsk", "VSK"),),
    "IT": (("codicefiscale", "Codice fiscale"),),
    "JP": (("cn", "法人番号"),),
    "KE": (("pin", "PIN"),),
    "KR": (("brn", "사업자등록번호"),),
    "LI": (("peid", "PEID"),),
    "MA": (("ice", "ICE"),),
    "MC": (("tva", "TVA"),),
    "MD": (("idno", "IDNO"),),
    "ME": (("pib", "PIB"),),
    "MK": (("edb", "ЕДБ"),),
    "MX": (("rfc", "RFC"),),
    "MZ": (("nuit", "NUIT"),),
    "NO": (("orgnr", "Orgnr"), ("mva", "MVA")),
    "NZ": (("ird", "IRD"),),
    "PE": (("ruc", "RUC"),),
    "PL": (("regon", "REGON"),),
    "PY": (("ruc", "RUC"),),
    "RS": (("pib", "PIB"),),
    "RU": (("inn", "ИНН"), ("ogrn", "ОГРН")),
    "SE": (("orgnr", "Orgnr"),),
    "SG": (("uen", "UEN"),),
    "SM": (("coe", "COE"),),
    "SN": (("ninea", "NINEA"),),
    "SV": (("nit", "NIT"),),
    "TH": (("tin", "TIN"),),
    "TN": (("mf", "MF"),),
    "TR": (("vkn", "VKN"), ("tckimlik", "T.C. kimlik no.")),
    "TW": (("ubn", "統一編號"),),
    "UA": (("edrpou", "ЄДРПОУ"), ("rntrc", "РНОКПП")),
    "US": (("ein", "EIN"),),
    "UY": (("rut", "RUT"),),
    "VE": (("rif", "RIF"),),
    "VN": (("mst", "MST"),),
    "ZA": (("tin", "TIN"),),
}
# The members of the union, whose VAT numbers begin with the country (Greece's with EL).
_UNION = [
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]
_PREFIX_OF = {country: "EL" if country == "GR" else country for country in _UNION}
_COUNTRY_OF = {prefix: country for country, prefix in _PREFIX_OF.items()}
# Before the credit code China had 15-digit tax numbers and 9-character organisation codes; nothing else is a code.
_OLD_CHINESE = re.compile(r"^(?:\d{15}|[0-9A-Z]{9})$")
_SEPARATORS = re.compile(r"[\s./\\_:·‐-―-]+")

OK, WRONG, UNKNOWN = "ok", "wrong", "unknown"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What can be said of a code. `code` is its normal form, `verdict` "ok", "wrong" or "unknown", `kind` its name."""

    code: str
    verdict: str
    country: str = ""
    kind: str | Promise = ""
    length: int = 0  # that it should have, where that is what is wrong

    @property
    def is_wrong(self) -> bool:
        """Whether it cannot be a code of this country; "unknown" ones may well be right."""
        return self.verdict == WRONG

    @property
    def key(self) -> str:
        """The value by which equal codes are found: short numbers of two countries may have the same digits."""
        return f"{self.country}:{self.code}" if self.code else ""

    @property
    def message(self) -> str:
        """The verdict for people, in the reader's language."""
        words = {"kind": self.kind, "length": self.length, "found": len(self.code)}
        if self.verdict == OK:
            return _("Checked: a valid %(kind)s.") % words
        if self.length:
            return _("A %(kind)s has %(length)s characters; this one has %(found)s.") % words
        if self.is_wrong:
            return _("The check digit of this %(kind)s is wrong: a character is mistyped, or two are swapped.") % words
        if self.kind:
            return _("Kept without a check: it is not written like a %(kind)s.") % words
        return _("Kept without a check: none is known for this country.")


def check_code(country: str, code: str) -> CodeCheck:
    """Check a code of a company in `country` (ISO alpha-2, "" if unknown) with that country's check digits.

    "wrong" only if the code has the form of a code with check digits and these do not hold; a form that nobody here
    knows is "unknown". VAT numbers of the European Union get their country's prefix. Never raises.
    """
    country = country.upper()
    text = unicodedata.normalize("NFKC", clean(code)).upper()
    plain = unicodedata.normalize("NFC", _SEPARATORS.sub("", text))
    if not plain:
        return CodeCheck("", UNKNOWN, country)
    if not (plain.isascii() and plain.isalnum()):
        return CodeCheck(plain, UNKNOWN, country)
    if not country:
        guess = _COUNTRY_OF.get(plain[:2], "CN" if len(plain) == 18 else "")
        found = check_code(guess, plain) if guess else None
        return found if found and found.verdict == OK else CodeCheck(plain, UNKNOWN)
    kinds = _kinds(country)
    failed: str | Promise = ""
    for module, kind in kinds:
        try:
            valid = module.validate(plain)
        except InvalidChecksum:
            failed = failed or kind
        except (ValidationError, ValueError, IndexError, KeyError):
            continue
        else:
            return CodeCheck(_normal(country, valid.upper(), kind), OK, country, kind)
    if failed:
        return CodeCheck(plain, WRONG, country, failed)
    if country == "CN" and not _OLD_CHINESE.match(plain):
        return CodeCheck(plain, WRONG, country, _CREDIT_CODE, 18 if len(plain) != 18 else 0)
    return CodeCheck(plain, UNKNOWN, country, kinds[0][1] if kinds else "")


def _normal(country: str, code: str, kind: str | Promise) -> str:
    if kind is not _VAT:
        return code
    if country == "CH":  # the tax's name in one of four languages stands behind the UID
        return re.sub("(?:MWST|TVA|IVA|TPV)$", "", code)
    prefix = _PREFIX_OF.get(country, "")
    return prefix + code.removeprefix(prefix)


@lru_cache(maxsize=300)
def _kinds(country: str) -> tuple[tuple[Any, str | Promise], ...]:
    union = (("vat", _VAT),) if country in _PREFIX_OF else ()
    found = ((get_cc_module(country.lower(), name), kind) for name, kind in (*union, *_KINDS.get(country, ())))
    return tuple((module, kind) for module, kind in found if module is not None)
