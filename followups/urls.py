"""Addresses of tasks, plans, series, playbooks, calendar and reports."""

from django.urls import path

from .views import plans, reports, task, tasks

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
]
