"""With which words do the services of the reports refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class ChangedMeanwhile(DomainError):
    """Somebody else saved the same targets since they were shown."""

    message = _("Somebody has changed these targets since you opened this page. Look at them again, then save.")


class LevelsFall(DomainError):
    status = 422
    message = _("A sprint is at least the target, a challenge at least the sprint.")


class NothingToCopy(DomainError):
    message = _("There is nothing to copy: no target of that year, or all are set already.")
