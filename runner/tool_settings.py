"""Which settings do our tools need? The product's, with the migration linter and quick static files."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS as PRODUCT_APPS
from crm.settings import STORAGES as PRODUCT_STORAGES

INSTALLED_APPS = [*PRODUCT_APPS, "django_migration_linter"]
# The same names and the same manifest, without the twelve seconds of compression.
STORAGES = PRODUCT_STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
