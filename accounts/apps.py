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

        from . import demo, departure_jobs, searching, signals
        from .importing import PeopleTarget
        from .models import Notification, User
        from .notices import render_deactivated, render_deputy, render_handed_over
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
                "accounts:departure_plan",
                "accounts:departures",
                "accounts:departure",
                "accounts:invitations",
                "accounts:invite",
                "accounts:teams",
                "accounts:team_create",
                "accounts:team_update",
            ),
        )
        searching.register()
        departure_jobs.register()
        IMPORT_TARGETS["people"] = PeopleTarget()
        DEMO["people"] = (10, demo.people)
        SHELL_COUNTS["unread"] = lambda user: Notification.objects.visible_to(user).unread()
        handed_over = _("What a colleague held who left comes to me")
        NOTICES["accounts.handed_over"] = NoticeKind(handed_over, render_handed_over, by_mail=True)
        NOTICES["accounts.taken_back"] = NoticeKind(_("What came to me by a departure goes back"), render_handed_over)
        NOTICES["accounts.deactivated"] = NoticeKind(_("A colleague was deactivated"), render_deactivated, by_mail=True)
        NOTICES["accounts.deputy"] = NoticeKind(_("I stand in for a colleague"), render_deputy, by_mail=True)
