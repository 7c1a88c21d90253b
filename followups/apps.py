"""Plans, tasks, playbooks and reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-ups")

    def ready(self) -> None:
        from core.registries import DEMO

        from . import demo, holdings, nav, notices, timeline, today

        holdings.register()
        nav.register()
        notices.register()
        timeline.register()
        today.register()
        DEMO["follow_ups"] = (50, demo.follow_ups)
