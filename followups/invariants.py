"""Which promises about follow-ups can be checked in the database? Each statement returns the rows that break one."""

from core.registries import INVARIANTS, Invariant

# Leads or opportunities whose next step is another than opportunities.part_facts would write.
_NEXT = """
SELECT record.id FROM {table} record
LEFT JOIN LATERAL (
    SELECT task.due_at, task.title FROM followups_task task
    WHERE task.{link} = record.id AND task.state IN ('not_started', 'in_progress') {only}
    ORDER BY task.due_at NULLS LAST, task.id LIMIT 1
) first ON true
WHERE (record.next_task_at, record.next_task_title) IS DISTINCT FROM (first.due_at, coalesce(first.title, ''))
"""

_LINES = {
    "step_once": (
        "I6: a step of a playbook exists once in a run",
        """
        SELECT min(id) FROM followups_task WHERE playbook_run_id IS NOT NULL
        GROUP BY playbook_run_id, step_id HAVING count(*) > 1
        """,
    ),
    "run_once": (
        "I6: what calls a playbook to a customer calls it once",
        """
        SELECT min(id) FROM followups_playbookrun GROUP BY playbook_id, customer_id, lead_id, key HAVING count(*) > 1
        """,
    ),
    "open_run_has_a_step": (
        "A run of a playbook is open as long as one of its steps is",
        """
        SELECT run.id FROM followups_playbookrun run WHERE run.ended_at IS NULL AND NOT EXISTS (
            SELECT FROM followups_task task
            WHERE task.playbook_run_id = run.id AND task.state IN ('not_started', 'in_progress')
        )
        """,
    ),
    "done_run_has_no_step": (
        "A run whose steps have ended has no open one, unless its playbook is at work there anew",
        """
        SELECT run.id FROM followups_playbookrun run WHERE run.end_reason = 'done' AND EXISTS (
            SELECT FROM followups_task task
            WHERE task.playbook_run_id = run.id AND task.state IN ('not_started', 'in_progress')
        ) AND NOT EXISTS (
            SELECT FROM followups_playbookrun other
            WHERE other.playbook_id = run.playbook_id AND other.ended_at IS NULL
                AND (other.customer_id = run.customer_id OR other.lead_id = run.lead_id)
        )
        """,
    ),
    "no_run_without_owner": (
        "No playbook works at a customer that was archived more than an hour ago",
        """
        SELECT run.id FROM followups_playbookrun run JOIN customers_customer customer ON customer.id = run.customer_id
        WHERE run.ended_at IS NULL AND customer.archived_at < now() - interval '1 hour'
        """,
    ),
    "no_run_without_lead": (
        "No playbook works for a lead that was archived more than an hour ago",
        """
        SELECT run.id FROM followups_playbookrun run JOIN opportunities_lead lead ON lead.id = run.lead_id
        WHERE run.ended_at IS NULL AND lead.archived_at < now() - interval '1 hour'
        """,
    ),
    "next_step_of_leads": (
        "I5: the next step of a lead is its open task due first",
        _NEXT.format(table="opportunities_lead", link="lead_id", only="AND task.customer_id IS NULL"),
    ),
    "next_step_of_opportunities": (
        "I5: the next step of an opportunity is its open task due first",
        _NEXT.format(table="opportunities_opportunity", link="opportunity_id", only=""),
    ),
}


def register() -> None:
    """Add this floor's lines to INVARIANTS."""
    for key, (says, sql) in _LINES.items():
        INVARIANTS[f"followups.{key}"] = Invariant(says, sql)
