"""Which settings does the migration linter need? The product's, with the linter's own command."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS as PRODUCT_APPS

INSTALLED_APPS = [*PRODUCT_APPS, "django_migration_linter"]
