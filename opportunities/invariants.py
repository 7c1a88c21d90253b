"""Which promises about leads, deals and orders can be checked in the database? Each gives the rows that break one."""

from core.registries import INVARIANTS, Invariant

from .rollup import DIFFERENCE

_LINES = {
    "deal_is_where_its_last_move_left_it": (
        "I5: a deal stands in the stage of its one open stay, since then, and its outcome is the stage's kind",
        """
        SELECT deal.id FROM opportunities_opportunity deal
        JOIN opportunities_stage stage ON stage.id = deal.stage_id
        LEFT JOIN opportunities_move move ON move.opportunity_id = deal.id AND move.left_at IS NULL
        WHERE (move.after_id, move.at, stage.kind, stage.pipeline_id)
            IS DISTINCT FROM (deal.stage_id, deal.stage_at, deal.outcome, deal.pipeline_id)
        """,
    ),
    "stays_follow_each_other": (
        "Each stay of a deal ends when the next one begins, in the stage that the next one came from",
        """
        SELECT id FROM (
            SELECT id, left_at, after_id, lead(at) OVER stays AS next_at, lead(before_id) OVER stays AS next_before,
                lead(id) OVER stays AS following
            FROM opportunities_move WINDOW stays AS (PARTITION BY opportunity_id ORDER BY at, id)
        ) stay
        WHERE following IS NOT NULL AND (left_at, after_id) IS DISTINCT FROM (next_at, next_before)
        """,
    ),
    "reached_is_a_stage_it_was_in": (
        "I5: the furthest stage of a deal is one that it was in, and not the lost one",
        """
        SELECT deal.id FROM opportunities_opportunity deal
        JOIN opportunities_stage reached ON reached.id = deal.reached_id
        WHERE reached.kind = 'lost' OR NOT EXISTS (
            SELECT FROM opportunities_move move WHERE move.opportunity_id = deal.id AND move.after_id = deal.reached_id
        )
        """,
    ),
    "open_deals_of_customers": (
        "I5: the number of open deals on a customer's row is that of its open deals",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN (
            SELECT customer_id, count(*) AS n FROM opportunities_opportunity
            WHERE outcome = 'open' AND archived_at IS NULL GROUP BY customer_id
        ) deals ON deals.customer_id = customer.id
        WHERE customer.open_opportunities <> coalesce(deals.n, 0)
        """,
    ),
    "deal_amount_is_its_lines": (
        "I8: the amount of a deal whose lines all have a quantity and a price is their sum, to a thousandth each",
        """
        SELECT deal.id FROM opportunities_opportunity deal
        JOIN opportunities_opportunityline line ON line.opportunity_id = deal.id
        GROUP BY deal.id
        HAVING count(*) = count(line.quantity * line.price)
            AND abs(sum(line.quantity * line.price) - coalesce(deal.amount, 0)) > 0.51
        """,
    ),
    "deal_owner_sees_the_customer": (
        "The owner of a deal holds its customer or works on it",
        """
        SELECT deal.id FROM opportunities_opportunity deal
        JOIN customers_customer customer ON customer.id = deal.customer_id
        WHERE deal.archived_at IS NULL AND deal.outcome = 'open' AND customer.archived_at IS NULL
            AND deal.owner_id IS NOT NULL AND deal.owner_id IS DISTINCT FROM customer.owner_id
            AND NOT EXISTS (
                SELECT FROM customers_collaborator one
                WHERE one.customer_id = customer.id AND one.user_id = deal.owner_id
            )
        """,
    ),
    "converted_leads": (
        "A lead is converted as long as a conversion of it stands",
        """
        SELECT lead.id FROM opportunities_lead lead
        LEFT JOIN opportunities_conversion one ON one.lead_id = lead.id AND one.undone_at IS NULL
        WHERE (lead.state = 'converted') <> (one.id IS NOT NULL)
        """,
    ),
    "held_lead_says_since_when": (
        "A lead that somebody holds says since when, and one that nobody holds does not",
        "SELECT id FROM opportunities_lead WHERE (owner_id IS NULL) <> (owned_since IS NULL)",
    ),
    "reason_only_where_disqualified": (
        "Only a disqualified lead has a reason for it",
        "SELECT id FROM opportunities_lead WHERE disqualify_reason_id IS NOT NULL AND state <> 'disqualified'",
    ),
    "file_of_a_lead_is_where_the_lead_is": (
        "Files of a lead belong to its customer exactly while it is converted",
        """
        SELECT file.id FROM customers_attachment file
        LEFT JOIN opportunities_conversion done ON done.lead_id = file.target_id AND done.undone_at IS NULL
        WHERE file.target_label = 'opportunities.lead' AND file.customer_id IS DISTINCT FROM done.customer_id
        """,
    ),
    "funnel_cells": ("I8: the cells of the funnel are what a recomputation makes", DIFFERENCE),
}


def register() -> None:
    """Add this floor's lines to INVARIANTS."""
    for name, (says, sql) in _LINES.items():
        INVARIANTS[name] = Invariant(says, sql)
