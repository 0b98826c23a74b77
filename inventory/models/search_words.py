"""By which words a text of an Assigned-to is found, though the text itself is encrypted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SearchWord(models.Model):
    """A word that stands in a text, both as keyed digests: who reads this table learns neither.

    `text` is the digest of the whole text, as a record of ours and a row of the mirror keep it beside the text: one
    text is indexed once wherever it stands, and found only where it stands now.
    """

    word = models.CharField(max_length=32)  # `search_words.digest_of`; "" where a text has no words at all
    text = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word", "text"], name="a_word_of_a_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="a_search_word_has_a_text"),
        ]
        indexes: ClassVar = [models.Index(fields=["text"], name="search_words_by_text")]

    def __str__(self) -> str:
        return self.text[:12]
