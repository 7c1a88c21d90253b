"""Which promises about customers can be checked in the database? Each statement returns the rows that break one.

I1, I2 … are the numbers of the design: one holder at a time, cached facts that equal the truth.
"""

from core.registries import INVARIANTS, Invariant

from .facts import WANTED, WANTED_ROWS
from .models import Customer

_LINES = {
    "one_open_period": (
        "I1: a living customer has exactly one open ownership period, an archived one none",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN customers_ownershipperiod period ON period.customer_id = customer.id AND period.ended_at IS NULL
        GROUP BY customer.id
        HAVING count(period.id) <> CASE WHEN customer.archived_at IS NULL THEN 1 ELSE 0 END
        """,
    ),
    "periods_in_order": (
        "I1: the periods of a customer do not overlap, and none but the last is open",
        """
        SELECT id FROM (
            SELECT id, started_at, ended_at,
                lead(started_at) OVER (PARTITION BY customer_id ORDER BY started_at, id) AS following
            FROM customers_ownershipperiod
        ) periods WHERE following IS NOT NULL AND (ended_at IS NULL OR ended_at > following)
        """,
    ),
    "holder_is_the_open_period": (
        "I2: owner, pool and “held since” repeat the open period",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN customers_ownershipperiod period ON period.customer_id = customer.id AND period.ended_at IS NULL
        WHERE (customer.owner_id, customer.pool_id, customer.owned_since)
            IS DISTINCT FROM (period.owner_id, period.pool_id, coalesce(period.counts_from, period.started_at))
        """,
    ),
    "period_in_the_ledger": (
        "I4: the start of each period has its row in the ledger",
        """
        SELECT period.id FROM customers_ownershipperiod period
        WHERE NOT EXISTS (
            SELECT FROM customers_event event
            WHERE event.customer_id = period.customer_id
                AND event.target_label = 'customers.ownershipperiod' AND event.target_id = period.id
        )
        """,
    ),
    "idle_since": (
        "I5: “idle since” is the later of the last contact and the start of the open period",
        """
        SELECT id FROM customers_customer
        WHERE idle_since IS DISTINCT FROM CASE WHEN archived_at IS NULL THEN greatest(last_followed_at, owned_since) END
        """,
    ),
    "status_is_the_last_change": (
        "I5: the status and its date are those of the last change",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN LATERAL (
            SELECT after_id, at FROM customers_statuschange change
            WHERE change.customer_id = customer.id ORDER BY at DESC, id DESC LIMIT 1
        ) change ON true
        WHERE (customer.status_id, customer.status_at) IS DISTINCT FROM (change.after_id, change.at)
        """,
    ),
    "one_main_header": (
        "A customer has exactly one main header, and goes by its name and country",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN customers_customername header ON header.customer_id = customer.id AND header.is_main
        WHERE (customer.name, customer.country) IS DISTINCT FROM (header.name, header.country)
        """,
    ),
    "headers_have_keys": (
        "Codes, and names of companies in a known country, are kept from being entered twice",
        """
        SELECT header.id FROM customers_customername header
        JOIN customers_customer customer ON customer.id = header.customer_id AND customer.archived_at IS NULL
        WHERE (header.code <> '' AND NOT EXISTS (
            SELECT FROM customers_identitykey key
            WHERE key.customer_id = customer.id AND key.kind = 'code' AND key.value = header.code AND key.is_blocking
        )) OR (customer.kind = 'company' AND header.country <> '' AND NOT EXISTS (
            SELECT FROM customers_identitykey key
            WHERE key.customer_id = customer.id AND key.kind = 'name' AND key.country = header.country
                AND key.is_blocking
        ))
        """,
    ),
    "keys_have_holders": (
        "No key blocks for an archived customer, and each names who holds its customer",
        """
        SELECT key.id FROM customers_identitykey key
        JOIN customers_customer customer ON customer.id = key.customer_id
        WHERE (key.is_blocking AND customer.archived_at IS NOT NULL) OR key.owner_id IS DISTINCT FROM customer.owner_id
        """,
    ),
    "similar_names_have_keys": (
        "Every name can be found by its likeness, also that of an archived customer",
        """
        SELECT header.id FROM customers_customername header
        WHERE header.name ~ '[[:alnum:]]' AND NOT EXISTS (
            SELECT FROM customers_identitykey key
            WHERE key.customer_id = header.customer_id AND key.kind = 'like' AND key.country = header.country
        )
        """,
    ),
    "numbers_have_keys": (
        "Every phone number of a living contact or of the customer itself can be found",
        """
        SELECT point.id FROM customers_contactpoint point
        LEFT JOIN customers_contact contact ON contact.id = point.contact_id
        WHERE point.normal LIKE '+%' AND contact.archived_at IS NULL
            AND point.kind IN ('mobile', 'phone', 'fax', 'whatsapp', 'viber')
            AND NOT EXISTS (
                SELECT FROM customers_identitykey key
                WHERE key.customer_id = point.customer_id AND key.kind = 'phone' AND key.value = point.normal
            )
        """,
    ),
    "one_primary_contact": (
        "A customer with living contacts has one who is asked first",
        """
        SELECT customer_id AS id FROM customers_contact WHERE archived_at IS NULL
        GROUP BY customer_id HAVING count(*) FILTER (WHERE is_primary) <> 1
        """,
    ),
    "points_of_the_same_customer": (
        "The number of a contact belongs to the contact's customer",
        """
        SELECT point.id FROM customers_contactpoint point
        JOIN customers_contact contact ON contact.id = point.contact_id
        WHERE point.customer_id <> contact.customer_id
        """,
    ),
    "one_default_pool": (
        "There is a default pool in use",
        "SELECT 0 AS id WHERE NOT EXISTS (SELECT FROM customers_pool WHERE is_default AND is_active)",
    ),
    "sales_are_the_revenue": (
        "I5: orders, last order and won total are those of the customer's revenue",
        """
        SELECT customer.id FROM customers_customer customer
        LEFT JOIN LATERAL (
            SELECT count(*) AS n, max("on") AS last, coalesce(sum(amount_base), 0) AS total
            FROM customers_revenue revenue WHERE revenue.customer_id = customer.id
        ) sold ON true
        WHERE (customer.orders_count, customer.last_order_on, customer.won_total)
            IS DISTINCT FROM (sold.n, sold.last, sold.total)
        """,
    ),
    "deliveries_of_known_events": (
        "Nothing waits for delivery longer than a day without being set aside",
        """
        SELECT delivery.id FROM customers_eventdelivery delivery
        JOIN customers_event event ON event.id = delivery.event_id
        WHERE delivery.parked_at IS NULL AND delivery.attempts = 0 AND event.at < now() - interval '1 day'
        """,
    ),
}


