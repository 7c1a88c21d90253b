"""Which texts of Django's own stand in no Chinese catalogue of its? Named here, they are collected into ours."""

from django.utils.translation import gettext_noop, ngettext_lazy

TEXTS = (
    # The default business time zone, in the top bar.
    gettext_noop("Shanghai"),
    # The administration's headings, read out by screen readers, and the title of a refused form.
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("Error:"),
    gettext_noop("Model name"),
    # django.contrib.auth.password_validation
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "",
    ),
)
