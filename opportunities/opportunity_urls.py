"""Under which addresses are opportunities found: their list, board, record and verbs?"""

from django.urls import path

from .views import (
    board,
    opportunity_bulk,
    opportunity_form,
    opportunity_inline,
    opportunity_list,
    opportunity_tabs,
    opportunity_verbs,
    timelines,
)

urlpatterns = [
    path("opportunities/", opportunity_list.OpportunityList.as_view(), name="list"),
    path("opportunities/count/", opportunity_list.OpportunityList.as_view(answers="count"), name="count"),
    path("opportunities/filter/", opportunity_list.OpportunityFilterPanel.as_view(), name="filters"),
    path("opportunities/bulk/<slug:verb>/", opportunity_bulk.bulk, name="bulk"),
    path("opportunities/board/", board.BoardPage.as_view(), name="board"),
    path("opportunities/board/<int:stage_pk>/", board.ColumnPage.as_view(), name="board_column"),
    path("opportunities/new/", opportunity_form.OpportunityCreate.as_view(), name="create"),
    path("opportunities/group-check/", opportunity_form.group_check, name="group_check"),
    path("opportunities/<int:pk>/", opportunity_tabs.DetailsPage.as_view(), name="detail"),
    path("opportunities/<int:pk>/timeline/", timelines.OpportunityTimeline.as_view(), name="timeline"),
    path("opportunities/<int:pk>/files/", opportunity_tabs.FilesPage.as_view(), name="files"),
    path("opportunities/<int:pk>/history/", opportunity_tabs.HistoryPage.as_view(), name="history"),
    path("opportunities/<int:pk>/edit/", opportunity_form.OpportunityUpdate.as_view(), name="update"),
    path("opportunities/<int:pk>/set/<slug:what>/", opportunity_inline.InlinePage.as_view(), name="inline"),
    path("opportunities/<int:pk>/move/", opportunity_verbs.MovePage.as_view(), name="move"),
    path("opportunities/<int:pk>/drop/", board.drop, name="drop"),
    path("opportunities/<int:pk>/win/", opportunity_verbs.MovePage.as_view(kind="won"), name="win"),
    path("opportunities/<int:pk>/lose/", opportunity_verbs.MovePage.as_view(kind="lost"), name="lose"),
    path("opportunities/<int:pk>/reopen/", opportunity_verbs.ReopenPage.as_view(), name="reopen"),
    path("opportunities/<int:pk>/assign/", opportunity_verbs.AssignPage.as_view(), name="assign"),
    path("opportunities/<int:pk>/share/", opportunity_verbs.SharePage.as_view(), name="share"),
    path("opportunities/<int:pk>/archive/", opportunity_verbs.ArchivePage.as_view(), name="archive"),
    path("opportunities/<int:pk>/restore/", opportunity_verbs.restore, name="restore"),
    path("opportunities/<int:pk>/checkpoints/<int:checkpoint_pk>/", opportunity_verbs.tick, name="tick"),
    path("customers/<int:pk>/opportunities/", opportunity_tabs.OfCustomerPage.as_view(), name="of_customer"),
]
