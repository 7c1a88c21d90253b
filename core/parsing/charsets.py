"""Which text do the bytes of a stranger's mail hold?"""

from __future__ import annotations

import re

from ..text import clean

# Names that mails use, and supersets that senders mean by the names they write.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "x-gb18030": "gb18030", "gb_2312-80": "gb18030",
    "hz-gb-2312": "hz", "cn-gb": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
    "big5": "big5hkscs", "x-big5": "big5hkscs", "cn-big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949",
    "x-windows-949": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "ascii",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "windows-874": "cp874", "tis-620": "cp874",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "unicode-1-1-utf-7": "utf-7", "x-unknown": "utf-8",
    "unknown-8bit": "utf-8", "8bit": "utf-8", "utf8mb4": "utf-8", "default": "utf-8", "unknown": "utf-8",
}  # fmt: skip
# Codecs that are no charsets, and slow or odd on hostile bytes.
_NEVER = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{1,39}")


def decoded(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the text of `data`, and whether it is what its sender declared.

    Declared charset, else UTF-8, else GB18030, else Latin-1, which takes anything.
    """
    codec, is_declared = codec_of(data, charset)
    return data.decode(codec), is_declared


def codec_of(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the codec that reads all of `data`, as `decoded` does, and whether it is the declared one."""
    name = (charset or "").strip().strip("\"'").lower()
    name = _MEANT.get(name, name) or "utf-8"
    for codec in dict.fromkeys((name, "utf-8", "gb18030")):
        if not _NAME.fullmatch(codec) or codec.replace("-", "_") in _NEVER:
            continue
        try:
            data.decode(codec)
        except (LookupError, UnicodeError):
            continue
        return codec, codec == name or data.isascii()
    return "latin-1", name == "cp1252"


def text_of(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Return what `decoded` does with line breaks as \\n and nothing in it that may not be stored."""
    text, is_declared = decoded(data, charset)
    return clean(text, newlines=True), is_declared and "\ufffd" not in text
