"""Do the servers come up as the product needs them, and do they go again?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.db import connection

from runner import places, processes
from runner.console import Problem
from runner.postgres import Cluster, Postgres
from runner.pytest_services import own_number
from runner.valkey import Valkey


@pytest.mark.system
def test_chinese_has_trigrams(db: None) -> None:
    """A cluster with the wrong ctype finds nothing in Chinese names, and says nothing about it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm('深圳市')")
        assert cursor.fetchone()[0]


@pytest.mark.system
def test_redis_answers_and_keeps_everything() -> None:
    """A server that evicts would silently lose wake-ups and throttles."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as server:
        assert server.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/2"),
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/2"),
        ("redis://:a%2Fb@localhost:1/3", "redis://:a%2Fb@localhost:1/5"),
        ("rediss://host:1/0?ssl_cert_reqs=none", "rediss://host:1/2?ssl_cert_reqs=none"),
    ],
)
def test_every_worker_has_a_redis_number_of_its_own(url: str, own: str) -> None:
    assert own_number(url, 2) == own


def test_data_of_another_version_are_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("13\n")
    cluster = Cluster(Postgres(Path("/nowhere"), 18), tmp_path / "postgres", tmp_path / "run", {}, None)
    with pytest.raises(Problem, match=r"made by PostgreSQL 13, this is 18\.\nSet PG_BIN"):
        cluster.create()


def test_a_socket_path_with_spaces_and_capitals_survives_the_url() -> None:
    cluster = Cluster(Postgres(Path("/nowhere"), 18), Path("/x"), Path("/Home/A b/run"), {}, None)
    assert cluster.url == "postgresql://crm@/crm?host=/Home/A%20b/run"


def test_the_password_of_valkey_is_not_in_the_list_of_processes(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey", keep=True)
    program = valkey.server()
    assert valkey.password not in " ".join([*program.argv, *program.env.values()])
    assert (tmp_path / "valkey/server.conf").stat().st_mode & 0o777 == 0o600


def test_a_killed_test_run_leaves_no_server(tmp_path: Path) -> None:
    """The keeper outlives its parent just long enough to clear up."""
    hold = (
        "from runner.throwaway import throwaway_services as t\n"
        "with t() as s: print(s['GONGHAI_DATA_DIR'], flush=True); input()"
    )
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    run = subprocess.Popen(
        [sys.executable, "-c", hold], cwd=places.CHECKOUT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with run:
        assert run.stdout
        folder = Path(run.stdout.readline().decode().strip())
        pids = [processes.noted(folder / f"pids/{name}.pid") for name in ("postgres", "valkey")]
        assert all(pids)
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    assert [processes.birth(pid) for pid in pids if pid] == [None, None]
