"""Many people told apart at once, by the duplicate guard's rule (DESIGN.md section 6; `duplicates.same_person`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from django.db.models import Q

from access.models import Payer
from fulfillment.candidates import Candidate, person_digest


class Known(Protocol):
    """What tells a fulfillment's person apart; a `Fulfillment` has it all."""

    @property
    def payer_id(self) -> int | None: ...
    @property
    def external_id(self) -> str: ...
    @property
    def person_digest(self) -> str: ...


class People:
    """Tidy candidates of one payer. `asked` narrows fulfillments in one statement, `who` then says whose each is."""

    def __init__(self, candidates: Sequence[Candidate], *, payer: Payer | None, first: int = 0) -> None:
        """`first` is the place of the first candidate in the whole list, of which these are a part."""
        self._payer_id = payer.pk if payer else None
        self._numbers: dict[int, str] = {}
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._by_digest: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(candidates, start=first):
            self._numbers[place] = one.external_id
            if one.external_id:
                self._by_number[one.external_id].append(place)
            if digest := person_digest(one):
                self._by_digest[digest].append(place)

    def asked(self, prefix: str = "") -> Q:
        """Fulfillments of which `who` may name somebody; `prefix` as "fulfillment__" where these are joined."""
        here = {f"{prefix}payer": self._payer_id} if self._payer_id else {f"{prefix}payer__isnull": True}
        by_number = Q(**here, **{f"{prefix}external_id__in": list(self._by_number)})
        return by_number | Q(**{f"{prefix}person_digest__in": list(self._by_digest)})

    def who(self, known: Known) -> Iterator[int]:
        """The places of the candidates who are the same person as a fulfillment's."""
        here = known.payer_id == self._payer_id
        same: Iterable[int] = self._by_number.get(known.external_id, ()) if here and known.external_id else ()
        yield from same
        for place in self._by_digest.get(known.person_digest, ()) if known.person_digest else ():
            number = self._numbers[place]
            if not (here and number and known.external_id):  # equal ones came above, differing ones are two people
                yield place
