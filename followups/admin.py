"""What do staff set about follow-ups?"""

from __future__ import annotations

from django.contrib import admin

from .models import FollowUpCycle


@admin.register(FollowUpCycle)
class FollowUpCycleAdmin(admin.ModelAdmin):
    """How often customers of a grade should hear of us; a row with a status counts before that of the grade alone."""

    list_display = ("grade", "status", "days")
    list_editable = ("days",)
    list_filter = ("grade",)
    list_select_related = ("status",)
    fields = (("grade", "status"), "days")
