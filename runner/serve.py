"""What happens between `python3 run.py` and the address on the screen, and after Ctrl-C?"""

import hashlib
import http.client
import os
import signal
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from runner import places
from runner.console import Problem, paint, say, tell
from runner.installation import Installation, chosen_port, own_installation
from runner.manage import manage_beside, manage_quietly
from runner.processes import Program
from runner.static import static_digest
from runner.supervisor import Supervisor

FIRST_PORT, LAST_PORT = 8000, 8099
START_SECONDS = 90
SIGN_INS = {
    "alice": "salesperson",
    "bob": "salesperson, Alice's team",
    "charlie": "salesperson, another team",
    "dana": "manager of Alice's team",
    "root": "administrator",
}


def serve() -> int:
    """Bring everything up, keep it running until Ctrl-C or SIGTERM, stop it in reverse order."""
    began = time.monotonic()
    code = 0
    try:
        with own_installation() as here, ExitStack() as stack:
            # Before anything slow, so that a taken one is told at once.
            listener = stack.enter_context(open_port(chosen_port(os.environ)))
            here.port = listener.getsockname()[1]
            here.start_servers(stack)
            prepare(here)
            supervisor = Supervisor(stack, programs(here, listener), here.pids)
            await_answer(supervisor, here.port)
            here.address = f"http://127.0.0.1:{here.port}/"
            here.note()
            greet(here, time.monotonic() - began)
            try:
                while True:
                    time.sleep(0.5)
                    here.check_servers()
                    supervisor.check()
            except KeyboardInterrupt:
                pass
            except Problem as problem:
                tell(problem)  # at once: stopping takes its time
                code = 1
            say("Stopping …")
    except KeyboardInterrupt:  # before all was up, or again while stopping
        pass
    say("Stopped.")
    return code


def open_port(chosen: int | None, first: int = FIRST_PORT, last: int = LAST_PORT) -> socket.socket:
    """Return a listening socket on the chosen port, or on the first free one. Raises Problem if there is none."""
    for port in [chosen] if chosen else range(first, last + 1):
        try:
            return socket.create_server(("127.0.0.1", port), backlog=256)
        except PermissionError:
            raise Problem(f"Port {port} is only for root. Choose one above 1023.") from None
        except OSError:
            continue
    if chosen:
        raise Problem(f"Port {chosen} is taken. Stop what uses it, or set PORT to another one, or to none.")
    raise Problem(f"Every port from {first} to {last} is taken. Set PORT to a free one.")


def prepare(here: Installation) -> None:
    """Bring database, static files and demo data to where this version wants them."""
    _require_redis(os.environ.get("REDIS_URL"))
    with ExitStack() as stack:
        stamp = here.folder / "static.stamp"
        wanted = static_digest(places.CHECKOUT)
        if is_new := not stamp.exists() or stamp.read_text() != wanted:
            # Compressing styles and scripts takes about as long as loading the first demo.
            words = ("collectstatic", "--noinput", "--clear", "--verbosity", "0")
            collected = stack.enter_context(manage_beside(here, *words))
        say("Preparing the database …")
        manage_quietly(here, "migrate", "--noinput", "--verbosity", "0")
        load_demo(here)
        if is_new:
            collected()
            stamp.write_text(wanted)


def load_demo(here: Installation) -> None:
    """Load the demo firm into an empty database, and remember into which."""
    if not _demo_mark(here).exists():
        say("Loading the demo firm, if the database is empty …")
    if said := manage_quietly(here, "demo", "--if-empty"):
        say(said)
        _demo_mark(here).touch()


def _demo_mark(here: Installation) -> Path:
    # By database, for DATABASE_URL may lead to another one tomorrow, with other people in it.
    database = os.environ.get("DATABASE_URL") or "embedded"
    return here.folder / f"demo-{hashlib.sha256(database.encode()).hexdigest()[:12]}"


def _require_redis(url: str | None) -> None:
    if url and url.startswith("redis"):
        parts = urlsplit(url)
        try:
            socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5).close()
        except OSError as error:
            raise Problem(f"The Redis of REDIS_URL does not answer at {parts.hostname}: {error}") from None


def programs(here: Installation, listener: socket.socket) -> list[Program]:
    """What runs beside the servers, in the order of starting."""
    cores = os.cpu_count() or 1
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "crm"]
    gunicorn = [sys.executable, "-m", "gunicorn", "crm.wsgi", "--bind", f"fd://{listener.fileno()}"]
    gunicorn += ["--worker-class", "gthread", "--workers", str(min(cores, 4)), "--threads", "8"]
    gunicorn += ["--timeout", "60", "--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"]
    # Paths only: a query may hold what somebody searched for.
    gunicorn += ["--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", str(min(cores, 4))]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(here.folder / "celerybeat-schedule")]
    background = here.environment(
        GONGHAI_PROCESS="worker",
        # Celery's warning is about pickled messages; ours are JSON (settings).
        PYTHONWARNINGS="ignore:You're running the worker with superuser privileges",
    )
    return [
        Program(
            "web", gunicorn, here.environment(GONGHAI_PROCESS="web"), places.CHECKOUT, pass_fds=(listener.fileno(),)
        ),
        # SIGQUIT gives a task ten seconds (settings), then hands it back; SIGTERM would wait for its end.
        Program("worker", worker, background, places.CHECKOUT, stop_signal=signal.SIGQUIT),
        Program("beat", beat, background, places.CHECKOUT),
    ]


def await_answer(supervisor: Supervisor, port: int) -> None:
    """Wait until the application answers. Raises Problem when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        supervisor.check()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            line.close()
        time.sleep(0.2)
    raise Problem(f"The application does not answer within {START_SECONDS} s; the lines above say why.")


def greet(here: Installation, seconds: float) -> None:
    """Print where to go and whom to sign in as, in one piece between the lines of the programs."""
    lines = ["", f"  Gonghai is ready: {paint(here.address, 'bold')}   ({seconds:.0f} s)", ""]
    if _demo_mark(here).exists():
        password = os.environ.get("DEMO_PASSWORD") or "gonghai-demo"
        lines.append(f"  Sign in to the demo with the password {paint(password, 'bold')} as")
        lines += [f"    {paint(f'{name:<8}', 'bold')} {who}" for name, who in SIGN_INS.items()]
    else:
        lines.append("  Sign in with an account of this database.")
    lines += ["", paint(f"  Data: {here.folder}   Stop: Ctrl-C", "dim"), ""]
    say("\n".join(lines))
