"""Does a pasted inquiry become the right suggestions, each with the words that show it, and nothing else?"""

from __future__ import annotations

import random
import time
import unicodedata

import pytest

from core.text import clean
from opportunities.parsing.inquiry import read_inquiry

OURS = frozenset({"ours.example"})

MAIL = """From: Jane Doe <jane.doe@acme-tools.de>
Sent: Monday, 16 November 2026 10:12
To: sales@ours.example
Subject: RE: Inquiry about LED panels

Dear Sir or Madam,

we are looking for 2,000 pcs of LED panel lights 60x60 for our warehouse in Hamburg. Our budget is EUR 45,000.
Target price: USD 12.50 / piece

Best regards,
Jane Doe
Head of Purchasing
Acme Tools GmbH
Hafenstr. 12, 20095 Hamburg, Germany
Tel: +49 40 1234567 | Mobile/WhatsApp: +49 151 23456789
www.acme-tools.de

On Fri, 13 Nov 2026 Li Wei <liwei@ours.example> wrote:
> Dear Jane, our company ABC Co., Ltd. offers 5000 pcs
> tel +86 755 1234567
"""
MARKET = """RFQ Title
Plastic Crates Stackable
Quantity Required
3,000 Piece/Pieces
Buyer
Marco Rossi
Country/Region
Italy
Date Posted: 2026-11-20
Details
Ciao, sono interessato a questi prodotti. 100 pz 600x400x75 mm euro impilabile
ailis srl
Via Roma 3, 20100 Milano
"""
CHAT = """[10:20, 12/11/2026] +234 803 123 4567: Hello, I am Emeka from Lagos Trading Ltd.
I need price for solar pump 3hp, 50 sets
[10:21, 12/11/2026] +234 803 123 4567: pls send catalog to emeka77@gmail.com"""
FORM = """Name: José García
E-mail: jose@ferreteria-garcia.com.mx
Phone: (55) 1234 5678
Company: Ferretería García S.A. de C.V.
Country: México
Product: Taladros percutores
Quantity: 500
Message:
Hola, estamos interesados en sus taladros. Por favor envíen precio para 500 piezas. Gracias"""
CHINESE = """公司：杭州远航进出口有限公司 联系人：王小明 职位：采购经理 电话：0571-88881234 微信：wang_xm88
需要采购不锈钢保温杯2万个，目标价 15元/个，总预算30万元，希望尽快报价。谢谢"""
INTRODUCED = """您好，我是深圳市远大贸易有限公司的李强，我们需要采购太阳能板 500 件，请报价。
电话 +86 138 0013 8000 微信号 liqiang2020"""
SHORT = """Hi, this is John Smith from Baker Hardware, LLC in Texas. We want to buy 1x40HQ of galvanized steel pipes.
My WhatsApp is +1 512 555 0143. Thanks, John"""
GERMAN = """Subject: Anfrage Hydraulikzylinder

Sehr geehrte Damen und Herren,
wir suchen einen Lieferanten für Hydraulikzylinder, ca. 1.300 Stück pro Jahr.
Mit freundlichen Grüßen
Dr. Petra Müller-Lüdenscheidt
Einkauf
Müller & Söhne Maschinenbau GmbH & Co. KG
Industriestraße 5
D-70565 Stuttgart
Tel.: 0711 / 123 456-0
E-Mail: p.mueller@mueller-soehne.de"""
OWN_SITE = """From: WordPress <wordpress@ours.example>
Subject: [Website] New contact form
To: sales@ours.example

First name: Ahmed
Last name: Al-Mansouri
Your email: ahmed.mansouri@outlook.com
Tel/WhatsApp: +971 50 123 4567
Company Name: Gulf Star General Trading LLC
Country: UAE
Inquiry: We need 3 containers of ceramic tiles 60x120. Please send best FOB price.
"""
NOTICE = """发件人: "Alibaba.com" <feedback@service.alibaba.com>
主题: You have a new inquiry from Peter Novak
日期: 2026-11-01

Peter Novak sent you an inquiry
Product Name: Bamboo toothbrush
Quantity: 20000 Piece(s)
Registered in: Czech Republic
Dear supplier, can you quote for 20,000 pcs bamboo toothbrush with custom logo?
Email: peter.novak@ekoshop.cz
"""
RUSSIAN = """Меня зовут Иван Петров, ООО "Ромашка", г. Москва. Нас интересует кабель ВВГ 3х2.5, 5000 метров.
Просим выслать цену. Тел. +7 495 123-45-67, ivan@romashka.ru
С уважением, Иван Петров"""
FULL_WIDTH = "姓名：陈静　邮箱：chen＠foxmail.com　国家：新加坡　数量：１２００ 件　产品：ＬＥＤ灯"

