"""What do staff read and repair about people? Every change goes through the services."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import Actions, ReadOnly

from .forms import TeamForm
from .fresh import fresh_sign_in
from .history import changes_of
from .models import Invitation, Notification, Team, User
from .permissions import can_edit_person, can_see_people, can_set_rights
from .services import change_person, change_team, create_team, deactivate_person, reactivate_person, remove_team

MOST_CHANGES = 200

# One door: the admin's own sign-in form would know neither throttling nor the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Rights follow from the role, addresses from the account; secrets and session keys are nobody's reading.
for app in ("django.contrib.auth", "allauth.account", "allauth.mfa", "allauth.usersessions"):
    import_module(f"{app}.admin")  # where they are registered, so that they can be taken out
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


@admin.register(User)
class UserAdmin(Actions):
    """Name, address and rights, as on the page of people; accounts come by invitation and are never deleted."""

    list_display = ("name", "username", "email", "role", "team", "is_active", "last_login")
    list_filter = ("role", "is_active", "team", "may_export")
    list_select_related = ("team",)
    search_fields = ("name", "username", "email")
    autocomplete_fields = ("team",)
    fields = (
        "username",
        "name",
        "email",
        ("role", "team", "may_export"),
        ("language", "time_zone", "theme"),
        ("away_from", "away_to", "deputy"),
        ("digest_at", "quiet_from", "quiet_to"),
        ("weekly_on", "weekly_at"),
        ("is_active", "last_login", "date_joined"),
    )
    editable = ("name", "email", "role", "team", "may_export")
    actions = ("deactivate", "reactivate")
    object_history_template = "admin/kept_history.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        editable = self.editable if obj is None or can_set_rights(_user(request), obj) else ("name", "email")
        flat = [name for line in self.fields for name in ([line] if isinstance(line, str) else line)]
        return [name for name in flat if name not in editable]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_see_people(_user(request)) if obj is None else can_edit_person(_user(request), obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return fresh_sign_in(super().changeform_view)(request, *args, **kwargs)  # type: ignore[return-value]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        person = self.get_object(request, unquote(object_id))
        changes = changes_of(person, MOST_CHANGES) if person else []
        return super().history_view(request, object_id, {**(extra_context or {}), "changes": changes})

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        values = {name: getattr(obj, name) for name in self.editable}
        change_person(person=obj, **values, by=_user(request), now=timezone.now())

    @admin.action(description=_("Deactivate: sessions end at once, what they hold stays"))
    def deactivate(self, request: HttpRequest, people: Any) -> None:
        now = timezone.now()
        self.each(request, people, lambda person: deactivate_person(person=person, by=_user(request), now=now))

    @admin.action(description=_("Reactivate"))
    def reactivate(self, request: HttpRequest, people: Any) -> None:
        now = timezone.now()
        self.each(request, people, lambda person: reactivate_person(person=person, by=_user(request), now=now))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        view = super().changelist_view
        # Reading is free; actions are sensitive.
        return (fresh_sign_in(view) if request.method == "POST" else view)(request, extra_context)  # type: ignore[return-value]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    form = TeamForm
    list_display = ("__str__", "name_en", "name_zh", "parent")
    list_select_related = ("parent",)
    search_fields = ("name_en", "name_zh")
    autocomplete_fields = ("parent",)
    actions = None

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return fresh_sign_in(super().changeform_view)(request, *args, **kwargs)  # type: ignore[return-value]

    def save_model(self, request: HttpRequest, obj: Team, form: ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("name_en", "name_zh", "parent")}
        if change:
            change_team(team=obj, **values, by=_user(request), now=timezone.now())
        else:
            obj.pk = create_team(**values, by=_user(request), now=timezone.now()).pk

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return fresh_sign_in(super().delete_view)(request, *args, **kwargs)  # type: ignore[return-value]

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        remove_team(team=obj, by=_user(request), now=timezone.now())


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = (
        "email",
        "name",
        "role",
        "team",
        "created_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    list_filter = ("role", "created_at")
    list_select_related = ("team", "created_by")
    search_fields = ("email", "name")
    exclude = ("token_hash",)


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    list_display = ("created_at", "recipient", "kind", "actor", "target_label", "target_id", "read_at", "mail_state")
    list_filter = ("kind", "mail_state", "created_at")
    list_select_related = ("recipient", "actor")
    search_fields = ("recipient__name", "recipient__username", "kind")
    date_hierarchy = "created_at"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin site lets nobody else in
    return request.user
