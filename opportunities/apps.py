"""Leads, pipelines, opportunities, orders and the funnel."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpportunitiesConfig(AppConfig):
    name = "opportunities"
    verbose_name = _("Leads and opportunities")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core.registries import DEMO, IMPORT_TARGETS
        from customers.registries import BONDS, CONSUMERS, FACTS, Consumer

        from . import demo, facts, holdings, importing, invariants, notices, revenue
        from .defaults import make_defaults
        from .services import following

        holdings.register()
        notices.register()
        invariants.register()
        BONDS["opportunities"] = following.holds_open_deals
        FACTS["opportunities"] = facts.refresh_deals
        CONSUMERS["opportunities.with_the_customer"] = Consumer(following.TRANSFERRED, following.follow_customer)
        CONSUMERS["opportunities.search"] = Consumer(following.RENAMED, following.search_again)
        FACTS["orders"] = revenue.refresh_orders
        IMPORT_TARGETS["opportunities"] = importing.DealTarget()
        DEMO["opportunities"] = (35, demo.opportunities)
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="opportunities.make_defaults")
