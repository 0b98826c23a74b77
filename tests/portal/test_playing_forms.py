"""A program fills in a page's form as a person would."""

from portal.playing.forms import forms_of

PAGE = """
<form method="get" action="/search"><input name="q"></form>
<form method="post" action="/give">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc">
  <input name="name" value="Ana &amp; Bo">
  <input type="checkbox" name="duplicate">
  <input type="checkbox" name="wait" checked value="yes">
  <select name="product"><option value="A">A</option><option value="B" selected>B</option></select>
  <select name="payer"><option value="">none</option><option value="hr">HR</option></select>
  <textarea name="note">
first
second</textarea>
  <input type="file" name="file">
  <input name="later" disabled value="x">
  <button name="act" value="save">Save</button>
</form>
"""


def test_a_form_comes_with_what_stands_in_it() -> None:
    give = forms_of(PAGE)[1]
    assert (give.action, give.method) == ("/give", "post")
    assert give.fields == {
        "csrfmiddlewaretoken": "abc",
        "name": "Ana & Bo",
        "wait": "yes",
        "product": "B",
        "payer": "",
        "note": "first\nsecond",
    }


def test_what_can_be_filled_in_is_named_and_what_is_disabled_is_not() -> None:
    give = forms_of(PAGE)[1]
    assert give.names == {"csrfmiddlewaretoken", "name", "duplicate", "wait", "product", "payer", "note", "file"}
    assert give.buttons == [("act", "save")]
