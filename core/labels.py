"""How do words that an admin enters appear in both languages?"""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class BilingualLabel(models.Model):
    """An abstract row with an English and a Chinese name, one of which may be missing."""

    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def reads_chinese() -> bool:
        return (get_language() or "").startswith("zh")

    @property
    def name(self) -> str:
        """The name in the reader's language; the other one where it is missing."""
        if self.reads_chinese():
            return self.name_zh or self.name_en
        return self.name_en or self.name_zh


def name_of(path: str = "") -> Coalesce:
    """An expression: the reader's name of the BilingualLabel at ``path``, '' where there is none."""
    prefix = f"{path}__" if path else ""
    first, second = ("name_zh", "name_en") if BilingualLabel.reads_chinese() else ("name_en", "name_zh")
    return Coalesce(
        NullIf(f"{prefix}{first}", Value("")), f"{prefix}{second}", Value(""), output_field=models.CharField()
    )