SHAPES = {
    MAIL: {
        "company": "Acme Tools GmbH", "person": "Jane Doe", "title": "Head of Purchasing",
        "email": "jane.doe@acme-tools.de", "phone": "+49 40 1234567", "whatsapp": "+49 151 23456789",
        "website": "www.acme-tools.de", "country": "DE", "city": "Hamburg", "subject": "Inquiry about LED panels",
        "product": "LED panel lights 60x60", "quantity": "2000", "unit": "pcs", "amount": "45000", "currency": "EUR",
        "language": "en", "remarks": "Target price: USD 12.50 / piece", "wechat": None,
    },
    MARKET: {
        "subject": "Plastic Crates Stackable", "quantity": "3000", "unit": "Piece/Pieces", "person": "Marco Rossi",
        "country": "IT", "company": "ailis srl", "city": "Milano", "email": None, "phone": None, "amount": None,
    },
    CHAT: {
        "person": "Emeka", "company": "Lagos Trading Ltd", "phone": "+234 803 123 4567",
        "whatsapp": "+234 803 123 4567", "email": "emeka77@gmail.com", "country": "NG", "product": "solar pump 3hp",
        "quantity": "50", "unit": "sets", "website": None,
    },
    FORM: {
        "company": "Ferretería García S.A. de C.V.", "person": "José García", "country": "MX", "language": "es",
        "phone": "(55) 1234 5678", "product": "Taladros percutores", "quantity": "500",
        "website": "ferreteria-garcia.com.mx",
    },
    CHINESE: {
        "company": "杭州远航进出口有限公司", "person": "王小明", "title": "采购经理", "phone": "0571-88881234",
        "wechat": "wang_xm88", "product": "不锈钢保温杯", "quantity": "20000", "unit": "个", "amount": "300000",
        "currency": "CNY", "language": "zh-hans", "country": None, "email": None,
    },
    INTRODUCED: {
        "company": "深圳市远大贸易有限公司", "person": "李强", "phone": "+86 138 0013 8000", "wechat": "liqiang2020",
        "country": "CN", "product": "太阳能板", "quantity": "500", "unit": "件",
    },
    SHORT: {
        "company": "Baker Hardware, LLC", "person": "John Smith", "whatsapp": "+1 512 555 0143", "country": "US",
        "product": "galvanized steel pipes", "quantity": "1", "unit": "40HQ", "email": None, "website": None,
    },
    GERMAN: {
        "subject": "Anfrage Hydraulikzylinder", "title": "Einkauf", "product": "Hydraulikzylinder", "language": "de",
        "company": "Müller & Söhne Maschinenbau GmbH & Co. KG", "quantity": "1300", "unit": "Stück",
        "phone": "0711 / 123 456-0", "city": "Stuttgart", "country": "DE", "website": "mueller-soehne.de",
    },
    OWN_SITE: {
        "person": "Ahmed Al-Mansouri", "email": "ahmed.mansouri@outlook.com", "phone": "+971 50 123 4567",
        "whatsapp": "+971 50 123 4567", "company": "Gulf Star General Trading LLC", "country": "AE", "quantity": "3",
        "unit": "containers", "product": "ceramic tiles 60x120", "website": None, "subject": None,
    },
    NOTICE: {
        "person": "Peter Novak", "email": "peter.novak@ekoshop.cz", "product": "Bamboo toothbrush",
        "quantity": "20000", "country": "CZ", "website": "ekoshop.cz", "subject": None,
    },
    RUSSIAN: {
        "person": "Иван Петров", "company": 'ООО "Ромашка"', "language": "ru", "country": "RU",
        "product": "кабель ВВГ 3х2.5", "quantity": "5000", "phone": "+7 495 123-45-67", "website": "romashka.ru",
    },
    FULL_WIDTH: {
        "person": "陈静", "country": "SG", "quantity": "1200", "unit": "件", "product": "LED灯", "website": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("text", SHAPES)
def test_each_shape_gives_what_it_says(text):
    text, wanted = clean(text, newlines=True), SHAPES[text]
    found = {field: one.value for field, one in read_inquiry(text, OURS).items()}
    assert {field: found.get(field) for field in wanted} == wanted


@pytest.mark.parametrize("text", SHAPES)
def test_each_value_stands_where_it_says(text):
    text = clean(text, newlines=True)
    for one in read_inquiry(text, OURS).values():
        shown = text[one.start : one.end]
        assert shown.strip()
        if one.field not in ("country", "language", "quantity", "amount", "currency", "remarks", "person"):
            assert unicodedata.normalize("NFKC", clean(shown)) == unicodedata.normalize("NFKC", one.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello price pls",
        "Hello friend, how are you today?",
        "Dear Sir, we make valves. Our set of 12 pcs costs USD 5. See 2026-11-05 10:30 and order 4711-0815.",
        "Please call me back.",
        "产品很好，谢谢",
    ],
)
def test_nothing_is_invented(text):
    found = read_inquiry(text)
    assert {"company", "person", "email", "phone", "country", "amount", "website", "quantity"}.isdisjoint(found)


def test_our_own_letter_above_is_not_theirs():
    head = "From: Li Wei <liwei@ours.example>\nTo: jane@acme.de\nSubject: Re: valves"
    text = f"{head}\n\nDear Jane, +86 755 1234567\n\n{MAIL}"
    found = read_inquiry(text, OURS)
    assert (found["email"].value, found["phone"].value) == ("jane.doe@acme-tools.de", "+49 40 1234567")


def test_free_mail_and_market_places_make_no_website():
    for address in ("jane@gmail.com", "jane@qq.com", "buyer@service.alibaba.com"):
        assert "website" not in read_inquiry(f"Company: Acme\nE-mail: {address}\nsee https://www.alibaba.com/rfq/1")


def seconds_to_read(text: str) -> float:
    """CPU time of this thread: others of the process, and other processes, do not count."""
    began = time.thread_time()
    read_inquiry(clean(text, newlines=True), OURS)
    return time.thread_time() - began


def test_hostile_texts_are_read_in_time_and_never_fail():
    dice = random.Random(5)
    signs = "aA1 .,:;@+-()\n\t<>[]=/一二件名：，。\u202e\u200b🙂é"
    texts = [
        "".join(dice.choices(signs, k=20_000)),
        "a" * 100_000,
        "1" * 100_000,
        "1 " * 50_000,
        "+1 (2) " * 15_000,
        "a@" * 50_000,
        "a.b" * 30_000 + "@x",
        "name: " * 15_000,
        "名字：" * 20_000,
        "From: a\n" * 10_000,
        "Best regards\nJane Doe\n" * 4_000,
        "this is John Smith from " * 4_000,
        "looking for " * 8_000,
        "budget is " * 9_000,
        "On Monday, X wrote:\n> " * 4_000,
    ]
    ordinary = min(seconds_to_read(f"{MAIL}\n" * (100_000 // len(MAIL))) for _time in range(3))
    for text in texts:
        assert seconds_to_read(text) < 200 * ordinary, text[:40]
