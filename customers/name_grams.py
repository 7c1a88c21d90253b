"""By which pairs of letters are similar names looked up?"""

from collections.abc import Iterable, Mapping

from .company_names import name_key


def grams(name: str) -> list[str]:
    """The pairs of neighbouring letters of a name without its form, in their order, each once."""
    text = name_key(name, with_form=False)
    return list(dict.fromkeys(text[place : place + 2] for place in range(len(text) - 1))) or ([text] if text else [])


def rarest(terms: Iterable[str], counts: Mapping[str, int], n: int = 3) -> list[str]:
    """The ``n`` terms that the fewest names hold, with all that were not counted yet, for these came later."""
    terms = list(terms)
    known = sorted((term for term in terms if term in counts), key=counts.__getitem__)
    return [term for term in terms if term not in counts] + known[:n]
