"""Inside words never stand on a page."""

import pytest

from fulfillment.models import MailState, State
from inventory.causes import CAUSES
from inventory.models import Cause, WordSource
from outbox import registry
from portal.templatetags import words
from results.models import ResultState


def test_every_state_has_its_words() -> None:
    assert set(words.STATES) == set(State.values)
    assert set(words.MAIL) == set(MailState.values)
    assert set(words.RESULTS) == set(ResultState.values)
    assert set(CAUSES) == set(Cause.values)
    assert set(words.SOURCES) == set(WordSource.values)
    assert set(words.WORK) == {kind for kind in registry.kinds() if not kind.startswith("test.")}


@pytest.mark.parametrize(
    ("state", "how", "word"),
    [
        ("claimed", "", "Reserved, telling iTEP"),
        ("claimed", "manual", "Reserved, to do at iTEP"),
        ("sent", "", "Sent to the candidate"),
        ("sent", "itep", "iTEP sends it"),
        ("failed", "manual", "Needs a person"),
    ],
)
def test_state_word(state: str, how: str, word: str) -> None:
    assert words.state_word(state, how) == word


def test_a_word_that_nobody_knows_is_shown_as_it_is() -> None:
    assert (words.itep_word("Levitating"), words.itep_kind("Levitating")) == ("Levitating", "neutral")
    assert (words.itep_word(None), words.itep_kind(None)) == ("", "neutral")


def test_mail_is_never_called_delivered() -> None:
    assert not any("deliver" in str(word).lower() for word, _kind in words.MAIL.values())
