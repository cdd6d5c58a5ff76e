"""What happens to a person's account and is told to others: to the person by mail, to open sockets."""

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
