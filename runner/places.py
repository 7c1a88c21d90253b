"""Where does everything lie: the checkout, its environment, its data?"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from runner.console import Problem

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
# The kernel's limit for a Unix socket's path is 108 bytes (104 on macOS); PostgreSQL adds
# "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80
ENOUGH_SPACE_MB = 300


def checkout_key() -> str:
    """A short name for this checkout, the same at every start."""
    return hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds all that must be kept: database, files, the secret key.

    PostgreSQL refuses to run as root, and an unprivileged user cannot look into /root; so for root
    it lies under /var/lib, named after the checkout.
    """
    if chosen := environ.get("GONGHAI_DATA_DIR"):
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/gonghai") / checkout_key()
    return CHECKOUT / ".gonghai"


def make_data_folder() -> Path:
    """Make the data folder if needed and return it. Raises Problem where no data can be kept."""
    folder = data_folder()
    passable_folder(folder)
    require_space(folder)
    return folder


def passable_folder(folder: Path) -> Path:
    """Make a folder of our own, which the database's user can pass through when root starts it.

    Raises Problem when that user cannot even come so far.
    """
    if os.geteuid() == 0:
        for place in folder.parents:
            if place.exists() and not place.stat().st_mode & stat.S_IXOTH:
                raise Problem(
                    f"PostgreSQL cannot run as root, and as user 'nobody' it cannot look into {place}.\n"
                    "Set GONGHAI_DATA_DIR to a folder outside, or start this as an ordinary user."
                )
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(mode)  # whatever the umask
    return folder


def require_space(folder: Path, megabytes: int = ENOUGH_SPACE_MB) -> None:
    """Raise Problem when the disk under `folder` is nearly full, before anything breaks half-way."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Problem(
            f"The disk is full: {free} MB are free at {folder}, {megabytes} MB are needed.\n"
            "Free some space, or set GONGHAI_DATA_DIR to a folder on another disk."
        )


def socket_folder(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return a private folder for a Unix socket: `folder`/run, or a short one where that is too long."""
    place = folder / "run"
    if len(os.fsencode(place)) > LONGEST_SOCKET_FOLDER:
        key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        place = Path(tempfile.gettempdir()) / f"gonghai-{os.geteuid()}-{key}"
    return private_folder(place, user)


def private_folder(place: Path, user: pwd.struct_passwd | None) -> Path:
    """Make a folder that only `user` (default: whoever runs this) may enter."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = user.pw_uid if user else os.geteuid()
    if os.geteuid() == 0 and user:
        os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)
    if place.is_symlink() or place.stat().st_uid != owner:
        raise Problem(f"{place} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.")
    place.chmod(0o700)
    return place


def unprivileged_user() -> pwd.struct_passwd | None:
    """The user that PostgreSQL runs as when root starts it; None when an ordinary user does."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Problem(
            "PostgreSQL cannot run as root, and there is no user 'nobody' to run it as.\n"
            "Start this as an ordinary user, or set DATABASE_URL to a database of your own."
        ) from None
