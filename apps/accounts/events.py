"""What happens to an account and to the team, and is told to others: by mail, to open sockets, to apps above."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class LinkIssued(Event):
    """A link was made that should now be mailed."""

    link_id: UUID


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """Something by which a person comes in has changed: `password`, `email`, `mfa_on`, `mfa_off`, `backup_codes`."""

    user_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """Some sessions of a person are over. `session_ids` are DeviceSession's keys; empty means every one."""

    user_id: UUID
    session_ids: list[str]


@dataclass(frozen=True, slots=True)
class TeamChanged(Event):
    """Somebody came, went, or has another e-mail: the public directory is out of date."""

    employee_id: UUID


@dataclass(frozen=True, slots=True)
class EmployeeDeactivated(Event):
    """A person no longer works here. Nothing of theirs may go on."""

    employee_id: UUID


@dataclass(frozen=True, slots=True)
class RightsChanged(Event):
    """What one person may do is not what it was."""

    employee_id: UUID


@dataclass(frozen=True, slots=True)
class RoleChanged(Event):
    """What everybody of a role may do is not what it was."""

    role_id: UUID


@dataclass(frozen=True, slots=True)
class InvitationQueued(Event):
    """An invitation waits to be mailed."""

    invitation_id: UUID


@dataclass(frozen=True, slots=True)
class InvitationAccepted(Event):
    """Somebody joined; the inboxes they were promised can be granted."""

    invitation_id: UUID


@dataclass(frozen=True, slots=True)
class AvailabilityChanged(Event):
    """Somebody said by hand that they are busy, away, or available again."""

    employee_id: UUID
