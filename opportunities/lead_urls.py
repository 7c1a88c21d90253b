"""Under which addresses are leads found?"""

from django.urls import URLPattern, path

from .views import lead_converting, lead_editing, lead_list, lead_page, lead_verbs, timelines

urlpatterns: list[URLPattern] = [
    path("leads/", lead_list.LeadList.as_view(), name="leads"),
    path("leads/count/", lead_list.LeadList.as_view(answers="count"), name="lead_count"),
    path("leads/filters/", lead_list.LeadFilterPanel.as_view(), name="lead_filters"),
    path("leads/new/", lead_editing.LeadCreate.as_view(), name="lead_create"),
    path("leads/check/", lead_editing.lead_check, name="lead_check"),
    path("leads/bulk/<slug:verb>/", lead_list.lead_bulk, name="lead_bulk"),
    path("leads/<int:pk>/", lead_page.InquiryTab.as_view(), name="lead"),
    path("leads/<int:pk>/timeline/", timelines.LeadTimeline.as_view(), name="lead_timeline"),
    path("leads/<int:pk>/files/", lead_page.FilesTab.as_view(), name="lead_files"),
    path("leads/<int:pk>/files/add/", lead_verbs.FilesAdd.as_view(), name="lead_files_add"),
    path("leads/<int:pk>/files/<int:file_pk>/", lead_verbs.lead_file, name="lead_file"),
    path("leads/<int:pk>/files/<int:file_pk>/small/", lead_verbs.lead_file_thumbnail, name="lead_file_thumbnail"),
    path("leads/<int:pk>/history/", lead_page.HistoryTab.as_view(), name="lead_history"),
    path("leads/<int:pk>/edit/", lead_editing.LeadUpdate.as_view(), name="lead_update"),
    path("leads/<int:pk>/same/", lead_editing.lead_same, name="lead_same"),
    path("leads/<int:pk>/assign/", lead_verbs.AssignPage.as_view(), name="lead_assign"),
    path("leads/<int:pk>/start/", lead_verbs.start, name="lead_start"),
    path("leads/<int:pk>/screening/<int:question_pk>/", lead_verbs.answer, name="lead_answer"),
    path("leads/<int:pk>/disqualify/", lead_verbs.DisqualifyPage.as_view(), name="lead_disqualify"),
    path("leads/<int:pk>/reopen/", lead_verbs.reopen, name="lead_reopen"),
    path("leads/<int:pk>/archive/", lead_verbs.archive, name="lead_archive"),
    path("leads/<int:pk>/restore/", lead_verbs.restore, name="lead_restore"),
    path("leads/<int:pk>/convert/", lead_converting.ConvertPage.as_view(), name="lead_convert"),
    path("leads/<int:pk>/convert/check/", lead_converting.convert_check, name="lead_convert_check"),
    path("leads/<int:pk>/undo/", lead_converting.UndoPage.as_view(), name="lead_undo"),
]
