"""What do people see when one of Django's commands fails?"""

from runner.manage import last_words

CHAINED = """Applying …
Traceback (most recent call last):
  File "base.py", line 1, in connect
psycopg.OperationalError: refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "base.py", line 2, in connect
    raise
django.db.utils.OperationalError: connection refused
\tIs the server running?
"""


def test_of_a_traceback_only_the_error_is_shown() -> None:
    assert last_words(CHAINED) == "django.db.utils.OperationalError: connection refused\n\tIs the server running?"


def test_other_output_is_shown_as_it_ends() -> None:
    assert last_words("one\ntwo\nCommandError: three\n", lines=2) == "two\nCommandError: three"
