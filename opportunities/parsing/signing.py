"""Who do the last lines of a letter say that its writer is, and how do they introduce themselves?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from customers.identity import normalise_name

_GOODBYE = re.compile(
    r"^[ \t>]*(?:with |mit |many |kind |best |warm |warmest |my )*"
    r"(?:(?:best|kind|warm|kindest) regards|regards|best wishes|rgds|br|b/r|thanks(?: and (?:best |kind )?regards| & regards)?"
    r"(?: a lot| in advance)?|thank you(?: very much| so much| in advance)?|many thanks|sincerely(?: yours)?|"
    r"yours (?:sincerely|faithfully|truly)|cheers|best|respectfully|"
    r"(?:freundlichen?|besten?|viele|liebe|schöne|herzliche) (?:grüße[n]?|grüssen?|gruß|gruss)|mfg|"
    r"(?:bien )?cordialement|salutations(?: distinguées)?|bonne journée|merci(?: d'avance)?|"
    r"(?:un )?(?:cordial )?saludo(?:s)?(?: cordiales)?|atentamente|gracias|"
    r"atenciosamente|att\.?|cumprimentos|obrigad[oa]|abraços|"
    r"cordiali saluti|distinti saluti|saluti|grazie|met vriendelijke groet(?:en)?|groeten|"
    r"с уважением|спасибо|saygılarımla|saygılarımızla|iyi çalışmalar|teşekkürler|"
    r"此致|敬礼|顺祝商祺|顺颂商祺|祝商祺|商祺|祝好|谢谢|多谢|感谢|敬上|よろしくお願いします|よろしくお願いいたします|감사합니다)"
    r"(?P<rest>[ \t]*[,，.。!！:：\-–—~]*[ \t]*[^\n]{0,120})$",
    re.IGNORECASE | re.MULTILINE,
)
_TITLES = re.compile(
    r"\b(?:manager|director|buyer|purchas\w+|procurement|sourcing|import\w*|ceo|cto|coo|cfo|cmo|owner|founder|co-founder|"
    r"president|vice president|vp|partner|engineer|officer|executive|assistant|head of|sales|merchandiser|specialist|"
    r"coordinator|supervisor|consultant|representative|agent|trader|designer|architect|proprietor|secretary|analyst|"
    r"geschäftsführer(?:in)?|einkauf\w*|einkäufer(?:in)?|leiter(?:in)?|inhaber(?:in)?|prokurist(?:in)?|"
    r"gerente|director[a]?|comprador[a]?|compras|jefe|jefa|dueñ[oa]|propietari[oa]|"
    r"acheteu(?:r|se)|directeur|directrice|gérant[e]?|responsable|chef|diretor[a]?|sócio|"
    r"responsabile|titolare|acquisti|менеджер|директор|закупк\w+|müdürü?|satın alma)\b|"
    r"经理|总监|主管|采购|总裁|董事|老板|工程师|助理|负责人|部长|課長|部長|担当|대표|과장|부장",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|Ing|Eng|Sr|Sra|Mme|M|i\.\s?A|i\.\s?V|ppa)\.?\s+)*"
    r"(?P<name>[^\W\d_a-z][\w'’.-]*(?:[ \t]+(?:(?:de|da|do|dos|del|della|di|van|von|der|den|bin|binti|al|el|la|le|y|e|ibn|abu)"
    r"[ \t]+){0,2}[^\W\d_a-z][\w'’.-]*){0,4})"
)
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}(?:先生|女士|小姐|经理|总)?")
_SENTENCE = re.compile(
    r"\b(?:we|i|you|please|need|want|looking|interested|hope|send|quote|price|dear|hello|hi|can|would|have|is|are|wir|bitte|"
    r"nous|vous|somos|estamos|por favor|siamo)\b|[?!]",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:dear|hello|hi|hallo|attn|to|good (?:morning|day|afternoon)|sehr geehrte|bonjour|hola|尊敬的|您好|你好)\b",
    re.IGNORECASE,
)
# No name, although it has a capital: what people write in its place.
_NO_NAME = re.compile(
    r"\b(?:sent from|get outlook|best|regards|thanks|team|hello|hi|dear|from|von meinem|gesendet|envoyé|enviado|"
    r"tel|phone|mobile|email|whatsapp|wechat|www|http|website|address|looking|kind)\b",
    re.IGNORECASE,
)
# Two letters that end a line may be a word ("AS", "SE"): alone they make no company of it.
_SHORT_FORMS = frozenset(("as", "se", "sa", "ab", "ag", "co", "oy", "sp", "pt", "cv", "ev", "ek", "is", "to"))
_LAST_LINES = 14

# (pattern, the groups it has); names of companies end at a comma, a full stop with a blank, a word that goes on.
_TILL = r"(?=\s+(?:and|in|from|at|based|located|with|who|which|und|aus|de|à|en|we|i)\b|[,;!?\n，。；！]|\.\s|\.$|$)"
_FIRM = r"[^\n,;!?]{2,80}?(?:,\s?(?:LLC|L\.L\.C\.|Inc|Ltd|Corp|Co|GmbH|S\.?A|S\.?R\.?L)\b\.?(?:,?\s?Ltd\.?)?)?"
_PERSON = r"(?P<person>[^\W\d_a-z][\w'’-]*(?:[ ][^\W\d_a-z][\w'’-]*){0,3})"
_INTRODUCTIONS = tuple(
    re.compile(words, flags)
    for words, flags in (
        ((rf"(?:[Mm]y name is|[Mm]y name's|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|[Jj]e m'appelle|[Mm]e llamo|[Mm]i nombre es|"
         rf"[Mm]eu nome é|[Mm]i chiamo|[Мм]еня зовут)\s+{_PERSON}"), 0),
        ((rf"(?:\b[Tt]his is|\bI am|\bI'm|\bI’m|\bSoy|\bIch bin|\bJe suis|\bSono)\s+{_PERSON}"
         rf"(?:,|\s+(?:from|of|at|with|de|von|der Firma|vom|da|di))"), 0),
        ((rf"(?:\b[Tt]his is|\bI am|\bI'm|\bI’m|\bmy name is|\b[Ss]oy)\s+[^\n.,]{{1,40}}?,?\s+(?:from|of|at|with|de)\s+"
         rf"(?P<company>{_FIRM}){_TILL}"), 0),
        ((rf"\b(?:[Ww]e are|[Ww]e're|[Oo]ur company is|[Oo]ur company,?|[Ww]ir sind|[Nn]ous sommes|[Ss]omos|[Ss]iamo|"
         rf"[Oo]ur company name is|I work (?:for|at)|I represent|on behalf of)\s+(?:the company\s+|from\s+|with\s+)?"
         rf"(?P<company>{_FIRM}){_TILL}"), 0),
        (r"(?P<company>\b(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|ТОО|ТОВ)\s+[«\"“][^»\"”\n]{2,60}[»\"”])", 0),
        (rf"^{_PERSON}\s+(?:has sent you|sent you|is interested in|wants to buy|has contacted you)\b", re.MULTILINE),
        ((r"(?:我是|我们是|这里是|我司是|我来自)(?:来自)?(?P<company>[\u4e00-\u9fff（）()\w]{2,30}?(?:公司|集团|株式会社))"
         r"(?:的?(?P<person>[\u4e00-\u9fff]{2,4}?)(?=[，。,.；!！\s]|$))?"), 0),
        (r"(?:我叫|我的名字是|我姓名是|敝姓)(?P<person>[\u4e00-\u9fff·]{2,5}|[A-Z][a-z]+)", 0),
        (r"(?:^|[，。,\s])我是(?P<person>[\u4e00-\u9fff]{2,3})(?=[，。,；!！\s]|$)", re.MULTILINE),
    )
)  # fmt: skip


def is_title(text: str) -> bool:
    """Does a short text name somebody's work?"""
    return len(text) <= 80 and bool(_TITLES.search(text)) and not _SENTENCE.search(text)


