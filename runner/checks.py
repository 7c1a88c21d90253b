"""Does everything hold that must hold before a change is shared?"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from runner import places
from runner.console import Problem, paint, say
from runner.throwaway import throwaway_services

BIN = places.VENV / "bin"
DJADE = [str(BIN / "djade"), "--target-version", "5.2"]


@dataclass(frozen=True)
class Step:
    """One thing that must hold, the command that finds out, and what it needs in its environment."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)


def check(words: list[str]) -> int:
    """Run every step, go on after a failed one, and list the failures at the end.

    The tests' output is shown as it comes; what the quick steps say stands together, at the end of each: they run
    beside the tests, for these leave the processor idle now and then.
    """
    wanted = set(words)
    began = time.monotonic()
    with throwaway_services() as services, ThreadPoolExecutor(1) as beside:
        quick, tests = [*code_steps(), *django_steps(services)], test_steps()
        if unknown := wanted - {step.name for step in [*quick, *tests]}:
            raise Problem(f"check knows no step {', '.join(sorted(unknown))}.")
        asked = [step for step in quick if step.name in (wanted or {step.name})]
        said = beside.submit(lambda: [step.name for step in asked if not _holds(step, is_quiet=True)])
        failed = [step.name for step in tests if step.name in (wanted or {step.name}) and not _holds(step)]
        failed = said.result() + failed
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    if failed:
        say(paint(f"\n✗ {len(failed)} failed after {minutes} min {seconds} s: {', '.join(failed)}", "red"))
        return 1
    say(paint(f"\n✓ Everything holds ({minutes} min {seconds} s)", "green"))
    return 0


def fmt(words: list[str]) -> int:
    """Format code and templates and mend what the linter can mend."""
    codes = [
        subprocess.call([BIN / "ruff", "format", "--quiet"], cwd=places.CHECKOUT),
        subprocess.call([BIN / "ruff", "check", "--fix"], cwd=places.CHECKOUT),
        subprocess.call([*DJADE, *_templates()], cwd=places.CHECKOUT, stderr=subprocess.DEVNULL) and 0,
    ]
    return max(codes)


def code_steps() -> list[Step]:
    """What can be said without running anything."""
    return [
        Step("format", [str(BIN / "ruff"), "format", "--check", "--quiet"]),
        Step("lint", [str(BIN / "ruff"), "check", "--quiet"]),
        Step("templates", [*DJADE, "--check", *_templates()]),
        Step("imports", [str(BIN / "lint-imports")]),
        Step("vendored", [sys.executable, "runner/vendor.py", "--check"]),
        # mypy's Django plugin reads the settings.
        Step("types", [sys.executable, "-m", "mypy"], {"SECRET_KEY": "only-for-checks"}),
    ]


def django_steps(services: dict[str, str]) -> list[Step]:
    """What Django can say of migrations, translations and a public installation's settings."""
    manage = [sys.executable, "-W", "error", "manage.py"]
    env = services | {"SECRET_KEY": "only-for-checks-" + os.urandom(32).hex()}
    public = env | {"GONGHAI_HTTPS": "true", "ALLOWED_HOSTS": "crm.example.com", "DEBUG": "false"}
    apps = sorted(path.parent.name for path in places.CHECKOUT.glob("*/migrations"))
    linting = env | {"DJANGO_SETTINGS_MODULE": "runner.tool_settings"}
    return [
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], env),
        Step(
            "safe-migrations",
            [
                sys.executable,
                "manage.py",
                "lintmigrations",
                "--quiet",
                "ok",
                "ignore",
                "--no-cache",
                "--include-apps",
                *apps,
            ],
            linting,
        ),
        Step("translations", [*manage, "translations", "--check"], env),
        Step("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], public),
    ]


def test_steps() -> list[Step]:
    """The README's own test command, so that what it promises is what is checked; then the system's servers."""
    readme = (places.CHECKOUT / "README.md").read_text(encoding="utf-8")
    steps = [Step("tests", shlex.split(readme_test_command(readme)))]
    bins, redis = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")), shutil.which("redis-server")
    if bins and redis:
        env = {"PG_BIN": str(bins[-1].parent), "REDIS_SERVER": redis}
        # Few tests: they are not worth a second worker.
        steps.append(Step("system-servers", [sys.executable, "run.py", "test", "-n", "0", "-m", "system"], env))
    elif os.environ.get("CI") == "true":
        raise Problem("CI needs PostgreSQL and Redis of the system: apt install postgresql redis-server")
    else:
        say(paint("system-servers: skipped, for PostgreSQL and Redis are not installed on this system", "dim"))
    return steps


def readme_test_command(readme: str) -> str:
    """Return the one command in the README's fenced blocks that runs the tests. Raises Problem if it is unclear."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    lines = {line.split("#")[0].strip().removeprefix("$ ") for block in blocks for line in block.splitlines()}
    commands = sorted(line for line in lines if re.search(r"\brun\.py test$", line))
    if len(commands) != 1:
        raise Problem(f"README.md must show exactly one command that runs the tests; it shows {commands or 'none'}.")
    return commands[0]


def _holds(step: Step, is_quiet: bool = False) -> bool:
    began, title = time.monotonic(), paint(f"── {step.name}", "bold")
    if is_quiet:
        done = subprocess.run(
            step.argv, cwd=places.CHECKOUT, env=os.environ | step.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        code = done.returncode
        title = "\n".join(["", title, *done.stdout.decode(errors="replace").splitlines()])
    else:
        say(title)
        code = subprocess.call(step.argv, cwd=places.CHECKOUT, env=os.environ | step.env)
    mark = paint("✗", "red") if code else paint("✓", "green")
    line = f"{mark} {step.name} ({time.monotonic() - began:.1f} s)"
    say(f"{title}\n{line}" if is_quiet else line)
    return code == 0


def _templates() -> list[str]:
    return sorted(str(path.relative_to(places.CHECKOUT)) for path in places.CHECKOUT.glob("templates/**/*.html")) + [
        str(path.relative_to(places.CHECKOUT)) for path in sorted(places.CHECKOUT.glob("*/templates/**/*.html"))
    ]
