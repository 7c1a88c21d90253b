"""Addresses of tasks, plans, series, playbooks, calendar and reports."""

from django.urls import path

from .views import task

app_name = "followups"

urlpatterns = [
    path("tasks/<int:pk>/", task.TaskPage.as_view(), name="task"),
]
