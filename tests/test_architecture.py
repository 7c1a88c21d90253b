"""Does the house stand as it is drawn: apps, contracts and rooms?"""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User
from accounts.registries import BYLINES, HOLDINGS

BASE = Path(settings.BASE_DIR)
# Top-level packages that are no apps: the roof, what starts it, what tries it.
TOOLS = {"crm", "runner", "tests", "bench", "trials"}


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(BASE / ".importlinter")
    return parser


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def own_apps() -> set[str]:
    return {app.split(".")[0] for app in settings.INSTALLED_APPS if (BASE / app.split(".")[0] / "apps.py").exists()}


def test_apps_floors_and_folders_are_the_same():
    folders = {path.parent.name for path in BASE.glob("*/__init__.py")} - TOOLS
    floors = words(contracts()["importlinter:contract:floors"]["layers"]) - {"crm"}
    assert own_apps() == folders == floors


@pytest.mark.parametrize("app", sorted(own_apps()))
def test_every_room_of_an_app_has_its_place_in_a_contract(app):
    contract = contracts()[f"importlinter:contract:inside-{app}"]
    rooms = {path.stem if path.is_file() else path.name for path in (BASE / app).iterdir()}
    rooms -= {"__init__", "__pycache__", "migrations", "data", "static", "locale"}
    listed = words(contract["layers"])
    assert rooms - listed == set(), "say where it belongs in .importlinter"
    assert listed - rooms == set(), "this room is not there any more"


def test_imports_only_go_down():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_task_names_obey_the_floors():
    order = [*contracts()["importlinter:contract:floors"]["layers"].split()]
    for app in own_apps():
        below = set(order[order.index(app) :])
        for path in (BASE / app).rglob("*.py"):
            for name in re.findall(r"""wake\(\s*["'](\w+)\.""", path.read_text()):
                assert name in below, f"{path} wakes a task of {name}"


def test_no_import_hides_in_a_function():
    for app in own_apps():
        for path in (BASE / app).rglob("*.py"):
            if path.name == "apps.py" or "migrations" in path.parts:
                continue
            hidden = re.findall(r"^[ \t]+(?:from [\w.]+ import|import \w+).*$", path.read_text(), flags=re.MULTILINE)
            typed = re.findall(r"^if TYPE_CHECKING:\n((?:    .*\n|\n)+)", path.read_text(), flags=re.MULTILINE)
            allowed = {line.strip() for block in typed for line in block.splitlines()}
            assert [line for line in hidden if line.strip() not in allowed] == [], path


def test_a_web_process_loads_heavy_libraries_when_it_needs_them():
    """Every worker would hold them for good, and start later for them."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import crm.wsgi, crm.urls, sys; print(*sys.modules)"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {"icalendar", "PIL", "python_calamine", "xlsxwriter"} & set(loaded.split()) == set()


def test_every_link_to_a_person_is_a_holding_or_a_byline():
    """A new column that says who holds something must be handed over when that person leaves."""
    covered = {name for holding in HOLDINGS.values() for name in holding.covers} | BYLINES
    found = set()
    for model in apps.get_models():
        if model._meta.app_label not in own_apps() or model._meta.app_label == "core" or model._meta.auto_created:
            continue
        if hasattr(model, "pgh_tracked_model") or (
            model.__name__.endswith(("History", "Event")) and hasattr(model, "pgh_id")
        ):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, (models.ForeignKey, models.OneToOneField)) and field.related_model is User:
                found.add(f"{model._meta.app_label}.{model.__name__}.{field.name}")
    assert found - covered == set()
    assert covered - found == set(), "this column is not there any more"
