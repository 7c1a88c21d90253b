"""The ground floor: knows no business noun."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
