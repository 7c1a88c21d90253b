"""What is typed about people, and is it sound? Services decide; these explain."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from core.forms import Form, ModelForm
from core.text import clean

from .models import Invitation, Team, User
from .models.people import NEVER, WEEKLY_AT
from .permissions import can_set_rights

DAYS_SIGNED_IN = settings.SESSION_COOKIE_AGE // (24 * 3600)


@lru_cache(maxsize=1)
def zone_choices() -> list[tuple[str, str]]:
    """IANA zones of places, as “Asia/Shanghai”; old names and abbreviations are left out."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    names = sorted(name for name in available_timezones() if name.startswith(regions))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def language_choices() -> list[tuple[str, Any]]:
    return [("", _("As the browser")), *own_names_of_languages()]


def own_names_of_languages() -> list[tuple[str, str]]:
    """Languages by the names that their readers know."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class LongSelect(forms.Select):
    """A select that is searched by typing where scripts run."""

    def __init__(self, attrs: Any = None, choices: Any = ()) -> None:
        super().__init__({"data-enhance": "", **(attrs or {})}, choices)


# --- signing in -------------------------------------------------------------------------------------


class OurWords:
    """A mixin for allauth's forms: our labels, no placeholders in their stead, help from the page."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)
        next(iter(fields.values())).widget.attrs["autofocus"] = True


class SignInForm(OurWords, allauth_forms.LoginForm):
    """One field for user name or e-mail."""

    labels = {
        "login": _("E-mail or user name"),
        "password": _("Password"),
        "remember": format_lazy(_("Keep me signed in for {days} days"), days=DAYS_SIGNED_IN),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ConfirmForm(OurWords, allauth_forms.ReauthenticateForm):
    labels = {"password": _("Password")}


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class NewPasswordForm(OurWords, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password again")}


class CodeForm(OurWords, mfa_forms.AuthenticateForm):
    labels = {"code": _("Code")}


class ConfirmByCodeForm(OurWords, mfa_forms.ReauthenticateForm):
    labels = {"code": _("Code")}


class SetUpCodeForm(OurWords, ActivateTOTPForm):
    labels = {"code": _("Code")}


class ForgottenPasswordForm(OurWords, allauth_forms.ResetPasswordForm):
    """Known or not, an address gets a mail: the answer and its time are the same."""

    labels = {"email": _("E-mail")}

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        self.users = list(User.objects.active().signing_in_as(email))  # unscoped: nobody is signed in
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if not self.users:
            get_adapter().send_mail("account/email/unknown_account", self.cleaned_data["email"], {})
            return self.cleaned_data["email"]
        return super().save(request, **kwargs)


class JoinForm(forms.ModelForm):
    """The account that an invitation makes. No CleanText: a password is taken as it is typed."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words are better than signs."),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=LongSelect)

    class Meta:
        model = User
        fields = ("name", "username", "time_zone")

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        username = invitation.username or invitation.email.partition("@")[0]
        person = User(email=invitation.email, name=invitation.name, username=username)
        super().__init__(
            data, instance=person, initial={"time_zone": invitation.time_zone or settings.BUSINESS_ZONE_NAME}
        )
        self.fields["username"].help_text = _("To sign in with, as well as your e-mail address.")
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # where model forms fill their instance
        if password := self.cleaned_data.get("password1"):
            try:  # the instance has name, user name and address now, which a password must not be like
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)


# --- one's own settings -----------------------------------------------------------------------------


class ProfileForm(ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=LongSelect)

    class Meta:
        model = User
        fields = (
            *("name", "language", "time_zone", "theme", "away_from", "away_to", "deputy"),
            *("digest_at", "weekly_on", "weekly_at", "quiet_from", "quiet_to"),
        )
        labels = {"theme": _("Colours")}
        widgets = (
            {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("away_from", "away_to")}
            | {
                name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                for name in ("digest_at", "weekly_at", "quiet_from", "quiet_to")
            }
            | {"deputy": LongSelect}
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weekdays: Any = self.fields["weekly_on"]
        weekdays.choices = [one for one in weekdays.choices if one[0] != ""]
        if self.instance.weekly_on is None:  # shown is what the role makes of it
            self.initial["weekly_on"] = NEVER if (day := self.instance.weekly_day) is None else day
        self.fields["weekly_at"].required = False
        colleagues: Any = self.fields["deputy"]
        colleagues.empty_label = "—"
        colleagues.queryset = User.objects.visible_to(self.instance).active().exclude(pk=self.instance.pk)

    @property
    def own(self) -> list[Any]:
        return [self[name] for name in ("name", "language", "time_zone", "theme")]

    @property
    def absence(self) -> list[Any]:
        return [self[name] for name in ("away_from", "away_to", "deputy")]

    @property
    def mails(self) -> list[Any]:
        return [self[name] for name in ("digest_at", "quiet_from", "quiet_to")]

    @property
    def weekly(self) -> list[Any]:
        return [self[name] for name in ("weekly_on", "weekly_at")]

    def clean_weekly_at(self) -> time:
        return self.cleaned_data["weekly_at"] or WEEKLY_AT


class EmailForm(Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        help_text=_("A link is sent there; the address changes when it is opened."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


# --- other people and teams, for admins -------------------------------------------------------------


class PersonForm(ModelForm):
    """Somebody's name, address and rights; one's own rights are shown but not editable."""

    class Meta:
        model = User
        fields = ("name", "email", "role", "team", "may_export", "away_from", "away_to", "deputy")
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("away_from", "away_to")
        } | {"deputy": LongSelect}
        help_texts = {
            "deputy": _("Gets their reminders while they are away, and sees the tasks that these are about."),
            "role": _("Managers see what their team and the teams below it hold. Administrators see everything."),
            "may_export": _("Managers and administrators may export anyway."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues: Any = self.fields["deputy"]
        colleagues.empty_label = "—"
        colleagues.queryset = User.objects.visible_to(by).active().exclude(pk=self.instance.pk)
        if not can_set_rights(by, self.instance):
            for name in ("role", "team", "may_export"):
                self.fields[name].disabled = True
            self.fields["role"].help_text = _("Nobody changes their own rights: ask another administrator.")


class InvitationForm(ModelForm):
    language = forms.ChoiceField(label=_("Language of the mail"), choices=own_names_of_languages)

    class Meta:
        model = Invitation
        fields = ("email", "name", "role", "team", "language")
        help_texts = {"name": _("They can change it when they join.")}


class TeamForm(ModelForm):
    class Meta:
        model = Team
        fields = ("name_en", "name_zh", "parent")
        help_texts = {"parent": _("Its managers see this team too.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            below = Team.objects.ids_below(self.instance.pk)  # unscoped: every team counts for a circle
            field: Any = self.fields["parent"]
            field.queryset = field.queryset.exclude(pk__in=below)
