"""The customers of the firm, and who holds them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core.registries import DEMO, EXPORTS, IMPORT_TARGETS

        from . import bulk, exporting, holdings, invariants, nav, next_steps, notices, searching, timeline, today
        from .defaults import make_defaults
        from .demo import edits, firm
        from .importing import CustomerTarget
        from .services import departing, looking_up
        from .views.files import register_files
        from .views.record import register_tabs

        holdings.register()
        departing.register()
        invariants.register()
        nav.register()
        bulk.register()
        searching.register()
        looking_up.register()
        timeline.register()
        today.register()
        next_steps.register()
        register_tabs()
        register_files()
        notices.register()
        DEMO["customers"] = (20, firm.customers)
        DEMO["edits"] = (30, edits.edits)
        IMPORT_TARGETS["customers"] = CustomerTarget()
        EXPORTS["customers"] = exporting.LIST
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="customers.make_defaults")
