"""The customers of the firm, and who holds them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core.registries import DEMO

        from . import holdings, invariants, nav, notices
        from .defaults import make_defaults
        from .demo import firm

        holdings.register()
        invariants.register()
        nav.register()
        notices.register()
        DEMO["customers"] = (20, firm.customers)
        post_migrate.connect(make_defaults, sender=self, dispatch_uid="customers.make_defaults")
