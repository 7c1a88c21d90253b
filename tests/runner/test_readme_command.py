"""Does the check run what the README tells people to run?"""

import pytest

from runner.checks import readme_test_command
from runner.console import Problem

TWO_COMMANDS = """
Run `python3 run.py test` to test.

```sh
git clone … && cd gonghai
python3 run.py        # start it
python3 run.py test   # run the tests
python3 run.py test tests/customers
```
"""


def test_the_command_in_the_fenced_block_is_found() -> None:
    assert readme_test_command(TWO_COMMANDS) == "python3 run.py test"


def test_shown_twice_alike_is_one_command() -> None:
    assert readme_test_command(TWO_COMMANDS * 2) == "python3 run.py test"


@pytest.mark.parametrize("readme", ["Run `python3 run.py test`.", TWO_COMMANDS + "```\n./run.py test\n```\n"])
def test_none_or_two_different_ones_are_refused(readme: str) -> None:
    with pytest.raises(Problem, match="exactly one command"):
        readme_test_command(readme)