def introduced(text: str) -> Iterator[tuple[str, int, int]]:
    """(field, start, end) of what writers say of themselves: "this is Jane of Acme Ltd"."""
    for pattern in _INTRODUCTIONS:
        for match in pattern.finditer(text):
            for field, value in match.groupdict().items():
                if not value:
                    continue
                if field == "company" and not (_is_company(value) or value.endswith(("公司", "集团", "厂"))):
                    continue
                if field == "person" and (_NO_NAME.search(value) or _is_company(value) or is_title(value)):
                    continue
                yield field, match.start(field), match.start(field) + len(value.rstrip())


def signature_in(text: str) -> Iterator[tuple[str, int, int]]:
    """(field, start, end) of the lines below the last farewell: person, title, company, place."""
    goodbye = next(iter(reversed(list(_GOODBYE.finditer(text)))), None)
    if goodbye is None:
        return
    rest_at = goodbye.start("rest")
    pieces = [(rest_at, goodbye["rest"])] if _is_name(goodbye["rest"].strip(" ,，.。!！:：-–—~\t")) else []
    at = goodbye.end() + 1
    for line in text[at:].split("\n")[:_LAST_LINES]:
        pieces.append((at, line))
        at += len(line) + 1
    has_person = False
    for at, line in pieces:
        for start, part in _parts(at, line):
            if not part:
                continue
            if not has_person and _is_name(part):
                has_person = True
                yield "person", start, start + len(part)
            elif _is_company(part):
                yield "company", start, start + len(part)
            elif is_title(part):
                yield "title", start, start + len(part)
        yield "place", at, at + len(line)


