"""Which promises about orders can be checked in the database? Each statement returns the rows that break one."""

from core.currencies import currencies
from core.registries import INVARIANTS, Invariant

_REVENUE = """
SELECT ordered.id FROM opportunities_order ordered
FULL JOIN customers_revenue revenue
    ON revenue.source_id = ordered.id AND revenue.source_label = 'opportunities.order'
WHERE (ordered.id IS NOT NULL OR revenue.source_label = 'opportunities.order')
    AND CASE
        WHEN ordered.id IS NULL OR ordered.voided_at IS NOT NULL THEN revenue.id IS NOT NULL
        ELSE (revenue.customer_id, revenue."on", revenue.amount_base, revenue.cost_base)
            IS DISTINCT FROM (ordered.customer_id, ordered.ordered_on, ordered.amount_base, ordered.cost_base)
    END
"""


def _amount() -> str:
    """The same sum as revenue.amount_of, in SQL."""
    by_decimals: dict[int, list[str]] = {}
    for code, one in currencies().items():
        by_decimals.setdefault(one.decimals, []).append(f"'{code}'")
    cases = " ".join(
        f"WHEN ordered.currency IN ({', '.join(codes)}) THEN {decimals}"
        for decimals, codes in by_decimals.items()
        if decimals != 2
    )
    return f"""
    SELECT ordered.id FROM opportunities_order ordered
    JOIN (
        SELECT order_id, sum(quantity * price * (100 - discount) / 100) AS total
        FROM opportunities_orderline GROUP BY order_id
    ) lines ON lines.order_id = ordered.id
    WHERE ordered.amount <> round(lines.total, CASE {cases} ELSE 2 END) + ordered.freight
    """  # noqa: S608  codes of our own table


def register() -> None:
    """Add the lines of orders to INVARIANTS."""
    INVARIANTS["opportunities.amount_is_the_lines"] = Invariant(
        "I8: the amount of an order with lines is their sum and the freight", _amount()
    )
    INVARIANTS["opportunities.revenue_is_the_orders"] = Invariant(
        "I5: a customer's revenue is that of the orders which are not void", _REVENUE
    )
