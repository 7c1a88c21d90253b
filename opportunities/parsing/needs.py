"""For what does a text ask, how much of it, and what is it worth to them?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from core.importing.values import Money, money_of, number_of

_UNITS = (
    r"pieces?/pieces?|sets?/sets?|[A-Za-z]+/[A-Za-z]+s|pieces?|pcs\.?|pc|units?|sets?|pairs?|dozens?|cartons?|ctns?|boxes|box|"
    r"rolls?|reels?|bags?|bottles?|barrels?|drums?|sheets?|meters?|metres?|mtrs?|square meters?|square metres?|sqm|m2|m²|"
    r"cubic meters?|cbm|m3|m³|yards?|kgs?|kilograms?|kilos?|tons?|tonnes?|mts?|metric tons?|grams?|lbs?|pounds?|liters?|"
    r"litres?|gallons?|pallets?|containers?|forty-foot containers?|twenty-foot containers?|40\s?hq|40\s?hc|40\s?gp|20\s?gp|fcl|"
    r"packs?|packets?|stück|stk\.?|paar|karton(?:s|lar)?|piezas?|unidades|juegos?|cajas?|pares|pièces|unités|peças|pezzi|pz\.?|"
    r"stuks|штук\w?|шт\.?|тонн\w?|метр\w{0,3}|кг|adet|takım|個|本|台|枚|개|세트|대|"
    r"个|件|套|台|只|支|双|对|箱|打|吨|公斤|千克|米|平方米|立方米|卷|张|块|片|瓶|桶|把|条|根|辆|柜|袋|包|盒|本|万个|万件|万只"
)
_NUMBER = r"\d{1,12}(?:[.,'’]\d{1,9}| \d{3}(?!\d)){0,6}"
_QUANTITY = re.compile(
    rf"(?<![A-Za-z\d.,/+-])(?P<number>{_NUMBER})\s?(?P<scale>k|万)?\s*[x×]?\s*(?P<unit>{_UNITS})(?![A-Za-z\d])",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?P<number>{_NUMBER})\s?(?P<scale>k\b|万)?")
# A measure of the goods, not of the order: "30 mm", "a pack of 12 pcs", "150 pcs per carton", "set of 4".
_PER = re.compile(r"^\s*(?:/|per\b|each\b|a carton|一箱|每)", re.IGNORECASE)
_OF_GOODS = re.compile(r"(?:set|pack|box|kit|pair|price|moq)s?\s+(?:of|for|is)\s*$|每\w{0,3}$|@\s*$", re.IGNORECASE)
_MONEY = r"(?:[A-Z]{2,3}\s?)?[$€£¥₹]?\s?\d{1,12}(?:[.,' ]\d{1,9}){0,6}\s?(?:k\b|万)?\s?(?:[A-Z]{3}\b|[$€£¥]|美元|美金|欧元|元|人民币|dollars|euros?)?"
_WORTH = re.compile(
    rf"(?:budget(?:\s+(?:is|of|around|about|for this|up to))*|worth|total value(?: of)?|order value(?: of)?|预算(?:大概|约|是|为)*|"
    rf"总价|presupuesto(?: de)?|бюджет)\s*[:：]?\s*(?:about|around|ca\.?|approx\.?|约|up to)?\s*(?P<money>{_MONEY})",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"(?:looking (?:for|to (?:buy|source|purchase|import|order))|in search of|searching for|interested in|"
    r"(?:want|like|wish|plan|need|intend|going) to (?:buy|purchase|order|import|source)|"
    r"quot(?:e|ation)s?(?: (?:us|me))?(?: (?:for|on|of|about))|request for quotation\s*[-–:]?|rfq\s*[-–:]|(?:best )?price(?:s| list)? (?:for|of|on)|"
    r"inquir(?:y|e|ing) (?:for|about)|enquir(?:y|e|ing) (?:for|about)|(?:we|i) (?:are )?(?:need|require|import|buy|buying|sourcing)(?:ing)?|"
    r"suppliers? (?:of|for)|manufacturers? (?:of|for)|"
    r"interessier(?:e|en) (?:uns|mich) für|auf der suche nach|suchen(?: wir)?|benötigen(?: wir)?|angebot (?:für|über)|"
    r"(?:estamos |estoy )?(?:buscando|interesad[oa]s? en)|busco|buscamos|necesit(?:o|amos)|cotizaci[oó]n (?:de|para|por)|precio (?:de|para)|"
    r"(?:nous )?(?:recherchons|cherchons)|je (?:re)?cherche|intéressée?s? par|besoin d['e]|devis pour|"
    r"(?:estamos )?procurando|interessad[oa]s? em|cotação (?:de|para)|(?:sono |siamo )?interessat[oi] a|cerchiamo|preventivo per|"
    r"интересует|интересуют|ищем|нам нужн\w+|ilgileniyoruz|arıyoruz|"
    r"求购|想(?:要)?(?:采购|购买|买|订购|定制)|需要(?:采购|购买|订购|定制)?|采购(?![经部员商总主量数])|询价|对|感兴趣的产品是)[ \t]*",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:[^\n.,;:!?()。，；：！？（）]|(?<=\d)[.,](?=\d)){2,90}")
_TAIL = re.compile(
    r"\s+(?:from (?:you|your|china)|for (?:our|my|the|a|your)\b|with (?:the )?following|as (?:below|follows|per)|to be|which|that|and (?:would|we|i|need|want|please)|"
    r"in your|on your|you (?:have|sell|offer)|please|because|so |at the|if |asap|für (?:unser|den)|para (?:nuestr|el|la)|pour (?:notre|le|la)).*$"
    rf"|[ ,，]*(?:ca\.?|approx\.?|about|around|约|大约)?\s*(?:{_NUMBER})\s?(?:k|万)?\s*[x×]?\s*(?:{_UNITS})(?![A-Za-z\d]).*$"
    r"|(?:很?感兴趣|的报价|，|的价格|产品的?$).*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"^(?:(?:{_NUMBER})\s?(?:k|万)?\s*[x×]?\s*(?:{_UNITS})?(?![A-Za-z\d])\s*(?:of|de|von|的)?\s*|"
    r"(?:a|an|the|your|some|about|buying|purchasing|any|these|this|die|den|ihre?n?|el|la|los|las|sus?|vos|des|les|i|il|um|uma|"
    r"supplier of|suppliers of|suppliers for|supplier for|manufacturers? of|manufacturers? for|quotation (?:for|of)|long term|"
    r"(?:the |your )?(?:best |fob |cif )*(?:prices?|quotations?|quotes?|price list|catalog(?:ue)?) (?:for|of|on|about)|"
    r"(?:einen? )?(?:lieferanten|hersteller|anbieter) (?:für|von)|(?:un |una )?(?:proveedor(?:es)?|fabricantes?) (?:de|para)|"
    r"(?:un )?fournisseurs? de|一批|一些|贵司的?|你们的?|您的?)\s*(?=[^a-z]|\b)(?<![a-z])|to (?:buy|source|purchase|import|order)\s+)+",
    re.IGNORECASE,
)
_NO_THING = re.compile(
    r"^(?:it|them|this|that|these|those|(?:this|these|your|the) (?:product|item|good|article)s?|products?|items?|goods|"
    r"more|information|details|price|prices|the price|quotation|help|you|your (?:company|products?|reply)|working|cooperat\w*|"
    r"know\w*|hear\w*|buying|forward.*|questi prodotti|productos|esto|联系|报价|产品|你|您|我们)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A number and its unit as written; ``start`` to ``end`` is the number's place."""

    number: Decimal
    unit: str
    start: int
    end: int


