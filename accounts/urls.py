"""Addresses of people: oneself, colleagues, teams, invitations, notices."""

from django.urls import path

from .views import departures, invitations, joining, notifications, people, preferences, profile, sessions, teams

app_name = "accounts"

urlpatterns = [
    path("", people.PeopleList.as_view(), name="list"),
    path("filter/", people.PeopleFilterPanel.as_view(), name="filters"),
    path("<int:pk>/", people.PersonPage.as_view(), name="detail"),
    path("<int:pk>/edit/", people.PersonUpdate.as_view(), name="update"),
    path("<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("<int:pk>/reset-second-factor/", people.reset_factor, name="reset_second_factor"),
    path("<int:pk>/departure/", departures.plan, name="departure_plan"),
    path("departures/", departures.departures, name="departures"),
    path("departures/<int:pk>/", departures.departure, name="departure"),
    path("departures/<int:pk>/carry-out/", departures.carry_out_now, name="departure_carry_out"),
    path("departures/<int:pk>/try/", departures.try_again, name="departure_try"),
    path("departures/<int:pk>/undo/", departures.undo, name="departure_undo"),
    path("departures/<int:pk>/drop/", departures.drop, name="departure_drop"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.TeamCreate.as_view(), name="team_create"),
    path("teams/<int:pk>/", teams.TeamUpdate.as_view(), name="team_update"),
    path("teams/<int:pk>/remove/", teams.remove, name="team_remove"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/new/", invitations.InvitePage.as_view(), name="invite"),
    path("invitations/<int:pk>/resend/", invitations.resend, name="invitation_resend"),
    path("invitations/<int:pk>/revoke/", invitations.revoke, name="invitation_revoke"),
    path("join/<str:token>/", joining.JoinPage.as_view(), name="join"),
    path("me/", profile.ProfilePage.as_view(), name="profile"),
    path("me/email/", profile.EmailPage.as_view(), name="change_email"),
    path("me/email/<str:token>/", profile.confirm_email_page, name="confirm_email"),
    path("me/notices/", profile.notice_choices, name="notice_choices"),
    path("me/sessions/", sessions.sessions, name="sessions"),
    path("me/sessions/<int:pk>/end/", sessions.end_one, name="session_end"),
    path("me/sessions/end-others/", sessions.end_others, name="sessions_end_others"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/unread/", notifications.unread, name="unread"),
    path("notifications/read/", notifications.read_all, name="notifications_read_all"),
    path("notifications/<int:pk>/open/", notifications.open_notification, name="notification_open"),
    path("notifications/<int:pk>/read/", notifications.read_notification, name="notification_read"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]
