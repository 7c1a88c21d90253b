"""What happens when several people do something in the same moment? Threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def at_once(acts: Sequence[Callable[[], Any]], *, timeout: float = 120, lock_timeout: str = "60s") -> list[Any]:
    """Run all acts at the same moment; returns what each gave back, or the exception that it raised.

    Needs committed rows: ``@pytest.mark.django_db(transaction=True)``. ``lock_timeout`` is longer than in
    real life, for what is looked at is the outcome and not the speed of the machine.
    """
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{lock_timeout}'")
            barrier.wait(timeout)
            results[place] = act()
        except Exception as error:  # noqa: BLE001  what went wrong is what the test looks at
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    assert not any(thread.is_alive() for thread in threads), "somebody waits forever"
    return results


def errors(results: Sequence[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]