def lines_of_company(text: str) -> Iterator[tuple[str, int, int]]:
    """Lines that are nothing but a company's name with its legal form."""
    at = 0
    for line in text.split("\n"):
        bare = line.strip(" \t*_->|")
        if 3 < len(bare) <= 90 and not _GREETING.match(bare) and not _SENTENCE.search(bare) and _is_company(bare):
            start = at + line.index(bare)
            yield "company", start, start + len(bare)
            below = at + len(line) + 1
            for address in text[below:].split("\n")[:4]:
                yield "place", below, below + len(address)
                below += len(address) + 1
        at += len(line) + 1


def _parts(at: int, line: str) -> Iterator[tuple[int, str]]:
    """The pieces of a line: "Jane Doe | Purchasing Manager"; "Acme Co., Ltd" is one piece."""
    if _is_company(line.strip(" \t*_>,|")):
        bare = line.strip(" \t*_>,|")
        yield at + line.index(bare), bare
        return
    for match in re.finditer(r"[^|,，/•·\t]+|(?<=\w)\s[-–—]\s", line):
        for piece in re.finditer(r"(?:(?!\s[-–—]\s).)+", match[0]):
            bare = piece[0].strip(" *_>-–—\t.~")
            if bare:
                yield at + match.start() + piece.start() + piece[0].index(bare), bare


def _is_name(text: str) -> bool:
    text = text.strip(" *_")
    if not 2 <= len(text) <= 60 or _NO_NAME.search(text) or any(map(str.isdigit, text)) or "@" in text:
        return False
    if _CHINESE_NAME.fullmatch(text):
        return not text.endswith(("公司", "集团", "采购部", "经理部"))
    return bool(_NAME.fullmatch(text)) and not _is_company(text) and not is_title(text)


def _is_company(text: str) -> bool:
    """Does a legal form stand at one end of it, and a name beside?"""
    if len(text) > 120 or len(text.split()) > 9:
        return False
    name = normalise_name(text)
    if not name.legal_form or not name.core:
        return False
    last = re.sub(r"\W", "", text.split()[-1]).lower()
    # Capitals tell "Skov AS" from "such as", "Volvo AB" from a word of two letters.
    return not (last in _SHORT_FORMS and not text.split()[-1].strip(".,").isupper() and text.split()[-1][:1].islower())
