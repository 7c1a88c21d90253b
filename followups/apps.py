"""Plans, tasks, playbooks and reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-ups")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core.registries import DEMO
        from customers.registries import CONSUMERS, FACTS, Consumer
        from opportunities.registries import NEXT_STEP

        from . import (
            attention,
            background,
            demo,
            demo_playbooks,
            facts,
            holdings,
            invariants,
            nav,
            notices,
            parts,
            playing,
            reasons,
            timeline,
            today,
        )
        from .defaults import make_defaults
        from .playbook_defaults import make_playbooks
        from .services import departing, following, plan_next_step

        attention.register()
        background.register()
        holdings.register()
        departing.register()
        invariants.register()
        nav.register()
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="followups.make_defaults")
        notices.register()
        parts.register()
        reasons.register()
        timeline.register()
        today.register()
        DEMO["follow_ups"] = (50, demo.follow_ups)
        DEMO["playbooks"] = (64, demo_playbooks.first_touches)
        NEXT_STEP["plan"] = plan_next_step
        FACTS["next_step"] = facts.refresh_customers
        # Playbooks hear first: steps that a stop ends are not passed on, and say why they ended.
        CONSUMERS["followups.playbooks"] = Consumer(playing.KINDS, playing.handle, order=5)
        CONSUMERS["followups.with_the_customer"] = Consumer(following.KINDS, following.follow)
        post_migrate.connect(make_playbooks, sender=self, dispatch_uid="followups.make_playbooks")
