"""What is done to people, teams, invitations, sessions and notices; each function is atomic."""

from .absence import change_absence, come_back, is_deputy_away
from .invitations import accept_invitation, invite_person, resend_invitation, revoke_invitation
from .notices import choose_mailed_notices, forget_old_notices, mark_all_read, mark_read, notify, notify_selected
from .people import change_person, deactivate_person, reactivate_person, reset_second_factor
from .profile import ask_for_email, change_profile, choose_language, choose_theme, confirm_email, set_password
from .sessions import end_session, end_sessions, forget_ended_sessions, living_sessions
from .teams import change_team, create_team, remove_team

__all__ = [
    "accept_invitation",
    "ask_for_email",
    "change_absence",
    "change_person",
    "change_profile",
    "change_team",
    "choose_language",
    "choose_mailed_notices",
    "choose_theme",
    "come_back",
    "confirm_email",
    "create_team",
    "deactivate_person",
    "end_session",
    "end_sessions",
    "forget_ended_sessions",
    "forget_old_notices",
    "invite_person",
    "is_deputy_away",
    "living_sessions",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_selected",
    "reactivate_person",
    "remove_team",
    "resend_invitation",
    "reset_second_factor",
    "revoke_invitation",
    "set_password",
]
