"""Texts of requests as ids: what no row can have names none."""

import pytest

from core.ids import BIGGEST_ID, id_of, ids_of


@pytest.mark.parametrize(
    "text", [None, "", "0", "-1", "+1", " 1", "1.0", "²", "１", "one", str(BIGGEST_ID + 1), "9" * 5000]
)
def test_nonsense_names_nothing(text):
    assert id_of(text) is None


def test_ids_are_kept_in_their_order_and_once():
    assert ids_of(["7", "x", str(BIGGEST_ID), "0", "7", "3"]) == [7, BIGGEST_ID, 3]
