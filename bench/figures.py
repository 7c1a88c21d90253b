"""What do the measured times say: how many times the floor, within the bar or over it?"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
# Two series of the same floor page must agree that well, or the machine is too noisy to judge on.
PAIR = (0.9, 1.1)
OK, OVER, VOID = "ok", "over", "void"


@dataclass
class Figures:
    """One line of the table. Times in ms; ``ratios`` are product over floor, one a round.

    ``pairs`` are floor over floor, which ought to be 1. ``most`` statements and bytes are bars too. ``unit`` says
    what stands in place of milliseconds where a line is about something else.
    """

    operation: str
    variant: str
    bar: float
    product: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    pairs: list[float] = field(default_factory=list)
    statements: int | None = None
    most_statements: int | None = None
    bytes: int | None = None
    most_bytes: int | None = None
    rows: int | None = None
    p95_bar: float | None = None
    is_void: bool = False
    note: str = ""
    unit: str = "ms"

    def add(self, product: float, floors: Sequence[float], plus: float = 0.0) -> None:
        """A round: one time of the product, three of the floor; ``plus`` is what the bar allows beside its multiple.

        The bar is then ``bar`` × floor + ``plus``, so the floor counts as floor + plus / bar.
        """
        floor = statistics.median(floors) + plus / self.bar
        self.product.append(product)
        self.floor.append(floor)
        self.ratios.append(product / floor)
        if len(floors) > 1:
            self.pairs.append(floors[0] / floors[-1])

    @property
    def quartiles(self) -> tuple[float, float, float]:
        if len(self.ratios) < 2:
            one = self.ratios[0] if self.ratios else 0.0
            return one, one, one
        first, middle, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, middle, third

    @property
    def is_noisy(self) -> bool:
        """Did the floor, measured twice, disagree with itself?"""
        return bool(self.pairs) and not PAIR[0] <= statistics.median(self.pairs) <= PAIR[1]

    @property
    def verdict(self) -> str:
        """Over only if the lower quartile is over the bar; counts and bytes need no quartile; void if too noisy."""
        if _is_over(self.statements, self.most_statements) or _is_over(self.bytes, self.most_bytes):
            return OVER
        if self.is_void or self.is_noisy:
            return VOID
        late = self.p95_bar and self.product and p95(self.product) > self.p95_bar * statistics.median(self.floor)
        return OVER if late or self.quartiles[0] > self.bar else OK

    def to_json(self) -> dict[str, Any]:
        """The line as bench/results.json has it."""
        first, middle, third = self.quartiles
        return {
            "operation": self.operation,
            "variant": self.variant,
            "p50_ms": _rounded(statistics.median(self.product) if self.product else None),
            "p95_ms": _rounded(p95(self.product) if self.product else None),
            "floor_p50_ms": _rounded(statistics.median(self.floor) if self.floor else None),
            "ratio_q1": _rounded(first),
            "ratio_median": _rounded(middle),
            "ratio_q3": _rounded(third),
            "bar": self.bar,
            "statements": self.statements,
            "bytes": self.bytes,
            "rows": self.rows,
            "unit": self.unit,
            "note": self.note,
            "verdict": self.verdict,
        }


def p95(values: Sequence[float]) -> float:
    """Nineteen of twenty are below it."""
    return statistics.quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]


def _is_over(count: int | None, most: int | None) -> bool:
    return count is not None and most is not None and count > most


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def exit_code(lines: Sequence[Figures]) -> int:
    """0 all within their bars, 1 something over, 2 nothing over but something void."""
    verdicts = {line.verdict for line in lines}
    return 1 if OVER in verdicts else 2 if VOID in verdicts else 0


def write(lines: Sequence[Figures], path: Path = RESULTS) -> None:
    path.write_text(json.dumps([line.to_json() for line in lines], indent=1, ensure_ascii=False) + "\n")


HEAD = ("operation", "", "p50", "p95", "floor", "ratio q1", "median", "q3", "bar", "SQL", "bytes", "rows", "")


def table(lines: Sequence[Figures]) -> str:
    """The lines as text for people, columns aligned."""
    rows = [HEAD] + [_shown(line.to_json()) for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < 2 or place == len(HEAD) - 1 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _shown(line: dict[str, Any]) -> tuple[str, ...]:
    unit = "" if line["unit"] == "ms" else f" {line['unit']}"
    figures = [_figure(line[key]) for key in ("p50_ms", "p95_ms", "floor_p50_ms")]
    ratios = [_figure(line[key]) for key in ("ratio_q1", "ratio_median", "ratio_q3", "bar")]
    counts = ["" if line[key] is None else f"{line[key]:,}" for key in ("statements", "bytes", "rows")]
    end = f"{line['verdict']}{'  ' + line['note'] if line['note'] else ''}"
    return (line["operation"], line["variant"] + unit, *figures, *ratios, *counts, end)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
