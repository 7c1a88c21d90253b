"""Customers that nobody holds: how they are claimed, given back and reclaimed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicPoolConfig(AppConfig):
    name = "publicpool"
    verbose_name = _("Public pool")

    def ready(self) -> None:
        from django.conf import settings
        from django.db.models.signals import post_migrate

        from core.registries import DEMO, EXPORTS

        from . import (
            arriving,
            columns,
            demo,
            demo_rotation,
            events,
            exporting,
            holdings,
            invariants,
            nav,
            notices,
            panels,
            preview_jobs,
            proof_jobs,
            rotation_jobs,
            searching,
            today,
        )
        from .defaults import make_defaults
        from .services import departing
        from .views import releasing

        arriving.register()
        events.register()
        holdings.register()
        departing.register()
        invariants.register(str(settings.BUSINESS_ZONE))
        nav.register()
        searching.register()
        DEMO["pool"] = (60, demo.pools)
        DEMO["rotation"] = (61, demo_rotation.rotations)
        DEMO["pool_rules"] = (63, demo.rules)
        EXPORTS["pool"] = exporting.LIST
        notices.register()
        preview_jobs.register()
        proof_jobs.register()
        rotation_jobs.register()
        panels.register()
        columns.register()
        today.register()
        releasing.register()
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="publicpool.make_defaults")
