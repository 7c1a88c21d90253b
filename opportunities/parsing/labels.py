"""Which words before a colon name which thing, in the forms, marketplaces and letters of the trade?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.importing.values import is_blank
from core.text import squash

# Field → labels, compared squashed. "price", "first" and "last" are no fields of a lead: what is done with them
# stands where they are read.
WORDS: dict[str, str] = {
    "company": "company|company name|business name|business|organization|organisation|firm|firma|firmenname|"
    "unternehmen|empresa|nombre de la empresa|societe|entreprise|nom de l'entreprise|azienda|ditta|ragione sociale|"
    "bedrijf|компания|организация|название компании|sirket|firma adi|会社|会社名|御社名|회사|회사명|"
    "公司|公司名|公司名称|单位|单位名称|企业名称|客户名称|buyer company",
    "person": "name|full name|your name|contact|contact name|contact person|buyer|buyer name|customer name|attn|"
    "sender|sender name|ansprechpartner|nom|votre nom|nombre|nombre completo|nome|seu nome|naam|имя|фио|контактное лицо|"
    "ad soyad|isim|adiniz|氏名|お名前|担当者|이름|담당자|姓名|您的姓名|联系人|联系人姓名|联络人|称呼|名字|采购商|买家|买家姓名",
    "first": "first name|given name|vorname|prenom|nombres|firstname",
    "last": "last name|surname|family name|nachname|nom de famille|apellido|apellidos|sobrenome|cognome",
    "title": "job title|position|role|job|occupation|funktion|cargo|puesto|fonction|poste|ruolo|должность|unvan|"
    "役職|직책|职位|职务|职称|头衔",
    "email": "email|e-mail|email address|your email|mail|email id|correo|correo electronico|courriel|adresse email|"
    "adresse e-mail|eposta|e-posta|почта|эл почта|электронная почта|メール|メールアドレス|이메일|邮箱|电子邮箱|邮件|"
    "电子邮件|邮箱地址|邮件地址|联系邮箱|e",
    "phone": "phone|phone number|phone no|tel|tel no|telephone|telephone number|telefon|telefonnummer|telefono|"
    "telefone|tlf|mobile|mobile phone|mobile number|mobile no|mob|cell|cell phone|handy|mobil|movil|celular|portable|"
    "gsm|contact number|contact no|call|телефон|тел|моб|cep|電話|電話番号|携帯|전화|전화번호|연락처|휴대폰|"
    "电话|电话号码|联系电话|手机|手机号|手机号码|移动电话|联系方式|座机|t|m|p|ph",
    "whatsapp": "whatsapp|whats app|whatsapp number|whatsapp no|wa|whatsapp号|whatsapp账号",
    "wechat": "wechat|we chat|wechat id|weixin|微信|微信号|微信号码",
    "website": "website|web|web site|url|homepage|site|company website|webseite|sitio web|pagina web|site web|"
    "site internet|sito|sito web|сайт|internet|網站|网址|网站|官网|公司网站|公司网址|ホームページ|홈페이지|w",
    "country": "country|country region|country or region|country/region|nation|land|pays|pais|paese|страна|ulke|国|国名|국가|"
    "国家|国家地区|国家/地区|国别|所在国家|所属国家|来自国家|buyer country|buyer from|buyer location|location|from|registered in|"
    "posted from",
    "city": "city|town|ort|stadt|ville|ciudad|cidade|citta|город|sehir|城市|所在城市",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|тема|konu|件名|제목|主题|主旨|标题|rfq title|rfq name|"
    "rfq|inquiry title|inquiry subject|询盘主题|询盘标题|采购标题|buying lead|buying request|request title",
    "title_or_subject": "title",
    "message": "message|your message|inquiry|enquiry|your inquiry|inquiry details|comments|comment|nachricht|"
    "ihre nachricht|mensaje|mensagem|messaggio|votre message|сообщение|mesaj|mesajiniz|メッセージ|内容|문의 내용|"
    "留言|留言内容|询盘内容|需求|需求描述|采购需求|详细描述|详细需求|details|detail|description|detailed description|"
    "requirements|requirement|detailed requirements|product description|content|sourcing details|buying request details",
    "product": "product|products|product name|product names|product of interest|products of interest|"
    "interested product|interested products|interested in|product interest|i am interested in|item|item name|items|goods|"
    "commodity|model|produkt|producto|productos|produit|produto|produtos|prodotto|prodotti|товар|продукция|urun|"
    "商品名|製品名|제품|产品|产品名|产品名称|品名|商品|商品名称|采购产品|意向产品|询价产品|感兴趣的产品|需求产品",
    "quantity": "quantity|qty|quantities|order quantity|quantity required|required quantity|purchase quantity|"
    "purchase volume|order volume|estimated order quantity|estimated quantity|sourcing quantity|purchasing volume|"
    "menge|anzahl|stuckzahl|cantidad|quantite|quantidade|quantita|aantal|количество|кол-во|miktar|数量|采购量|采购数量|"
    "订购数量|订购量|需求数量|预计采购量|需求量|수량",
    "unit": "unit|units|quantity unit|einheit|unidad|单位名|计量单位|数量单位",
    "amount": "budget|total budget|total value|order value|estimated value|estimated order value|total amount|amount|"
    "order amount|purchase budget|presupuesto|orcamento|бюджет|butce|预算|采购预算|金额|总金额|订单金额|总价|예산",
    "price": "target price|target unit price|preferred unit price|expected price|unit price|price|zielpreis|"
    "precio objetivo|prix cible|目标价|目标价格|目标单价|期望价格|期望单价|单价|意向价格",
    "language": "language|sprache|idioma|langue|lingua|язык|dil|语言|语种",
    # Known only so that they end the value before them.
    "": "date|sent|to|cc|bcc|reply-to|time|date posted|posted|posted on|received|ip|ip address|page|referrer|fax|传真|"
    "address|adresse|direccion|endereco|indirizzo|adres|адрес|地址|公司地址|收件人|抄送|日期|时间|发送时间|发布时间|"
    "payment terms|payment|incoterm|incoterms|trade terms|shipping terms|付款方式|贸易条款|贸易方式|destination port|port|目的港|"
    "delivery|delivery date|delivery time|交期|交货期|quotes left|valid to|expires|expiry|截止日期|有效期|certification|"
    "certifications|annual purchasing volume|annual volume|business type|buyer type|business scope|product category|"
    "category|attachment|attachments|附件|industry|state|zip|zip code|postal code|邮编|department|部门|skype|linkedin|qq|"
    "size|sizes|color|colour|material|specification|specifications|product specifications|usage|application|规格|颜色|材质|"
    "尺寸|用途|包装|packaging|packing|hs code|sku|consent|newsletter|form|source|utm source|utm medium|utm campaign",
}
# Where a number is written behind one of these, it is for calls and for chats.
_JOINED = re.compile(r"[/&+,、|()（）和或]|\band\b|\bor\b|\bund\b", re.IGNORECASE)
_COLON = re.compile(r"[:：=]|\t+| {3,}| [-–—] ")
# Of one label's words so many belong together ("estimated order quantity (pieces)").
_MOST_WORDS = 6
_LONGEST = 48
_WORD = re.compile(r"[^\s;|；【】\[\]{}>•*#]+")


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    return {squash(word): field for field, words in WORDS.items() for word in words.split("|")}


@dataclass(frozen=True)
class Labelled:
    """The value of a label: its fields ("phone" and "whatsapp" at once), and where the value stands."""

    fields: tuple[str, ...]
    start: int
    end: int


def fields_of(label: str) -> tuple[str, ...]:
    """The fields that a label names; () where it is none of ours.

    >>> fields_of("E-Mail *"), fields_of("Tel / WhatsApp"), fields_of("Mood")
    (('email',), ('phone', 'whatsapp'), ())
    """
    known = _fields()
    if (key := squash(label)) in known:
        return (known[key],)
    parts = [squash(part) for part in _JOINED.split(label) if squash(part)]
    if len(parts) > 1 and all(part in known for part in parts):
        return tuple(dict.fromkeys(known[part] for part in parts))
    # "Quantity (pcs)": what stands in brackets says how, not what.
    bare = squash(re.sub(r"[(（][^()（）]*[)）]", "", label))
    return (known[bare],) if bare in known and bare != key else ()


def labelled(text: str, start: int, end: int) -> Iterator[Labelled]:
    """Find "label: value" between two places of a text; several may stand on one line, or the value on the next."""
    marks = list(_marks(text, start, end))
    for place, (fields, _begins, value_at) in enumerate(marks):
        stop = marks[place + 1][1] if place + 1 < len(marks) else end
        line_end = _line_end(text, value_at, stop)
        if is_blank(text[value_at:line_end].strip(" *_-")):
            # The value stands below its label: pages of marketplaces, copied.
            value_at = line_end + len(text[line_end:stop]) - len(text[line_end:stop].lstrip())
            line_end = _line_end(text, value_at, stop)
        if "message" in fields:
            line_end = stop
        found_at, found_end = _trimmed(text, value_at, line_end)
        if any(fields) and found_end > found_at and not is_blank(text[found_at:found_end]):
            yield Labelled(tuple(filter(None, fields)), found_at, found_end)


def _marks(text: str, start: int, end: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(fields, where the label begins, where its value begins) of each label, in order."""
    at = start
    while at < end:
        line_end = _line_end(text, at, end)
        line = text[at:line_end]
        told = 0
        for colon in _COLON.finditer(line):
            is_colon = colon[0] in ":：="
            if colon.start() < told or line[colon.end() : colon.end() + 2] == "//":
                continue
            words = list(_WORD.finditer(line, told, colon.start()))[-_MOST_WORDS:]
            # A table copied from a page has its label first in the line; a dash or gap elsewhere is none of it.
            for first in words if is_colon else words[:1]:
                label = line[first.start() : colon.start()]
                if len(label) <= _LONGEST and (fields := fields_of(label)) and _is_fair(label, first, line, is_colon):
                    yield fields, at + first.start(), at + colon.end()
                    told = colon.end()
                    break
        if not told and (bare := line.strip(" *_#•\t")) and len(bare) <= _LONGEST and (fields := fields_of(bare)):
            begins = at + line.index(bare)
            if len(squash(bare)) > 1:
                yield fields, begins, line_end
        at = line_end + 1


def _is_fair(label: str, first: re.Match[str], line: str, is_colon: bool) -> bool:
    """One letter ("T:") is a label only where nothing but labels stands before it; a gap only at the line's begin."""
    before = line[: first.start()].strip(" *_#•|-–>【[")
    return not before if (len(squash(label)) == 1 and label.isascii()) or not is_colon else True


def _line_end(text: str, at: int, end: int) -> int:
    found = text.find("\n", at, end)
    return end if found < 0 else found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The same piece without blanks and marks around it."""
    while start < end and text[start] in " \t\n\r*_\"'“”>|;,，；":
        start += 1
    while end > start and text[end - 1] in " \t\n\r*_\"'“”<|;,，；":
        end -= 1
    return start, end
