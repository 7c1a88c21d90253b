"""The pages of people: joining, one's own settings, colleagues, teams, invitations, notices."""
