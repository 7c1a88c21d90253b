"""When are two companies' names one name, whatever the script, legal form or writing?"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from core.text import clean, fold, is_cjk

from .legal_forms import join_ampersands, split_form
from .places import split_place


@dataclass(frozen=True)
class CompanyName:
    """A name taken apart: `core` is its folded words without legal form (never empty for a name that has any text),
    `legal_form` the canonical form, several joined by "+", "" for none."""

    core: str
    legal_form: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words of the core; a run of Chinese, Japanese or Korean is one word."""
        return tuple(self.core.split())

    @cached_property
    def key(self) -> str:
        """The words without spaces and the form: what equal names share."""
        letters = self.core.replace(" ", "")
        return f"{letters}|{self.legal_form}" if letters else ""

    @cached_property
    def wide(self) -> str:
        """As `name_key` without form."""
        return _wide(self.core)

    @cached_property
    def place(self) -> str:
        """The place that the core begins with, in its own script ("深圳", "shenzhen"); "" for none that we know."""
        return split_place(self.core)[0]


# "SiemensAG", "SchummPLC": the form is glued on, but capitals tell.
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(AG|PLC|LLC|LLP|GmbH|Inc|Ltd|KG|BV|NV|SPA|SRL)\.?$")
_TAIL = re.compile(r"^(.*\S)\s*[(（\[【]([^()（）\[\]【】]+)[)）\]】]\s*$")
_AND = {"und", "et", "och", "og", "ve", "та"}
_AND_OF_ONE_LETTER = {"y", "e", "и", "і"}  # told apart from initials ("e.K.", "S y C") once the form is off
_OUTPOSTS = {"分公司", "办事处", "代表处"}
# The same in Latin letters stands behind the whole name of the company, its form included.
_BRANCH = "branch zweigniederlassung niederlassung succursale sucursal filiale filial oddzial"
_BRANCHES = {*_BRANCH.split(), "филиал"}
_INNER_FORM = re.compile("股份有限公司|有限责任公司|有限公司")


@lru_cache(maxsize=8192)
def normalise_name(name: str) -> CompanyName:
    """Take a company's name apart: case, width, accents, punctuation, traditional characters and legal forms fall away.

    "Müller & Söhne GmbH" → core "muller and sohne", form "GmbH". What is left is never nothing: a name that is only a
    form or only signs stays as it is. Depends on the name alone, so that a key made today is found tomorrow.
    Cached, for the name of whoever is entered makes several keys.
    """
    words = _words(name)
    if not words:
        return CompanyName(clean(name).casefold(), "")
    words, forms = split_form(words)
    if not forms and (tail := _TAIL.match(name)):
        # "Acme Ltd (UK)", "Acme GmbH [Berlin]": the form stands before the bracket.
        head, inner = _words(tail[1]), _words(tail[2])
        if head:
            head, forms = split_form(head)
            words = [*head, *inner] if forms else words
    if not forms and (branch := _branch(words)):
        words, forms = branch, ["Branch"]
    if forms and forms[0] in _OUTPOSTS:
        words = _INNER_FORM.sub("", " ".join(words)).split() or words
    words = [*words[:1], *("and" if word in _AND_OF_ONE_LETTER else word for word in words[1:-1]), *words[1:][-1:]]
    if len(words) > 1 and words[-1] == "and":
        # "Lehner & Co. LLC" is another company than "Lehner LLC", and "Goldman Sachs & Co." than "Goldman Sachs Co.".
        words, forms = words[:-1], [*forms, "&"]
    return CompanyName(" ".join(words), "+".join(sorted(set(forms))))


def _branch(words: list[str]) -> list[str]:
    """The words of a branch without its company's form ("acme tools co ltd shanghai branch" → acme tools shanghai);
    none where no form stands before that word."""
    if _BRANCHES.isdisjoint(words):
        return []
    for end in range(len(words) - 1, 1, -1):
        head, forms = split_form(words[:end])
        if forms and not _BRANCHES.isdisjoint(words[end:]):
            return [*head, *(word for word in words[end:] if word not in _BRANCHES and word != "office")]
    return []


def _words(name: str) -> list[str]:
    if not name.isascii() or name[-1:].isupper() or name[-2:-1].islower():
        name = _GLUED.sub(r" \1", name.rstrip())
    words = fold(join_ampersands(name)).split()
    if len(words) > 2 and not _AND.isdisjoint(words):
        words[1:-1] = ["and" if word in _AND else word for word in words[1:-1]]
    return words


# Mueller is Müller, whose dots fold away.
DIGRAPHS = re.compile("(?<=[aou])e(?=[^aeiou ])")
ABBREVIATIONS = dict(
    re.findall(
        r"(\w+):(\w+)",
        "intl:international mfg:manufacturing mfr:manufacturer grp:group hldg:holdings hldgs:holdings holding:holdings "
        "bros:brothers assoc:associates tech:technology technologies:technology svcs:services ind:industries "
        "industry:industries imp:import exp:export eng:engineering elec:electric centre:center gebr:gebruder "
        "sanayi:san ticaret:tic",
    )
)


def name_key(name: str | CompanyName, with_form: bool = True) -> str:
    """Return the value by which equal names are found; "" for a name without any text.

    With its form: the same words in the same order and the same canonical legal form; spaces, punctuation, case,
    accents and traditional characters do not tell names apart. Without: wider, for warnings: the form is dropped, so
    are articles and the 市 or 省 behind a place; abbreviations and German ae/oe/ue count as what they stand for.
    """
    parsed = normalise_name(name) if isinstance(name, str) else name
    return parsed.key if with_form else parsed.wide


def _wide(core: str) -> str:
    if is_cjk(core):
        place, rest = split_place(core)
        return f"{place}{rest}".replace(" ", "") or core.replace(" ", "")
    words = core.split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return DIGRAPHS.sub("", "".join(ABBREVIATIONS.get(word, word) for word in words))
