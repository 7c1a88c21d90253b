"""Which fields has this firm added to our own?"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..labels import BilingualLabel


class CustomField(BilingualLabel):
    """A typed field that an admin defined for one kind of record.

    Values stand in the record's ``custom`` JSONB under ``key``: text, choice and link as
    strings, numbers and money as JSON numbers, dates as ISO text, multi-choice as a list of
    option keys, yes/no as a boolean. Empty values have no entry.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        MULTI_CHOICE = "multi_choice", _("Multiple choice")
        YES_NO = "yes_no", _("Yes or no")
        LINK = "link", _("Link")

    target = models.CharField(_("belongs to"), max_length=40)
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Lower-case letters, digits and underscores."))],
        help_text=_("Stays the same when the name changes; imports and exports use it."),
    )
    kind = models.CharField(_("type"), max_length=16, choices=Kind)
    # [{"key": "b2b", "en": "Business", "zh": "企业"}, …] in the order shown.
    options = models.JSONField(_("options"), default=list, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    help_en = models.CharField(_("English hint"), max_length=200, blank=True)
    help_zh = models.CharField(_("Chinese hint"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required in forms"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("target", "position", "id")
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                fields=("target", "key"),
                name="custom_field_key_once",
                violation_error_message=_("This key is taken."),
            )
        ]

    @property
    def needs_options(self) -> bool:
        return self.kind in (self.Kind.CHOICE, self.Kind.MULTI_CHOICE)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(key, label in the reader's language) in order."""
        lang, other = ("zh", "en") if self.reads_chinese() else ("en", "zh")
        return [(o["key"], o.get(lang) or o.get(other) or o["key"]) for o in self.options]

    @property
    def help_text(self) -> str:
        return (self.help_zh or self.help_en) if self.reads_chinese() else (self.help_en or self.help_zh)

    def clean(self) -> None:
        super().clean()
        if self.needs_options and not self.options:
            raise ValidationError({"options": _("Give at least one option.")})
        if self.kind == self.Kind.MONEY and not self.currency:
            raise ValidationError({"currency": _("Money needs a currency.")})
        keys = [option.get("key") for option in self.options] if isinstance(self.options, list) else [None]
        if not all(isinstance(key, str) and key for key in keys) or len(set(keys)) != len(keys):
            raise ValidationError({"options": _("Each option needs a key of its own.")})
