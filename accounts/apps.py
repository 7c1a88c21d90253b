"""The people of the firm."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_save

        from core.registries import DEMO, IMPORT_TARGETS, NAV, SHELL_COUNTS, NavItem

        from . import demo, searching, signals
        from .importing import PeopleTarget
        from .models import Notification, User
        from .notices import render_deactivated
        from .permissions import can_see_people
        from .registries import NOTICES, NoticeKind

        user_logged_in.connect(signals.note_sign_in)
        post_save.connect(signals.keep_away_time, sender=User)
        authenticator_added.connect(signals.note_second_factor)
        NAV["people"] = NavItem(
            _("People"),
            "accounts:list",
            "users-group",
            order=90,
            section=_("Administration"),
            shown_to=can_see_people,
            lights=(
                "accounts:detail",
                "accounts:update",
                "accounts:deactivate",
                "accounts:invitations",
                "accounts:invite",
                "accounts:teams",
                "accounts:team_create",
                "accounts:team_update",
            ),
        )
        searching.register()
        IMPORT_TARGETS["people"] = PeopleTarget()
        DEMO["people"] = (10, demo.people)
        SHELL_COUNTS["unread"] = lambda user: Notification.objects.visible_to(user).unread()
        NOTICES["accounts.deactivated"] = NoticeKind(_("A colleague was deactivated"), render_deactivated, by_mail=True)
