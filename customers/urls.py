"""Addresses of customers and of what belongs to them."""

from django.urls import path

from .views import bulk, conflicts, editing, listing, lookup, notes, parts, requests, tabs, verbs

app_name = "customers"

urlpatterns = [
    path("", listing.CustomerList.as_view(), name="list"),
    path("count/", listing.CustomerList.as_view(answers="count"), name="count"),
    path("reach/", listing.reach, name="reach"),
    path("filter/", listing.CustomerFilterPanel.as_view(), name="filters"),
    path("new/", editing.CustomerCreate.as_view(), name="create"),
    path("check/", conflicts.check, name="check"),
    path("check-code/", parts.code_check, name="code_check"),
    path("lookup/", lookup.lookup, name="lookup"),
    path("lookup/<int:pk>/", lookup.lookup_result, name="lookup_result"),
    path("lookup/<int:pk>/verdicts.csv", lookup.lookup_file, name="lookup_file"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new/", requests.RequestNew.as_view(), name="request_new"),
    path("requests/<int:pk>/", requests.RequestPage.as_view(), name="request"),
    path("requests/<int:pk>/withdraw/", requests.withdraw, name="request_withdraw"),
    path("bulk/<slug:verb>/", bulk.bulk, name="bulk"),
    path("<int:pk>/", tabs.TimelinePage.as_view(), name="detail"),
    path("<int:pk>/contacts/", tabs.ContactsPage.as_view(), name="contacts"),
    path("<int:pk>/headers/", tabs.HeadersPage.as_view(), name="headers"),
    path("<int:pk>/history/", tabs.HistoryPage.as_view(), name="history"),
    path("<int:pk>/edit/", editing.CustomerUpdate.as_view(), name="update"),
    path("<int:pk>/status/", verbs.StatusPage.as_view(), name="status"),
    path("<int:pk>/grade/", verbs.GradePage.as_view(), name="grade"),
    path("<int:pk>/protect/", verbs.ProtectPage.as_view(), name="protect"),
    path("<int:pk>/unprotect/", verbs.unprotect, name="unprotect"),
    path("<int:pk>/transfer/", verbs.TransferPage.as_view(), name="transfer"),
    path("<int:pk>/archive/", verbs.ArchivePage.as_view(), name="archive"),
    path("<int:pk>/restore/", verbs.RestorePage.as_view(), name="restore"),
    path("<int:pk>/collaborators/add/", verbs.CollaboratorAdd.as_view(), name="collaborator_add"),
    path("<int:pk>/collaborators/<int:user_pk>/remove/", verbs.remove_collaborator, name="collaborator_remove"),
    path("<int:pk>/group/", verbs.GroupPage.as_view(), name="group"),
    path("<int:pk>/group/leave/", verbs.leave_group, name="group_leave"),
    path("<int:pk>/headers/add/", parts.HeaderPage.as_view(), name="header_add"),
    path("<int:pk>/headers/<int:part_pk>/", parts.HeaderPage.as_view(), name="header_edit"),
    path("<int:pk>/headers/<int:part_pk>/main/", parts.make_main, name="header_main"),
    path("<int:pk>/headers/<int:part_pk>/remove/", parts.remove_header, name="header_remove"),
    path("<int:pk>/contacts/add/", parts.ContactPage.as_view(), name="contact_add"),
    path("<int:pk>/contacts/<int:part_pk>/", parts.ContactPage.as_view(), name="contact_edit"),
    path("<int:pk>/contacts/<int:part_pk>/archive/", parts.archive_contact, name="contact_archive"),
    path("<int:pk>/contacts/<int:part_pk>/restore/", parts.restore_contact, name="contact_restore"),
    path("<int:pk>/notes/", notes.add_note, name="note_add"),
    path("<int:pk>/notes/<int:note_pk>/", notes.NoteEdit.as_view(), name="note_edit"),
    path("<int:pk>/notes/<int:note_pk>/delete/", notes.delete_note, name="note_delete"),
    path("<int:pk>/people/", notes.people, name="people"),
]
