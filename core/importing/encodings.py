"""In which encoding was a text file written? A mark or strict UTF-8 is certain; else a person chooses from guesses."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import chain, pairwise, takewhile
from pathlib import Path

from ..text import simplified
from .errors import UnreadableFile

# In the order of preference where two fit equally well.
CANDIDATES = ("gb18030", "cp1252", "big5hkscs", "cp932", "cp949", "cp1251", "cp1250", "cp1254")
_BLOCK = 1 << 20
_SAMPLE = 64 * 1024
# The characters that stand in nearly every Chinese text, and those of firms' lists.
_COMMON_HAN = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样"
    "与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总"
    "次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造"
    "百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗"
    "完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近千周委素"
    "技备半办青省列习响约支般史感劳便团往历市克何除消构府称太准精值号率族维划选标写存候毛亲快效院查江型眼王按格养易置派层片始却专状育厂京识适属"
    "圆包火住调满县局照参红细引听该铁价限司贸易股份有责任集团进出口投资控股企业电话地址邮箱客户姓名联系职务网站备注深圳苏浙沪杭宁波温州厦门香港"
    "台湾株式会社製造販売商事工業産業銀座京都阪神户李王刘陈杨赵黄吴徐孙朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡余杜叶程魏吕丁沈任姚卢傅钟"
)
_COMMON_HANGUL = frozenset(
    "이다는에의가을를은로하고지한사기자주식회사서도대리전자성삼현산업무역상국제부장김박최정강조윤임인천원시구동호"
)


def encoding_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the most likely encoding of a file, and all that it could be, best first; () where it is certain."""
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding, ()
    if wide := _wide(start):
        return wide, (wide, "utf-8-sig")
    sample = _foreign_lines(path)
    if sample is None:
        return "utf-8-sig", ()
    scores = {name: _plausibility(sample, name) for name in CANDIDATES}
    fitting = sorted((name for name in CANDIDATES if scores[name] is not None), key=lambda name: -(scores[name] or 0))
    return (fitting or ["cp1252"])[0], tuple(fitting or ["cp1252"])


def decoded_lines(path: Path, encoding: str, most: int) -> Iterator[bytes]:
    """Yield the lines of a text file as bytes, at most `most` long; those of UTF-16 as UTF-8. Raises UnreadableFile."""
    if not encoding.startswith("utf-16"):
        with path.open("rb") as file:
            first = file.readline(most).removeprefix(codecs.BOM_UTF8)
            yield from takewhile(bool, chain([first], iter(lambda: file.readline(most), b"")))
        return
    try:
        with path.open(encoding=encoding, newline="\n") as text:
            yield from (line.encode("utf-8", "replace") for line in iter(lambda: text.readline(most), ""))
    except UnicodeError as error:
        raise UnreadableFile("encoding", line=1, encoding="UTF-16") from error


def _wide(start: bytes) -> str:
    """Recognise UTF-16 without a mark by the zero half of its ASCII characters."""
    if len(start) < 4 or start.count(0) < len(start) / 4:
        return ""
    return "utf-16-be" if start[0::2].count(0) > start[1::2].count(0) else "utf-16-le"


def _foreign_lines(path: Path) -> bytes | None:
    """Return lines with bytes beyond ASCII, some 64 kB of them; None if the whole file is strict UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        pass
    else:
        return None
    found, size = [], 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(_SAMPLE)):
            if not line.isascii():
                found.append(line)
                size += len(line)
    return b"".join(found)


def _plausibility(sample: bytes, encoding: str) -> float | None:
    """Score how much the foreign characters look like text (1 very, 0 not at all); None if they cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(sample)  # a character cut at the end of the sample is no fault
    except UnicodeDecodeError:
        return None
    foreign = list(_FOREIGN.finditer(text))
    count = sum(len(match[0]) for match in foreign)
    if not count:
        return 0.0
    family = _WORD_SCORES.get(encoding, _east_asian)
    return (
        sum(family(match[0], text[: match.start()][-1:], text[match.end() : match.end() + 1]) for match in foreign)
        / count
    )


_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def _east_asian(word: str, _before: str, _after: str) -> float:
    return sum(map(_east_asian_character, word))


def _east_asian_character(char: str) -> float:
    if "\u3041" <= char <= "\u30ff":
        return 1
    if "\uac00" <= char <= "\ud7a3":
        return 0.9 if char in _COMMON_HANGUL else 0.75
    if "\u4e00" <= char <= "\u9fff":
        return 1 if char in _COMMON_HAN or simplified(char) in _COMMON_HAN else 0.3
    if "\uff01" <= char <= "\uff5e" or "\u3000" <= char <= "\u3011":
        return 0.8
    return -0.5  # half-width katakana, private use, box drawing, Latin with accents: the marks of a wrong guess


def _cyrillic(word: str, before: str, after: str) -> float:
    if _is_ascii_letter(before) or _is_ascii_letter(after):
        return -0.3 * len(word)  # "Pшнbram": no word is half Latin
    good = sum(0.9 if "\u0401" <= char <= "\u0491" else 0.5 if char in "«»№—–“”" else -0.5 for char in word)
    return good - sum(a.islower() and b.isupper() for a, b in pairwise(word))  # "пРИВЕТ" is another encoding's


def _is_ascii_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _latin(common: str) -> Callable[[str, str, str], float]:
    def score(word: str, before: str, after: str) -> float:
        if len(word) > 2 and not any(char in "“”„–—…€« »\xa0" for char in word):
            return -0.3 * len(word)
        is_touching = _is_ascii_letter(before) or _is_ascii_letter(after)
        return sum(_latin_character(char, is_touching, common) for char in word)

    return score


def _latin_character(char: str, is_touching: bool, common: str) -> float:
    if char.isalpha():
        return (0.9 if char.casefold() in common else 0.4) if is_touching else 0.1
    if char in "“”„‘’–—…€£«»©®°·\xa0":
        return 0.6
    return -0.5 if unicodedata.category(char)[0] in "CSZ" else 0.1


_WORD_SCORES = {
    "cp1251": _cyrillic,
    "cp1252": _latin("äöüßéèêëàáâãåæçíìîïñóòôõøúùûœ"),
    "cp1250": _latin("ąćęłńóśźżáčďéěíňřšťúůýžőűăâîșț"),
    "cp1254": _latin("çğışöüâîû"),
}
