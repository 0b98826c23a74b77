"""What administrators do with letters and languages. Every version of a text stays; who wrote it stands on it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import languages, locks, organization
from fulfillment.errors import FulfillmentError
from fulfillment.letters import checking, shipped
from fulfillment.letters.choosing import Place
from fulfillment.letters.reading import Fault
from fulfillment.models import LanguageSwitch, Letter


class BadLetter(FulfillmentError):
    """A text that cannot be used; all that is wrong with it, at once."""

    def __init__(self, subject: Sequence[Fault], body: Sequence[Fault]) -> None:
        super().__init__("; ".join(one.message for one in (*subject, *body)))
        self.subject, self.body = list(subject), list(body)


class LetterMoved(FulfillmentError):
    """Somebody else changed the text since the asker looked at it."""


class StaysOn(FulfillmentError):
    """A language that cannot be switched off; the text says why."""


@transaction.atomic
def save(*, place: Place, subject: str, body: str, revision: int, actor: Actor) -> Letter:
    """The text is in use from now on. `revision`: that of the newest version that the author saw, 0 where none was.

    Raises BadLetter, LetterMoved.
    """
    subject, body = " ".join(subject.split()), _tidy(body)
    wrong = checking.subject_faults(subject), checking.body_faults(place.kind, body)
    if any(wrong):
        raise BadLetter(*wrong)
    versions = _unmoved(place, revision)
    versions.filter(is_on=True).update(is_on=False)
    written = _insert(place, subject, body, revision + 1, actor)
    _record(place, "letter.changed", actor, revision=written.revision)
    return written


@transaction.atomic
def back_to_shipped(*, place: Place, revision: int, actor: Actor) -> bool:
    """Its own text is kept, and not used: the next wider one is. False where none was in use. Raises LetterMoved."""
    changed = _unmoved(place, revision).filter(is_on=True).update(is_on=False)
    if changed:
        _record(place, "letter.put_away", actor, revision=revision)
    return bool(changed)


@transaction.atomic
def switch_on(*, tag: str, actor: Actor) -> None:
    """An administrator has read the texts of a language: candidates get it from now on."""
    read = {"read_by": actor.user, "read_at": timezone.now(), "read_digest": shipped.digest(tag)}
    LanguageSwitch.objects.update_or_create(tag=tag, defaults={"is_on": True, **read})
    audit.record(actor=actor, verb="language.switched_on", subject=f"language {tag}")


@transaction.atomic
def switch_off(*, tag: str, actor: Actor) -> None:
    """Candidates get it no more; who has read it stays. Raises StaysOn."""
    if tag == languages.ENGLISH:
        raise StaysOn("English stays on: it stands in for every other language.")
    if tag == organization.ours().language:
        raise StaysOn("It is your organization's language. Choose another one there first.")
    LanguageSwitch.objects.update_or_create(tag=tag, defaults={"is_on": False})
    audit.record(actor=actor, verb="language.switched_off", subject=f"language {tag}")


def _unmoved(place: Place, revision: int) -> QuerySet[Letter]:
    """Its versions, locked, if the newest is the one that the author saw."""
    versions = locks.letters(place.versions())
    newest = versions[0].revision if versions else 0
    if newest != revision:
        raise LetterMoved("Somebody else changed this text meanwhile. Yours is below; theirs is in the history.")
    return place.versions()


def _insert(place: Place, subject: str, body: str, revision: int, actor: Actor) -> Letter:
    """The database knows one version of each number: of two first ones, saved at the same moment, one is refused."""
    try:
        with transaction.atomic():
            return Letter.objects.create(
                kind=place.kind,
                language=place.language,
                product=place.product,
                subject=subject,
                body=body,
                revision=revision,
                written_by=actor.user,
            )
    except IntegrityError as error:
        raise LetterMoved("Somebody else changed this text at the same moment.") from error


def _tidy(body: str) -> str:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _record(place: Place, verb: str, actor: Actor, *, revision: int) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        product=place.product.code if place.product else "",
        subject=f"letter {place.kind} {place.language}",
        detail={"revision": revision},
    )