def _completeness() -> str:
    """The same sum as facts.share_filled, in SQL."""
    parts = []
    fields = {field.attname: field for field in Customer._meta.concrete_fields}
    for attribute in WANTED.values():
        field = fields[attribute]
        is_text = field.get_internal_type() in ("CharField", "TextField")
        parts.append(f"({field.column} <> '')::int" if is_text else f"({field.column} IS NOT NULL)::int")
    parts += [
        "EXISTS (SELECT FROM customers_contact c WHERE c.customer_id = customer.id AND c.archived_at IS NULL)::int",
        """EXISTS (
            SELECT FROM customers_contactpoint p LEFT JOIN customers_contact c ON c.id = p.contact_id
            WHERE p.customer_id = customer.id AND c.archived_at IS NULL
        )::int""",
        "EXISTS (SELECT FROM customers_customer_categories c WHERE c.customer_id = customer.id)::int",
    ]
    total = len(WANTED) + len(WANTED_ROWS)
    return f"SELECT id FROM customers_customer customer WHERE completeness <> ({' + '.join(parts)}) * 100 / {total}"  # noqa: S608  our own columns


def register() -> None:
    """Add this floor's lines to INVARIANTS."""
    for key, (says, sql) in _LINES.items():
        INVARIANTS[f"customers.{key}"] = Invariant(says, sql)
    INVARIANTS["customers.completeness"] = Invariant(
        "I5: completeness is the share of the wanted fields that are filled", _completeness()
    )
