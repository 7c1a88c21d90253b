"""How does a constraint that the database refused become a refusal that a person understands?"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import IntegrityError, models, transaction

from core.exceptions import DomainError


def save_or_refuse(row: models.Model, **options: Any) -> None:
    """Save; a broken constraint of the model raises DomainError with its words, at its field.

    Forms explain the same beforehand; this decides, also for two at once.
    """
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError as error:
        cause = error.__cause__
        name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
        for constraint in row._meta.constraints:
            if constraint.name == name:
                field = next(iter(getattr(constraint, "fields", ())), None)
                raise DomainError(str(constraint.get_violation_error_message()), field=field) from error
        raise
