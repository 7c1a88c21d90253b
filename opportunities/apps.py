"""Leads, pipelines, opportunities, orders and the funnel."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpportunitiesConfig(AppConfig):
    name = "opportunities"
    verbose_name = _("Leads and opportunities")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core.registries import DEMO, EXPORTS, IMPORT_TARGETS
        from core.rollups import remake
        from customers.registries import BONDS, CONSUMERS, FACTS, REMADE, Consumer

        from . import (
            conflicts,
            demo,
            demo_orders,
            exporting,
            facts,
            holdings,
            importing,
            invariants,
            lead_lines,
            lead_search,
            lead_today,
            nav,
            notices,
            opportunity_lines,
            opportunity_search,
            opportunity_today,
            order_events,
            order_invariants,
            order_search,
            part_facts,
            revenue,
            rhythm,
            rollup,
            suggesting,
        )
        from .defaults import make_defaults
        from .services import departing, following
        from .views import lead_page, opportunity_tabs, timelines

        conflicts.register()
        holdings.register()
        departing.register()
        notices.register()
        invariants.register()
        nav.register()
        opportunity_lines.register()
        opportunity_search.register()
        opportunity_today.register()
        opportunity_tabs.register_tabs()
        timelines.register()
        EXPORTS["opportunities"] = exporting.OPPORTUNITIES
        nav.register_orders()
        nav.register_funnel()
        order_events.register()
        order_invariants.register()
        order_search.register()
        nav.register_leads()
        lead_page.register()
        lead_lines.register()
        lead_search.register()
        lead_today.register()
        suggesting.register()
        EXPORTS["leads"] = exporting.LEADS
        BONDS["opportunities"] = following.holds_open_deals
        FACTS["opportunities"] = facts.refresh_deals
        REMADE["parts"] = part_facts.recompute
        CONSUMERS["opportunities.with_the_customer"] = Consumer(following.TRANSFERRED, following.follow_customer)
        CONSUMERS["opportunities.search"] = Consumer(following.RENAMED, following.search_again)
        EXPORTS["orders"] = exporting.ORDERS
        EXPORTS["rhythm"] = exporting.RHYTHM
        FACTS["orders"] = revenue.refresh_orders
        IMPORT_TARGETS["leads"] = importing.LeadTarget()
        IMPORT_TARGETS["opportunities"] = importing.DealTarget()
        IMPORT_TARGETS["orders"] = importing.OrderTarget()
        IMPORT_TARGETS["order_lines"] = importing.LineTarget()
        REMADE["funnel"] = rollup.recompute
        rhythm.register()
        REMADE["rhythm"] = remake(rhythm.RHYTHM)
        DEMO["opportunities"] = (35, demo.opportunities)
        DEMO["orders"] = (36, demo_orders.orders)
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="opportunities.make_defaults")
