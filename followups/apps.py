"""Plans, tasks, playbooks and reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-ups")

    def ready(self) -> None:
        from . import holdings, notices

        holdings.register()
        notices.register()
