"""How does a word of another script sound in Latin letters?"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

# As passports and customs papers write them; fold has taken the accents off (й is и, ё is е).
_LETTERS = str.maketrans(
    dict(
        re.findall(
            r"(\w):(\w*)",
            "а:a б:b в:v г:g д:d е:e ж:zh з:z и:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh "
            "щ:shch ъ: ы:y ь: э:e ю:yu я:ya і:i є:ye ґ:g ў:u ј:j љ:lj њ:nj ћ:c ђ:dj џ:dz қ:k ғ:g ң:n ө:o ұ:u ү:u "
            "һ:h ә:a α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f "
            "χ:ch ψ:ps ω:o ا:a ب:b ت:t ث:th ج:j ح:h خ:kh د:d ذ:dh ر:r ز:z س:s ش:sh ص:s ض:d ط:t ظ:z ع:a غ:gh ف:f "
            "ق:q ك:k ل:l م:m ن:n ه:h و:ou ي:i ى:a ة:a ء: پ:p چ:ch ژ:zh گ:g ک:k ی:i א:a ב:b ג:g ד:d ה:h ו:v ז:z "
            "ח:h ט:t י:y כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:a פ:p ף:f צ:ts ץ:ts ק:k ר:r ש:sh ת:t ",
        )
    )
)
_KANA = {"SI": "shi", "TI": "chi", "TU": "tsu", "HU": "fu", "ZI": "ji", "DI": "ji", "DU": "zu", "VU": "vu"}
# The commoner reading in names where the character's first is another.
_READINGS = {"重庆": "chongqing", "厦门": "xiamen", "厦": "sha", "长": "chang", "成长": "chengzhang", "银行": "yinhang"}
_READINGS |= {"行业": "hangye", "乐清": "yueqing", "音乐": "yinyue", "乐器": "yueqi", "番禺": "panyu", "会计": "kuaiji"}
_READINGS |= {"朝": "chao", "曾": "zeng", "重工": "zhonggong", "六合": "luhe"}
_READING = re.compile("|".join(sorted(_READINGS, key=len, reverse=True)))

_ARTICLE = re.compile(r"\bال(?=\w{2})")  # Arabic writes it together with its word; Latin "Al" is left out as "the" is


@lru_cache(maxsize=1)
def _syllables() -> list[str]:
    return (_DATA / "pinyin_syllables.txt").read_text(encoding="ascii").split()


@lru_cache(maxsize=4096)
def _sound(char: str) -> str:
    """The sound of one Han, kana or hangul character; others as they are."""
    if "\u4e00" <= char <= "\u9fff":
        return _syllables()[ord(char) - 0x4E00].strip("?")
    if "\uac00" <= char <= "\ud7a3":  # firms write Samsung and Hyundai, not Samseong and Hyeondae
        return unicodedata.name(char).rpartition(" ")[2].lower().replace("eo", "u")
    if "\u3041" <= char <= "\u30fa":
        kind, _, sound = unicodedata.name(char, "").rpartition(" ")
        if kind.endswith("SMALL"):
            return "" if sound == "TU" else f"<{sound.lower()}"
        return _KANA.get(sound, sound.lower())
    return "" if char == "ー" else char


def to_latin(text: str) -> str:
    """Return folded `text` in Latin letters: pinyin for Han, Hepburn-like for kana; unknown letters stay.

    "深圳华为" → "shenzhenhuawei", "муром" → "murom", "ソニー" → "soni", "삼성" → "samsung". Japanese written in Han
    is read as Chinese, which its own firms never are: nothing in a name tells the two apart.
    """
    if text.isascii():
        return text
    text = _ARTICLE.sub("", text)
    text = _READING.sub(lambda match: _READINGS[match[0]], text).translate(_LETTERS)
    if text.isascii():
        return text
    sounds = "".join(map(_sound, text))
    # A small kana takes the place of the vowel before it: de<i → di, shi<ya → sha, fu<a → fa.
    return re.sub("[aiueo]?<y?([aiueo])", r"\1", sounds) if "<" in sounds else sounds


_ALIKE = str.maketrans({"c": "k", "q": "k", "l": "r", "v": "b", "z": "s"} | dict.fromkeys("aeiouwyh", None))


def skeleton(latin: str) -> str:
    """Return the consonants of a Latin word, those that scripts confuse made one: what two writings of a sound share.

    "starbucks" → "strbks", "sutabakusu" → "stbks", "alnwr" and "alnoor" → "rnr".
    """
    return re.sub(r"(.)\1+", r"\1", latin.translate(_ALIKE))