def quantity_of(value: str) -> Quantity | None:
    """Read the value behind a label: a number, and a unit where one follows."""
    found = quantity_in(value)
    if found is not None:
        return found
    match = _BARE.search(value)
    number = _number(match) if match else None
    if match is None or number is None:
        return None
    word = re.match(r"\s*(?P<unit>[^\W\d_][\w/ -]{0,38})", value[match.end() :])
    return Quantity(number, word["unit"].strip() if word else "", match.start(), match.end())


def quantity_in(text: str) -> Quantity | None:
    """The first quantity with a unit of the trade that is one of the order, not of the goods."""
    for match in _QUANTITY.finditer(text):
        number = _number(match)
        if number is None or _PER.match(text[match.end() :]) or _OF_GOODS.search(text[: match.start()][-24:]):
            continue
        end = match.end("scale") if match["scale"] else match.end("number")
        return Quantity(number, match["unit"], match.start(), end)
    return None


def _number(match: re.Match[str]) -> Decimal | None:
    digits = match["number"].strip(" .,'’")
    # "1.300 pcs" is no fraction of a piece: a mark before three digits parts thousands.
    number = number_of(digits, "," if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits) else ".")
    scale = {"k": 1000, "万": 10_000}.get((match["scale"] or "").lower(), 1)
    return number * scale if number is not None and 0 < number * scale < Decimal(10) ** 12 else None


def worth_of(text: str) -> Money:
    """Read an amount with its currency; "EUR 20.000" is no twenty euros of three decimals."""
    one = re.split(r"\s*/\s*|\s+per\s+", text)[0]
    return money_of(one, decimal="," if re.search(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.,])", one) else ".")


def amount_in(text: str) -> tuple[int, int] | None:
    """Where the value of the whole is said, with a word that says that it is."""
    match = _WORTH.search(text)
    return (match.start("money"), match.start("money") + len(match["money"].rstrip(" .,\n"))) if match else None


def product_in(text: str) -> tuple[int, int] | None:
    """Where the goods are named that somebody looks for, wants to buy or asks a price of."""
    for wanted in _WANTED.finditer(text):
        thing = _THING.match(text, wanted.end())
        if thing is None:
            continue
        start, words = thing.start(), thing[0]
        if lead := _LEAD.match(words):
            start, words = start + lead.end(), words[lead.end() :]
        words = _TAIL.sub("", words)
        bare = words.strip(" \t-–\"'“”*")
        if len(bare) >= 2 and any(map(str.isalpha, bare)) and not _NO_THING.match(bare) and len(bare.split()) <= 12:
            start += words.index(bare)
            return start, start + len(bare)
    return None
