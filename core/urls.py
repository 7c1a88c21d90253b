"""Addresses of the ground floor: Today, search, jobs, views of lists, imports, exports, health."""

from django.urls import path

from . import views, views_exporting, views_importing
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
    path("imports/", views_importing.imports, name="imports"),
    path("imports/new/<slug:target>/", views_importing.import_new, name="import_new"),
    path("imports/<int:pk>/", views_importing.import_run, name="import"),
    path("imports/<int:pk>/reading/", views_importing.import_shape, name="import_shape"),
    path("imports/<int:pk>/columns/", views_importing.import_columns, name="import_columns"),
    path("imports/<int:pk>/check/", views_importing.import_check, name="import_check"),
    path("imports/<int:pk>/decide/", views_importing.import_decide, name="import_decide"),
    path("imports/<int:pk>/write/", views_importing.import_write, name="import_write"),
    path("imports/<int:pk>/result/", views_importing.import_result, name="import_result"),
    path("imports/<int:pk>/cancel/", views_importing.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/undo/", views_importing.import_undo, name="import_undo"),
    path("imports/<int:pk>/discard/", views_importing.import_discard, name="import_discard"),
    path("imports/<int:pk>/mend.csv", views_importing.import_errors, name="import_errors"),
    path("imports/<int:pk>/verdicts.csv", views_importing.import_verdicts, name="import_verdicts"),
    path("exports/<slug:page>/", views_exporting.export, name="export"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
