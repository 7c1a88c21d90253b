"""How alike are the names of two companies, and why?"""

from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein

from core.latin import skeleton
from core.text import squash

from .company_names import CompanyName, normalise_name
from .name_parts import SHARED_WEIGHT, NameParts, name_parts

# One slip of the pen in five letters: more than that, and as many different names as misspelt ones come together.
WARN_AT = 0.8

# What a doubt takes off. The margin is all that a warning has to give: one doubt leaves it standing, a contradiction
# does not.
_MARGIN = 1 - WARN_AT
_DOUBT = _MARGIN / 2  # one says more ("Huawei", "Shenzhen Huawei Technology"); GmbH and AG
_CONTRADICTION = _MARGIN * 1.25  # nothing that both say beside the name agrees (Delta Airlines, Delta Electronics)
_LITTLE = _MARGIN / 4  # a legal form or a letter apart; another script, which writes one sound in many ways
_ANOTHER_WORD = 0.6  # less alike than three letters of five, two words are not one misspelt
_SIMILAR_AT_ALL = 0.5  # below, counting slips letter by letter is in vain
_SHORTEST, _LONGEST_ACRONYM = 3, 6


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names or records are, from 0 (nothing in common) to 1 (the same), and codes of what was found.

    Of names: same_name, same_without_form, form_differs, form_missing; same_own_words (字号) with more_words or
    other_words of trade and place; same_but_order, similar, numbers_differ, one_contains_other, acronym; before others
    transliteration or same_sound.
    """

    score: float
    reasons: tuple[str, ...]

    @property
    def is_warned_of(self) -> bool:
        """Whether a person should look at it."""
        return self.score >= WARN_AT


def compare_names(a: str | CompanyName, b: str | CompanyName) -> Likeness:
    """Say how alike two companies' names are and why; symmetric. Normalise a list once before comparing it."""
    one = normalise_name(a) if isinstance(a, str) else a
    two = normalise_name(b) if isinstance(b, str) else b
    if one.core == two.core or one.core.replace(" ", "") == two.core.replace(" ", ""):
        return _same_core(one.legal_form, two.legal_form)
    score, reasons = _compare(name_parts(one.core), name_parts(two.core))
    if "transliteration" in reasons:
        return Likeness(round(score, 4), reasons)  # Co., Ltd. is 有限公司: forms of two languages do not compare
    if one.legal_form and two.legal_form and one.legal_form != two.legal_form:
        score, reasons = score * (1 - _DOUBT), (*reasons, "form_differs")
    elif one.legal_form != two.legal_form and score < WARN_AT and (slips := _form_misspelt(one, two)) > score:
        score, reasons = slips, ("similar",)
    elif one.legal_form != two.legal_form:
        reasons = (*reasons, "form_missing")
    return Likeness(round(score, 4), reasons)


def _same_core(form: str, other: str) -> Likeness:
    if form == other:
        return Likeness(1.0, ("same_name",))
    if form and other:
        return Likeness(1 - _DOUBT, ("same_without_form", "form_differs"))
    return Likeness(1 - _LITTLE, ("same_without_form", "form_missing"))


def _form_misspelt(a: CompanyName, b: CompanyName) -> float:
    """Compare the names with the form that one of them has: "Emard Hnc" ends with a misspelt "Inc"."""
    one, two = _with_form(a.core, a.legal_form), _with_form(b.core, b.legal_form)
    return 0.0 if one.digits != two.digits and one.digits and two.digits else _letter_by_letter(one, two)


@lru_cache(maxsize=8192)
def _with_form(core: str, form: str) -> NameParts:
    parts, form = name_parts(core), squash(form)
    return replace(parts, text=parts.text + form, weights=parts.weights + (SHARED_WEIGHT,) * len(form))


def _compare(a: NameParts, b: NameParts) -> tuple[float, tuple[str, ...]]:
    if (a.latin is None) != (b.latin is None):
        score, reasons = _in_one_script(a.latin or a, b.latin or b, by_sound=True)
        return score * (1 - _LITTLE), ("transliteration", *reasons)
    score, reasons = _in_one_script(a, b)
    if score < WARN_AT and a.latin and b.latin and a.latin.own == b.latin.own and a.shared == b.shared and a.shared:
        # 鑫源 typed for 鑫缘, of one place and trade; many names sound alike.
        score, reasons = _in_one_script(a.latin, b.latin)
        return score * (1 - _DOUBT), ("same_sound", *reasons)
    return score, reasons


