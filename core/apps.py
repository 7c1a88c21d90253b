"""The ground floor: knows no business noun."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        from . import checks, ecb, rollups  # noqa: F401  checks register themselves
        from .exporting import engine as exporting
        from .importing import engine as importing
        from .importing import undo
        from .registries import DEMO, NAV, NavItem

        NAV["today"] = NavItem(_("Today"), "core:today", "sun", 10, on_phone=True, lights=("core:today",))
        NAV["imports"] = NavItem(
            _("Imports"),
            "core:imports",
            "table-import",
            90,
            shown_to=lambda user: any(importing.targets_for(user)),
            lights=(
                "core:import_new",
                "core:import_shape",
                "core:import_columns",
                "core:import_check",
                "core:import_result",
                "core:import_undo",
            ),
        )
        DEMO["rates"] = (5, ecb.demo_rates)
        DEMO["rollups"] = (90, rollups.demo)
        importing.register()
        undo.register()
        exporting.register()
