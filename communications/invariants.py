"""Which promises about communications can be checked in SQL? Each statement returns the rows that break one."""

from core.registries import INVARIANTS, Invariant

# The same sums as customers.facts.write_contacts_made, in SQL.
_FACTS = """
SELECT customer.id FROM customers_customer customer
LEFT JOIN (
    SELECT customer_id, max(happened_at) AS last,
        max(happened_at) FILTER (WHERE direction <> 'in') AS out_at,
        max(happened_at) FILTER (WHERE direction <> 'out') AS in_at,
        count(*) FILTER (WHERE direction <> 'in') AS touches,
        count(*) FILTER (WHERE direction <> 'out') AS replies
    FROM communications_communication
    WHERE deleted_at IS NULL AND NOT is_automatic
    GROUP BY customer_id
) said ON said.customer_id = customer.id
WHERE (customer.last_followed_at, customer.last_outbound_at, customer.last_inbound_at)
    IS DISTINCT FROM (said.last, said.out_at, said.in_at)
    OR (customer.touches, customer.replies) IS DISTINCT FROM (coalesce(said.touches, 0), coalesce(said.replies, 0))
"""

_LEDGER = """
SELECT said.id FROM communications_communication said
WHERE NOT EXISTS (
    SELECT FROM customers_event event
    WHERE event.id = said.event_id AND event.at = said.happened_at
        AND event.customer_id IS NOT DISTINCT FROM said.customer_id
        AND event.target_label = 'communications.communication' AND event.target_id = said.id
)
"""


# The same as opportunities.part_facts.write_last_contacts, in SQL.
_LAST = """
SELECT record.id FROM {table} record
WHERE record.last_followed_at IS DISTINCT FROM (
    SELECT max(said.happened_at) FROM communications_communication said
    WHERE said.{link} = record.id AND said.deleted_at IS NULL AND NOT said.is_automatic
)
"""


def register() -> None:
    """Add this floor's lines to INVARIANTS."""
    INVARIANTS["communications.facts"] = Invariant(
        "I5: last contact, touches and answers are those of what was said", _FACTS
    )
    INVARIANTS["communications.facts_of_leads"] = Invariant(
        "I5: the last contact of a lead is that of what was said",
        _LAST.format(table="opportunities_lead", link="lead_id"),
    )
    INVARIANTS["communications.facts_of_opportunities"] = Invariant(
        "I5: the last contact about an opportunity is that of what was said",
        _LAST.format(table="opportunities_opportunity", link="opportunity_id"),
    )
    INVARIANTS["communications.in_the_ledger"] = Invariant(
        "I4: every communication has its line in the ledger, at the moment it happened", _LEDGER
    )
