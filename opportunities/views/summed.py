"""How many rows has a list of amounts, and what do they come to? One statement says both."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Aggregate, Count, QuerySet

from core.pages import ListPage
from core.querysets import COUNT_MS, bounded, counted, within
from core.querysets import Count as Counted


class SummedList(ListPage):
    """A list whose filtered rows are summed up by currency. Beyond what is counted nothing is summed up.

    ``totals`` are the sums of a currency; "unrated" are rows with an amount and no rate of their day.
    """

    totals: ClassVar[dict[str, Aggregate]]
    lines: list[dict[str, Any]] | None = None

    def counted(self, rows: QuerySet[Any]) -> Counted:
        # The keys within are of rows that the reader may see: to ask for that again would take as long again.
        those = rows.model._default_manager.filter(pk__in=bounded(rows)).order_by()  # unscoped: see above
        self.lines = within(
            COUNT_MS,
            lambda: list(those.values("currency").annotate(n=Count("amount"), rows=Count("pk"), **self.totals)),
        )
        return counted(None if self.lines is None else sum(line["rows"] for line in self.lines))

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
