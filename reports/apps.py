"""Boards that span the apps below: targets, and what was reached of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from core.registries import DEMO, IMPORT_TARGETS

        from . import demo, demo_forecasts, holdings, nav
        from .importing import TargetsOfPeople
        from .views import month

        holdings.register()
        nav.register()
        month.register()
        DEMO["targets"] = (70, demo.targets)
        DEMO["forecasts"] = (71, demo_forecasts.forecasts)
        IMPORT_TARGETS["targets"] = TargetsOfPeople()
