"""Hand work at iTEP and at the stock, and iTEP's posts, as rules of the state machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory import claims, mirror, products
from inventory.errors import ClaimMoved, NotPossible
from inventory.models import ClaimState, Product, Standing
from itep.statuses import read_status
from tests.inventory.machine_requests import Requests
from tests.inventory.machine_world import BY
from tests.inventory.standing_rules import Kind


@dataclass(frozen=True, slots=True)
class Post:
    """What iTEP posted: `oid` None where it carries none of ours."""

    test_id: str
    oid: UUID | None
    status: str
    at: datetime


class HandWork(Requests):
    """What a person at iTEP's panel says and does, and what iTEP posts."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Post] = []

    @precondition(lambda self: self.claimed(ClaimState.RESERVED, ClaimState.UNKNOWN))
    @rule(data=st.data())
    def a_person_takes_the_text(self, data: st.DataObject) -> None:
        one = self.draw(data, self.claimed(ClaimState.RESERVED, ClaimState.UNKNOWN), "claim")
        self.does(Kind.PERSON)
        try:
            claims.text_taken(oid=one.oid, text=self.text_of(one.oid), actor=BY)
        except ClaimMoved:
            self.nothing_changed()

    @precondition(lambda self: any(one.by_hand for one in self.claimed(ClaimState.UNKNOWN)))
    @rule(data=st.data())
    def a_person_writes_it_at_itep(self, data: st.DataObject) -> None:
        """While the portal waits for it, and only where nothing stands."""
        one = self.draw(data, [one for one in self.claimed(ClaimState.UNKNOWN) if one.by_hand], "claim")
        if (
            one.current in self.itep.rows
            and self.itep.rows[one.current].is_free
            and not self.itep.standing_for(one.oid)
        ):
            self.does(Kind.TIME)
            self.itep.write(one.current, one.oid, self.text_of(one.oid))

    @precondition(lambda self: self.claimed(ClaimState.RESERVED, ClaimState.UNKNOWN))
    @rule(data=st.data())
    def a_person_looks_at_itep(self, data: st.DataObject) -> None:
        """And says what they see: it stands there, or nothing does and no call is under way that could still act."""
        one = self.draw(data, self.claimed(ClaimState.RESERVED, ClaimState.UNKNOWN), "claim")
        if standing := self.itep.standing_for(one.oid):
            self.does(Kind.SETTLED_BY_PERSON, word_at=timezone.now())
            claims.done_at_itep(oid=one.oid, actor=BY, test_id=standing[0])
        elif not any(flight.call.oid == one.oid and flight.may_act for flight in self.late):
            self.does(Kind.SETTLED_BY_PERSON)
            claims.not_done_at_itep(oid=one.oid, actor=BY)

    @precondition(lambda self: self.claimed(ClaimState.RESERVED))
    @rule(data=st.data())
    def try_again(self, data: st.DataObject) -> None:
        one = self.draw(data, self.claimed(ClaimState.RESERVED), "claim")
        self.does(Kind.PERSON)
        claims.try_again(oid=one.oid, actor=BY)

    @precondition(lambda self: any(row.to_clear for row in self.now.ids.values()))
    @rule(data=st.data())
    def a_person_clears(self, data: st.DataObject) -> None:
        test_id = self.draw(data, [one for one, row in self.now.ids.items() if row.to_clear], "ID")
        if test_id in self.itep.rows:
            self.itep.rows[test_id] = replace(self.itep.rows[test_id], text="")
            self.does(Kind.PERSON_AT_THE_STOCK)
            claims.cleared(test_id=test_id, actor=BY)

    @precondition(lambda self: self.now.ids)
    @rule(data=st.data(), act=st.sampled_from(["release", "release", "set aside", "take back"]))
    def a_person_at_the_stock(self, data: st.DataObject, act: str) -> None:
        held = [one for one, row in self.now.ids.items() if row.holder]
        test_id = self.draw(data, held if act == "release" and held else list(self.now.ids), "ID")
        self.does(Kind.PERSON_AT_THE_STOCK)
        try:
            if act == "release":
                claims.release(test_id=test_id, actor=BY, reason="they never came")
                self.step.released.add(test_id)
                self.told.pop(test_id, None)
            elif act == "set aside":
                claims.set_aside(test_id=test_id, actor=BY, reason="to look at")
            else:
                claims.take_back(test_id=test_id, actor=BY)
        except NotPossible:
            self.nothing_changed()

    @precondition(lambda self: Product.objects.exclude(paused_at=None).exists())
    @rule()
    def resume(self) -> None:
        self.does(Kind.PERSON)
        for product in Product.objects.exclude(paused_at=None):
            products.resume(product=product, actor=BY)

    @precondition(lambda self: self.itep.rows)
    @rule(data=st.data(), ours=st.booleans())
    def itep_posts(self, data: st.DataObject, ours: bool) -> None:
        """About an ID that carries our text, with our OID; or about any, with somebody else's. Kept, judged later."""
        test_id = self.draw(data, list(self.itep.rows), "ID")
        row = self.itep.rows[test_id]
        oid = next((one for one in self.candidates if row.carries(one)), None)
        self.posts.append(Post(test_id, oid if ours else None, row.status, timezone.now()))

    @precondition(lambda self: self.posts)
    @rule(data=st.data(), again=st.booleans())
    def a_post_is_judged(self, data: st.DataObject, again: bool) -> None:
        """In any order. `again`: iTEP repeats it."""
        post = self.draw(data, self.posts, "post")
        if not again:
            self.posts.remove(post)
        self.does(Kind.WEBHOOK, word_at=post.at)
        if post.oid:
            self.heard_of_ours(post)
            self.heard(post)
        elif not self._is_held(post.test_id):
            self.heard(post)

    def _is_held(self, test_id: str) -> bool:
        seen = self.before.ids.get(test_id)
        return seen is not None and (seen.holder is not None or seen.standing == Standing.OUTSIDE)

    def heard_of_ours(self, post: Post) -> None:
        """As webhooks/matching.py does it."""
        assert post.oid
        one = self.before.claims[post.oid]
        if one.state in (ClaimState.CONFIRMED, ClaimState.ENDED) and one.current not in ("", post.test_id):
            claims.leave_stock(oid=post.oid, test_id=post.test_id, at=post.at, source="post 1")
        else:
            claims.confirm_by_webhook(oid=post.oid, test_id=post.test_id, at=post.at, source="post 1")

    def heard(self, post: Post) -> None:
        status = read_status(post.status)
        mirror.heard_by_webhook(
            test_id=post.test_id, status=status, status_raw=post.status, at=post.at, source="post 1"
        )
