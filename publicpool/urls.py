"""Addresses of the public pool: what lies there or goes there, its rules, their preview, runs and figures."""

from django.urls import path

from .views import (
    assigning,
    claiming,
    extending,
    figures,
    listing,
    previews,
    record,
    releasing,
    revealing,
    rules,
    runs,
)

app_name = "publicpool"
urlpatterns = [
    path("", listing.PoolList.as_view(), name="list"),
    path("count/", listing.PoolList.as_view(answers="count"), name="count"),
    path("filter/", listing.PoolFilterPanel.as_view(), name="filters"),
    path("claim/", claiming.claim_many, name="claim_many"),
    path("assign/", assigning.assign_many, name="assign_many"),
    path("<int:pk>/", record.record, name="record"),
    path("<int:pk>/claim/", claiming.claim, name="claim"),
    path("<int:pk>/assign/", assigning.AssignPage.as_view(), name="assign"),
    path("<int:pk>/reveal/", revealing.RevealPage.as_view(), name="reveal"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.RuleCreate.as_view(), name="rule_create"),
    path("rules/preview/", previews.preview, name="preview"),
    path("rules/preview/start/", previews.preview_start, name="preview_start"),
    path("rules/preview/export/", previews.preview_export, name="preview_export"),
    path("rules/<int:pk>/", rules.RulePage.as_view(), name="rule"),
    path("rules/<int:pk>/edit/", rules.RuleUpdate.as_view(), name="rule_update"),
    path("rules/<int:pk>/switch/", rules.rule_switch, name="rule_switch"),
    path("rules/<int:pk>/move/", rules.rule_move, name="rule_move"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/lines/<int:pk>/retry/", runs.line_retry, name="line_retry"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:key>/", figures.figure_rows, name="figure_rows"),
    path("figures/<slug:key>/export/", figures.figure_export, name="figure_export"),
    path("customers/<int:pk>/release/", releasing.ReleasePage.as_view(), name="release"),
    path("releases/<int:pk>/undo/", releasing.undo, name="release_undo"),
    path("customers/<int:pk>/more-time/", extending.MoreTimePage.as_view(), name="more_time"),
    path("extensions/<int:pk>/", extending.DecisionPage.as_view(), name="extension"),
]
