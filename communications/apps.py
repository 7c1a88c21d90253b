"""What was said to customers, and by which way."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunicationsConfig(AppConfig):
    name = "communications"
    verbose_name = _("Communications")

    def ready(self) -> None:
        from core.registries import DEMO

        from . import demo, holdings, nav, notices, searching, timeline, today

        holdings.register()
        nav.register()
        notices.register()
        searching.register()
        timeline.register()
        today.register()
        DEMO["communications"] = (40, demo.communications)
