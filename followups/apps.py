"""Plans, tasks, playbooks and reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-ups")

    def ready(self) -> None:
        from . import holdings, nav, notices, timeline, today

        holdings.register()
        nav.register()
        notices.register()
        timeline.register()
        today.register()
