"""Plans, tasks, playbooks and reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-ups")

    def ready(self) -> None:
        from core.registries import DEMO
        from customers.registries import CONSUMERS, FACTS, Consumer

        from . import demo, facts, holdings, nav, notices, timeline, today
        from .services import following

        holdings.register()
        nav.register()
        notices.register()
        timeline.register()
        today.register()
        DEMO["follow_ups"] = (50, demo.follow_ups)
        FACTS["next_step"] = facts.refresh_next_steps
        CONSUMERS["followups.with_the_customer"] = Consumer(following.KINDS, following.follow_customer)
