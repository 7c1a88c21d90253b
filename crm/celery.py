"""Which background work is woken when? The Celery app and the whole beat schedule."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Sweeps ask "what is due now?" of Postgres, so a missed, doubled or late beat does no harm.
app.conf.beat_schedule = {
    "heartbeat": {"task": "core.heartbeat", "schedule": 30},
    "jobs": {"task": "core.run_due_jobs", "schedule": 20},
    "notices": {"task": "accounts.mail_notices", "schedule": 30},
    "playbooks": {"task": "followups.run_playbooks", "schedule": 300},
    "reminders": {"task": "followups.remind", "schedule": 30},
    "digests": {"task": "followups.send_digests", "schedule": 60},
    "forecasts": {"task": "reports.keep_forecasts", "schedule": 600},
    "summaries": {"task": "reports.send_summaries", "schedule": 60},
    "mails": {"task": "core.send_due_mails", "schedule": 30},
    "rates": {"task": "core.load_rates", "schedule": 3600},
    "rollups": {"task": "core.sweep_rollups", "schedule": 30},
    "expired": {"task": "core.clear_expired", "schedule": 3600},
    "expired-people": {"task": "accounts.clear_expired", "schedule": 3600},
    "grams": {"task": "customers.count_grams", "schedule": 3600},
    "expired-look-ups": {"task": "customers.clear_expired", "schedule": 3600},
    "deal-rates": {"task": "opportunities.rate_deals", "schedule": 1800},
    "series": {"task": "followups.run_series", "schedule": 60},
    "pool": {"task": "publicpool.sweep", "schedule": 600},
    "rotations": {"task": "publicpool.rotate", "schedule": 60},
    "keys-of-leads": {"task": "opportunities.fill_keys", "schedule": 3600},
    "expired-inquiries": {"task": "opportunities.clear_expired", "schedule": 3600},
    "expired-drops": {"task": "communications.clear_expired", "schedule": 3600},
    "events": {"task": "customers.deliver_events", "schedule": 30},
}
