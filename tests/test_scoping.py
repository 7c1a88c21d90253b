"""Does every read in views, forms, filters and tables start with the user?"""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

BASE = Path(settings.BASE_DIR)
APPS = ("core", "accounts", "customers", "opportunities", "followups", "communications", "publicpool", "reports")
ROOMS = ("views", "forms", "filters", "tables", "views_importing", "health")
# The words that begin with a person; everything else needs “# unscoped: why” on its line.
UNSCOPED = re.compile(
    r"\b(?:objects|_default_manager|_base_manager)\b(?!\s*\.\s*(?:visible_to|archived_for|deleted_for|reporting_to)\()"
)


def rooms() -> list[Path]:
    found = []
    for app in APPS:
        for room in ROOMS:
            found += [*BASE.glob(f"{app}/{room}.py"), *BASE.glob(f"{app}/{room}/**/*.py")]
    return found


def test_every_read_starts_with_the_user():
    assert rooms()
    bare = []
    for path in rooms():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if UNSCOPED.search(line) and "# unscoped:" not in line:
                bare.append(f"{path.relative_to(BASE)}:{number} {line.strip()}")
    assert bare == []


def test_the_check_sees_what_it_should():
    assert UNSCOPED.search("Customer.objects.filter(pk=1)")
    assert UNSCOPED.search("self.model._default_manager.all()")
    assert not UNSCOPED.search("Customer.objects.visible_to(user)")


def test_every_model_of_ours_that_people_read_knows_its_scope():
    """What a page can show has visible_to: a row without a scope would be open to all."""
    without = {
        "accounts.AwayTime",  # read by the clock of the pool only
        "accounts.Invitation",
        "communications.CommunicationComment",  # read through its communication
        "communications.ImportedMessage",  # keys only
        "communications.SaidCell",  # sums; read for the people of a scope
        "core.CustomField",
        "core.DefaultView",
        "core.ExchangeRate",  # the same for everybody
        "core.ExportLog",  # staff only, in the administration
        "core.Heartbeat",
        "core.ImportRow",  # read through its run
        "core.OutgoingMail",
        "core.StalePart",  # numbers of parts, read by the sweep
        "core.Submission",
        "customers.Blob",  # read through its attachments
        "customers.Category",
        "customers.CategoryDimension",
        "customers.EventDelivery",
        "customers.GramCount",
        "customers.IdentityKey",
        "customers.Pool",
        "customers.Source",
        "customers.Status",
        "customers.Tag",
        "followups.Feed",
        "followups.FollowUpCycle",
        "followups.PlaybookStep",
        "followups.PlaybookVersion",
        "opportunities.Campaign",
        "opportunities.Checkpoint",
        "opportunities.DisqualifyReason",
        "opportunities.FunnelCell",  # sums; read through the scope of the figures
        "opportunities.InquiryForm",  # by its token, or by staff
        "opportunities.LostReason",
        "opportunities.ScreeningQuestion",
        "publicpool.ExemptStage",
        "publicpool.PoolRoute",
        "publicpool.PoolSettings",
        "publicpool.ReleaseReason",
        "reports.ForecastCell",  # sums; read through the scope of the figures
        "reports.ForecastSnapshot",  # days
    }
    missing = {
        f"{model._meta.app_label}.{model.__name__}"
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and not model._meta.auto_created
        and not hasattr(model, "pgh_tracked_model")
        and not hasattr(model._default_manager.all(), "visible_to")
    }
    assert missing - without == set()
