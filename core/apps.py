"""The ground floor: knows no business noun."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers itself
        from .exporting import engine as exporting
        from .importing import engine as importing
        from .registries import NAV, NavItem

        NAV["today"] = NavItem(_("Today"), "core:today", "sun", 10, on_phone=True, lights=("core:today",))
        importing.register()
        exporting.register()
