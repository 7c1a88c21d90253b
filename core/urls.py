"""Addresses of the ground floor: Today, search, jobs, views of lists, health."""

from django.urls import path

from . import views
from .health import healthz, readyz

app_name = "core"

urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.cancel_job, name="job_cancel"),
    path("jobs/<int:pk>/retry/", views.retry_job, name="job_retry"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
    path("views/<slug:page>/save/", views.save_view, name="view_save"),
    path("views/<slug:page>/default/", views.default_view, name="view_default"),
    path("views/<int:pk>/delete/", views.delete_view, name="view_delete"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
