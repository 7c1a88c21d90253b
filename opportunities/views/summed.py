"""How many rows has a list of amounts, and what do they come to? One statement says both."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.pages import ListPage
from core.querysets import COUNT_LIMIT, COUNT_MS, Count, counted, within


class SummedList(ListPage):
    """A list whose filtered rows are summed up by currency. Beyond what is counted nothing is summed up.

    ``totals`` are the sums of a currency, in SQL over the columns ``summed`` of a row; "unrated" are rows with an
    amount and no rate of their day.
    """

    summed: ClassVar[tuple[str, ...]] = ("currency", "amount", "amount_base")
    totals: ClassVar[dict[str, str]]
    lines: list[dict[str, Any]] | None = None

    def counted(self, rows: QuerySet[Any]) -> Count:
        # Django sums no rows of a slice, and asked by their keys again they take twenty times as long.
        bounded = rows.order_by().values_list(*self.summed)[: COUNT_LIMIT + 1]
        self.lines = within(COUNT_MS, lambda: self._lines(bounded))
        return counted(None if self.lines is None else sum(line["rows"] for line in self.lines))

    def _lines(self, bounded: QuerySet[Any]) -> list[dict[str, Any]]:
        try:
            rows, params = bounded.query.sql_with_params()
        except EmptyResultSet:  # the filters rule everything out
            return []
        totals = {"n": "count(amount)", "rows": "count(*)"} | self.totals
        wanted, names = ", ".join(totals.values()), ", ".join(self.summed)
        with connection.cursor() as cursor:
            sql = f"SELECT currency, {wanted} FROM ({rows}) AS deal ({names}) GROUP BY 1"  # noqa: S608  words of ours
            cursor.execute(sql, params)
            return [dict(zip(["currency", *totals], row, strict=True)) for row in cursor.fetchall()]

    def context(self) -> dict[str, Any]:
        found = super().context()
        is_known = found["page"].count.is_exact and found["page"].rows
        lines = [line for line in self.lines or [] if line["n"]]
        lines.sort(key=lambda line: (-line["n"], line["currency"]))
        found["sums"] = self.sums(lines) if is_known else None
        return found

    def sums(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """What is said of the sums of the currencies, the one of most rows first."""
        return {"lines": lines, "unrated": sum(line["unrated"] for line in lines)}
