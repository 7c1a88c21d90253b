"""Under which addresses are the reports found?"""

from django.urls import path

from .views import board, changes, editing, forecasts, month, targets, weekly

app_name = "reports"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/<slug:key>/", board.question, name="question"),
    path("board/<slug:key>/file/", board.export, name="question_export"),
    path("changes/", changes.what_changed, name="changes"),
    path("forecasts/", forecasts.forecasts, name="forecasts"),
    path("forecasts/<slug:month>/", forecasts.forecast, name="forecast"),
    path("forecasts/<slug:key>/file/", forecasts.export, name="forecast_export"),
    path("month/", month.month, name="month"),
    path("weekly/", weekly.weekly, name="weekly"),
    path("targets/", targets.targets, name="targets"),
    path("targets/file/", targets.export, name="targets_export"),
    path("targets/copy/", editing.CopyPage.as_view(), name="copy"),
    path("targets/person/<int:pk>/", editing.sheet_of_person, name="person"),
    path("targets/team/<int:pk>/", editing.sheet_of_team, name="team"),
    path("targets/team/<int:pk>/share/", editing.share, name="share"),
]
