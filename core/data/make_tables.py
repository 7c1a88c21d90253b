"""How were the tables in this folder made? Run `python core/data/make_tables.py` to make them again.

They are kept as files because the libraries behind them are dear at run time (pypinyin: 52 MB and
155 µs a name in every process) and because stored search texts must not change with a library's
version. Needs the development extras `opencc` (Apache-2.0) and `pypinyin` (MIT).
"""

from pathlib import Path

import opencc
from pypinyin import Style, pinyin

HERE = Path(__file__).parent
HAN = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]


def traditional_simplified() -> str:
    """Give two lines: traditional characters, and below each its simplified form."""
    convert = opencc.OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for code in HAN]
    changed = [(a, b) for a, b in pairs if a != b and len(b) == 1]
    return "".join(a for a, _ in changed) + "\n" + "".join(b for _, b in changed) + "\n"


def pinyin_initials() -> str:
    """Give one letter for each character from U+4E00 to U+9FFF, "?" where no reading is known."""
    letters = (pinyin(chr(code), style=Style.FIRST_LETTER, errors="ignore") for code in HAN if code >= 0x4E00)
    return "".join(letter[0][0] if letter and letter[0][0].isascii() and letter[0][0] else "?" for letter in letters) + "\n"


if __name__ == "__main__":
    for make in (traditional_simplified, pinyin_initials):
        (HERE / f"{make.__name__}.txt").write_text(make(), encoding="utf-8")
