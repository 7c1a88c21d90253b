"""Which port does Gonghai take?"""

import socket
from collections.abc import Iterator

import pytest

from runner.console import Problem
from runner.installation import chosen_port
from runner.serve import open_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_default_port_gives_the_next_free_one(taken: int) -> None:
    with open_port(None, first=taken, last=taken + 20) as listener:
        assert taken < listener.getsockname()[1] <= taken + 20


def test_a_chosen_port_is_kept_or_refused(taken: int) -> None:
    with pytest.raises(Problem, match=f"Port {taken} is taken"):
        open_port(taken)


@pytest.mark.parametrize("chosen", ["eighty", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_explained(chosen: str) -> None:
    with pytest.raises(Problem, match="is no port"):
        chosen_port({"PORT": chosen})


def test_all_taken_is_explained(taken: int) -> None:
    with pytest.raises(Problem, match="Set PORT"):
        open_port(None, first=taken, last=taken)
