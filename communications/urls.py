"""Addresses of what was said."""

from django.urls import path

from .views import deals, drops, handover, leads, logging, said, story, templates, waits

app_name = "communications"

urlpatterns = [
    path("communications/", said.CommunicationList.as_view(), name="list"),
    path("communications/filter/", said.CommunicationFilterPanel.as_view(), name="filters"),
    path("communications/waits/", waits.WaitList.as_view(), name="waits"),
    path("communications/waits/filter/", waits.WaitFilterPanel.as_view(), name="wait_filters"),
    path("communications/log/", logging.choose, name="choose"),
    path("communications/<int:pk>/", said.CommunicationPage.as_view(), name="detail"),
    path("communications/<int:pk>/edit/", logging.CorrectPage.as_view(), name="update"),
    path("communications/<int:pk>/comment/", said.CommentPage.as_view(), name="comment"),
    path("communications/<int:pk>/delete/", said.delete, name="delete"),
    path("communications/<int:pk>/deleted/", said.deleted, name="deleted"),
    path("communications/<int:pk>/restore/", said.restore, name="restore"),
    path("texts/", templates.templates, name="templates"),
    path("texts/new/", templates.TemplateCreate.as_view(), name="template_create"),
    path("texts/<int:pk>/", templates.TemplateUpdate.as_view(), name="template_update"),
    path("texts/<int:pk>/delete/", templates.delete_template, name="template_delete"),
    path("customers/<int:pk>/texts/", templates.texts, name="texts"),
    path("customers/<int:pk>/story/", story.story, name="story"),
    path("people/departures/<int:pk>/sheets/", handover.sheets, name="handover_sheets"),
    path("communications/drops/<int:pk>/", drops.DropPage.as_view(), name="drop"),
    path("customers/<int:pk>/drop/", drops.DropNew.as_view(), name="drop_new"),
    path("leads/<int:pk>/log/", logging.LogLeadPage.as_view(), name="log_lead"),
    path("leads/<int:pk>/communications/", leads.LeadCommunications.as_view(), name="of_lead"),
    path("opportunities/<int:pk>/communications/", deals.OpportunityCommunications.as_view(), name="of_opportunity"),
    path("communications/<int:pk>/files/<int:file_pk>/", said.file, name="file"),
    path("customers/<int:pk>/log/", logging.LogPage.as_view(), name="log"),
    path("tasks/<int:pk>/complete/", logging.CompletePage.as_view(), name="complete"),
]
