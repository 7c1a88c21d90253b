"""Which promises about follow-ups can be checked in the database? Each statement returns the rows that break one."""

from core.registries import INVARIANTS, Invariant

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
        SELECT min(id) FROM followups_playbookrun GROUP BY playbook_id, customer_id, key HAVING count(*) > 1
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
            WHERE other.playbook_id = run.playbook_id AND other.customer_id = run.customer_id
                AND other.ended_at IS NULL
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
}


def register() -> None:
    """Add this floor's lines to INVARIANTS."""
    for key, (says, sql) in _LINES.items():
        INVARIANTS[f"followups.{key}"] = Invariant(says, sql)