def _in_one_script(a: NameParts, b: NameParts, *, by_sound: bool = False) -> tuple[float, tuple[str, ...]]:
    if a.digits != b.digits and a.digits and b.digits:
        return _CONTRADICTION, ("numbers_differ",)  # Plant 1 and Plant 2, 3M and 4M
    score, reasons = _own_words(a.own, b.own, by_sound)
    if a.numbers != b.numbers:
        return score * (1 - _CONTRADICTION), (*reasons, "numbers_differ")
    if a.shared != b.shared and score:
        loss, reason = _rest(a.shared, b.shared)
        how = "same_own_words" if score == 1 else reasons[0]
        score, reasons = score * (1 - loss), (how, reason)
    is_open = score < WARN_AT and "other_words" not in reasons and not _one_is_another(a.own, b.own)
    if is_open and (slips := _letter_by_letter(a, b)) > score:
        score, reasons = slips, ("similar",)
    if score < WARN_AT and (found := _whole_in_other(a, b)):
        score, reasons = WARN_AT, (found,)
    return min(score, 1 - _LITTLE), reasons  # it is not the same in every letter


def _own_words(a: tuple[str, ...], b: tuple[str, ...], by_sound: bool) -> tuple[float, tuple[str, ...]]:
    """Compare the words of their own, glued: "Good Will" is "Goodwill"."""
    one, two = "".join(a), "".join(b)
    if one == two:
        return 1.0, ("same_without_form",)
    score, reason = OSA.normalized_similarity(one, two), "similar"
    if by_sound:
        bones, others = skeleton(one), skeleton(two)
        alike = OSA.normalized_similarity(bones, others)
        # Consonants are what scripts agree on, where there are enough of them to mean something.
        score = alike if min(len(bones), len(others)) > _SHORTEST else (score + alike) / 2
    if len(a) > 1 or len(b) > 1:
        ordered = OSA.normalized_similarity("".join(sorted(a)), "".join(sorted(b)))
        if ordered > score:
            score, reason = ordered, "same_but_order" if ordered == 1 else "similar"
        if score >= WARN_AT and _one_is_another(a, b):
            score *= _ANOTHER_WORD
    return score, (reason,)


def _one_is_another(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether, word for word, one of theirs is another word altogether: Klein & Daniel, Klein & Fadel."""
    return len(a) == len(b) > 1 and any(
        word not in b and max(OSA.normalized_similarity(word, other) for other in b) < _ANOTHER_WORD for word in a
    )


def _rest(a: frozenset[str], b: frozenset[str]) -> tuple[float, str]:
    """What trade, place and family words take off."""
    if a <= b or b <= a:
        return _DOUBT, "more_words"
    return _CONTRADICTION * (1 - 2 * len(a & b) / (len(a) + len(b))), "other_words"


def _letter_by_letter(a: NameParts, b: NameParts) -> float:
    """Compare the whole names; a slip costs what the word that it stands in weighs."""
    if Levenshtein.normalized_similarity(a.text, b.text) < _SIMILAR_AT_ALL:
        return 0.0
    short, long = sorted(("".join(a.own), "".join(b.own)), key=len)
    if short not in long and Levenshtein.normalized_similarity(short, long) < _SIMILAR_AT_ALL:
        return 0.0  # long words of trade do not make up for it: ECI Telecommunications, I-Cable Communications
    cost = 0.0
    for slip in Levenshtein.editops(a.text, b.text):
        if slip.tag == "delete":
            cost += a.weights[slip.src_pos]
        elif slip.tag == "insert":
            cost += b.weights[slip.dest_pos]
        else:
            cost += max(a.weights[slip.src_pos], b.weights[slip.dest_pos])
    return 1 - cost / max(sum(a.weights), sum(b.weights))


def _whole_in_other(a: NameParts, b: NameParts) -> str:
    """Say how the shorter name stands whole in the longer: by two words of its own, which is no accident, or by the
    initials (IBM; two letters are anybody's)."""
    short, long = (a, b) if len(a.text) <= len(b.text) else (b, a)
    words = {word for word in short.own if len(word) >= _SHORTEST}
    if len(words) > 1 and words <= set(long.own) and short.shared <= long.shared:
        return "one_contains_other"
    letters = "".join(short.own)
    return "acronym" if _SHORTEST <= len(letters) <= _LONGEST_ACRONYM and letters == long.initials else ""
