"""Who is the author of a change (DESIGN.md section 4, rule 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.models import ActorKind

if TYPE_CHECKING:
    from access.models import ApiClient, User


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a change, as every writing function takes one."""

    kind: ActorKind
    user: User | None = None
    client: ApiClient | None = None
    by: str = ""

    @classmethod
    def person(cls, user: User) -> Actor:
        return cls(ActorKind.USER, user=user)

    @classmethod
    def api(cls, client: ApiClient) -> Actor:
        return cls(ActorKind.CLIENT, client=client)

    @classmethod
    def system(cls, by: str) -> Actor:
        """The portal itself; `by` names the part, as "worker" or "sweeper"."""
        return cls(ActorKind.SYSTEM, by=by)

    @classmethod
    def command(cls, by: str) -> Actor:
        """Somebody at the command line; `by` names the command."""
        return cls(ActorKind.COMMAND, by=by)

    @classmethod
    def itep(cls, by: str) -> Actor:
        """iTEP, by an answer, a webhook or an export; `by` names which."""
        return cls(ActorKind.ITEP, by=by)

    @classmethod
    def candidate(cls) -> Actor:
        return cls(ActorKind.CANDIDATE)
