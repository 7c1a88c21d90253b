"""Addresses of tasks, plans, series, playbooks, calendar and reports."""

from django.urls import path

from .views import calendar, feed, plans, reports, series, task, tasks

app_name = "followups"

urlpatterns = [
    path("tasks/", tasks.TaskList.as_view(), name="list"),
    path("tasks/filter/", tasks.TaskFilterPanel.as_view(), name="filters"),
    path("tasks/new/", tasks.TaskCreate.as_view(), name="task_create"),
    path("tasks/customers/", tasks.find_customers, name="find_customers"),
    path("tasks/reassign/", tasks.reassign, name="reassign"),
    path("tasks/<int:pk>/", task.TaskPage.as_view(), name="task"),
    path("tasks/<int:pk>/edit/", task.TaskUpdate.as_view(), name="task_update"),
    path("tasks/<int:pk>/postpone/", task.PostponePage.as_view(), name="postpone"),
    path("tasks/<int:pk>/cancel/", task.CancelPage.as_view(), name="cancel"),
    path("tasks/<int:pk>/start/", task.start, name="start"),
    path("tasks/<int:pk>/reopen/", task.reopen, name="reopen"),
    path("tasks/<int:pk>/take/", task.take, name="take"),
    path("tasks/<int:pk>/comment/", task.CommentPage.as_view(), name="comment"),
    path("tasks/<int:pk>/tick/<int:item_pk>/", task.tick, name="tick"),
    path("customers/<int:pk>/tasks/", plans.CustomerTasks.as_view(), name="of_customer"),
    path("customers/<int:pk>/plans/new/", plans.PlanCreate.as_view(), name="plan_create"),
    path("plans/<int:pk>/", plans.PlanPage.as_view(), name="plan"),
    path("plans/<int:pk>/edit/", plans.PlanUpdate.as_view(), name="plan_update"),
    path("plans/<int:pk>/end/", plans.PlanEnd.as_view(), name="plan_end"),
    path("plans/<int:pk>/reopen/", plans.reopen, name="plan_reopen"),
    path("reports/", reports.reports, name="reports"),
    path("reports/new/", reports.report_new, name="report_new"),
    path("reports/<int:pk>/", reports.ReportPage.as_view(), name="report"),
    path("reports/<int:pk>/read/", reports.report_read, name="report_read"),
    path("tasks/repeating/", series.series_list, name="series_list"),
    path("tasks/repeating/new/", series.SeriesCreate.as_view(), name="series_create"),
    path("tasks/repeating/preview/", series.preview, name="series_preview"),
    path("tasks/repeating/<int:pk>/", series.SeriesPage.as_view(), name="series"),
    path("tasks/repeating/<int:pk>/edit/", series.SeriesUpdate.as_view(), name="series_update"),
    path("tasks/repeating/<int:pk>/stop/", series.pause, name="series_pause"),
    path("tasks/repeating/<int:pk>/start/", series.resume, name="series_resume"),
    path("tasks/<int:pk>/move/", calendar.move, name="task_move"),
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("calendar/address/", feed.page, name="feed"),
    path("calendar/address/new/", feed.make, name="feed_make"),
    path("calendar/address/stop/", feed.end, name="feed_end"),
    path("feeds/<str:token>.ics", feed.ics, name="feed_ics"),
]
