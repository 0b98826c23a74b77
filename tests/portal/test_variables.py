"""One environment variable: by name, by file, by what it stands for."""

from pathlib import Path

import pytest

from portal.variables import BadVariable, Variables, flag, folder, listed, web_address, whole


def test_a_value_is_read_by_its_name() -> None:
    assert Variables({"PORT": " 8100 "}).read("PORT", 1, whole(1, 9000)) == 8100


def test_a_value_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of the file\n")

    assert Variables({"SECRET_KEY_FILE": str(tmp_path / "key")}).text("SECRET_KEY") == "of the file"


def test_an_empty_value_counts_as_none() -> None:
    assert Variables({"PORT": "", "PORT_FILE": ""}).read("PORT", 8000, whole(1, 9000)) == 8000


def test_name_and_file_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadVariable, match=r"^PORT: is set twice, as PORT and as PORT_FILE$"):
        Variables({"PORT": "1", "PORT_FILE": str(tmp_path / "port")}).text("PORT")


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\xff"])
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "port").write_bytes(content)

    with pytest.raises(BadVariable, match=r"^PORT_FILE: "):
        Variables({"PORT_FILE": str(tmp_path / "port")}).text("PORT")


@pytest.mark.parametrize(("text", "meaning"), [("1", True), ("Yes", True), ("0", False), ("off", False)])
def test_a_flag(text: str, meaning: bool) -> None:
    assert flag(text) is meaning


@pytest.mark.parametrize("text", ["2", "ja", "-"])
def test_no_flag(text: str) -> None:
    with pytest.raises(ValueError, match="expected 0 or 1"):
        flag(text)


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "101", "٣", "1e2"])
def test_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="expected a whole number from 0 to 100"):
        whole(0, 100)(text)


def test_a_list_drops_what_is_empty() -> None:
    assert listed(" a, b,,c ,") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    ["ftp://a.example", "portal.example.org", "http://", "http://a b", "http://u:p@a.example", "http://a.example?x=1",
     "http://a.example:0", "http://a.example:99999", "http://a.example#x", "http://[::1"],
)  # fmt: skip
def test_no_web_address(text: str) -> None:
    with pytest.raises(ValueError, match="expected an address such as"):
        web_address(text)


def test_a_web_address_ends_without_a_slash() -> None:
    assert web_address("https://a.example:8443/") == "https://a.example:8443"


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = folder(str(tmp_path / "one" / "two"))

    assert made.is_dir()
    assert made.stat().st_mode & 0o777 == 0o700


def test_no_folder_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ValueError, match="cannot be made"):
        folder(str(tmp_path / "file" / "data"))
