"""What was said to customers, and by which way."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunicationsConfig(AppConfig):
    name = "communications"
    verbose_name = _("Communications")

    def ready(self) -> None:
        from core.registries import DEMO
        from core.rollups import remake
        from customers.registries import CONSUMERS, FACTS, REMADE, Consumer

        from . import (
            demo,
            facts,
            habits,
            holdings,
            invariants,
            nav,
            notices,
            parts,
            rollups,
            searching,
            timeline,
            today,
        )
        from .services import bringing_in, following, renaming

        holdings.register()
        invariants.register()
        nav.register()
        notices.register()
        rollups.register()
        searching.register()
        timeline.register()
        today.register()
        habits.register()
        bringing_in.register()
        parts.register()
        DEMO["communications"] = (40, demo.communications)
        DEMO["first_contacts"] = (62, demo.first_contacts)
        FACTS["communications"] = facts.refresh_contacts_made
        REMADE["said"] = remake(rollups.SAID)
        REMADE["answers"] = remake(rollups.ANSWERS)
        CONSUMERS["communications.with_the_opportunity"] = Consumer(following.KINDS, following.leave_opportunity)
        CONSUMERS["communications.search"] = Consumer(renaming.KINDS, renaming.search_again)
