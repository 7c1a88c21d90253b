"""In which language is a text written, and which words show it?"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from core.languages import SPOKEN, language_name
from core.text import squash

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh-hans", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_WORDS = {
    "en": "the and you for are with we please our your of is to have this would can from need looking price",
    "de": "und der die das wir sie für mit ist bitte nicht ein eine auf sind haben ihre uns von zu angebot",
    "fr": "le la les et vous nous pour des une est dans sur avec votre notre je avons que du merci bonjour",
    "es": "el los las y para con una por que su de estamos somos favor precio gracias hola nuestra necesitamos queremos",
    "pt": "os as e para com uma por que sua estamos somos favor preço obrigado olá nossa você vocês não gostaria",
    "it": "il gli e per con una che sono siamo vostro nostra prezzo grazie buongiorno vorrei questi di della",
    "nl": "de het een en voor met wij u is van op niet graag onze zijn hebben prijs bedankt",
    "tr": "ve bir için ile bu biz fiyat merhaba lütfen teşekkürler olarak istiyoruz ürün",
    "pl": "i w na z do jest proszę dzień dobry oferta cena jesteśmy dla nasza się",
    "vi": "và của cho chúng tôi là xin chào giá sản phẩm với",
    "id": "dan yang untuk dengan kami saya harga terima kasih dari ini mohon",
    "ro": "și pentru cu suntem vă rugăm preț bună este mulțumesc",
    "sv": "och för med vi är en ett på tack hej priset",
    "cs": "a pro se jsme prosím dobrý den cena děkuji nabídku",
}
# So many telling words at least, and so many more than of the next language.
_ENOUGH, _AHEAD = 3, 2
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_PERSIAN = re.compile("[پچژگ]")


def language_in(text: str) -> tuple[str, int, int] | None:
    """(language, start, end of a piece that shows it); None where the text is too short to tell."""
    letters = sum(map(str.isalpha, text))
    for code, script in _SCRIPTS:
        found = list(script.finditer(text))
        # A Chinese character says as much as four letters.
        weight = 4 if code in ("ja", "ko", "zh-hans") else 1
        if len(found) * weight > letters / 2 and len(found) > 3:
            if code == "ru" and _UKRAINIAN.search(text):
                code = "uk"
            if code == "ar" and _PERSIAN.search(text):
                code = "fa"
            start, end = _line(text, found[0].start())
            return code, start, end
    return _by_words(text)


def _by_words(text: str) -> tuple[str, int, int] | None:
    told = {code: frozenset(words.split()) for code, words in _WORDS.items()}
    counts: Counter[str] = Counter()
    lines: dict[str, Counter[int]] = {code: Counter() for code in told}
    for word in re.finditer(r"[^\W\d_]+", text[:5000]):
        for code, words in told.items():
            if word[0].lower() in words:
                counts[code] += 1
                lines[code][text.rfind("\n", 0, word.start())] += 1
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < _ENOUGH or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _AHEAD):
        return None
    code = ranked[0][0]
    return code, *_line(text, lines[code].most_common(1)[0][0] + 1)


def _line(text: str, at: int) -> tuple[int, int]:
    """A short piece around a place: its line, or the beginning of what stands there."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return (start, end) if end - start <= 120 else (at, min(end, at + 80))


_NAMED = (
    "english:en chinese:zh-hans german:de french:fr spanish:es portuguese:pt italian:it russian:ru arabic:ar turkish:tr "
    "polish:pl dutch:nl japanese:ja korean:ko vietnamese:vi thai:th indonesian:id persian:fa hebrew:he 英语:en 英文:en "
    "中文:zh-hans 汉语:zh-hans 德语:de 法语:fr 西班牙语:es 葡萄牙语:pt 意大利语:it 俄语:ru 阿拉伯语:ar 日语:ja 韩语:ko "
    "土耳其语:tr 越南语:vi 泰语:th 波兰语:pl 荷兰语:nl 印尼语:id"
)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    words = dict(re.findall(r"(\w+):([\w-]+)", _NAMED))
    return {squash(language_name(code)): code for code in SPOKEN} | {code: code for code in SPOKEN} | words


def language_named(text: str) -> str | None:
    """The language that a word names, in English, Chinese or itself."""
    return _names().get(squash(text))
