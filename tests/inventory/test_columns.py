import pytest

from inventory.column_names import NAMES
from inventory.columns import Field, by_names, find_header, guess_header, known, names_of, recognize, signature_of


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Test ID", Field.TEST_ID),
        ("TEST_ID", Field.TEST_ID),
        ("TestID", Field.TEST_ID),
        ("ID", Field.TEST_ID),
        ("Código de prueba", Field.TEST_ID),
        ("ID do teste", Field.TEST_ID),
        ("Product Code", Field.PRODUCT),
        ("product", Field.PRODUCT),
        ("Código del producto", Field.PRODUCT),
        ("Produto", Field.PRODUCT),
        ("Status", Field.STATUS),
        ("Estado", Field.STATUS),
        ("Situação", Field.STATUS),
        ("Assigned-to", Field.ASSIGNED_TO),
        ("assigned_to", Field.ASSIGNED_TO),
        ("Asignado a", Field.ASSIGNED_TO),
        ("Atribuído a", Field.ASSIGNED_TO),
        ("Password", Field.PASSWORD),
        ("Contraseña", Field.PASSWORD),
        ("Senha", Field.PASSWORD),
        ("Valid until", Field.VALID_UNTIL),
        ("Expiration Date", Field.VALID_UNTIL),
        ("Fecha de vencimiento", Field.VALID_UNTIL),
        ("Validade", Field.VALID_UNTIL),
        ("Purchased on", Field.PURCHASED_ON),
        ("Fecha de compra", Field.PURCHASED_ON),
        ("Tracking code", Field.TRACKING_CODE),
        ("Código de rastreamento", Field.TRACKING_CODE),
    ],
)
def test_a_column_is_recognized_by_its_name(name: str, field: Field) -> None:
    found = known(name)

    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "name", ["", "Candidate", "Candidate ID", "Test", "Code", "Student ID", "Notes", "123982B8AP", "x" * 500]
)
def test_other_names_are_not_recognized(name: str) -> None:
    assert known(name) is None


def test_in_any_order_with_unknown_columns_kept_apart() -> None:
    found = recognize(["Notes", " Assigned-to ", None, "Test ID"])

    assert found.places == {Field.TEST_ID: 3, Field.ASSIGNED_TO: 1}
    assert found.unknown == ("Notes", "column C")
    assert found.lacking == ()
    assert found.as_names() == {"test_id": "Test ID", "assigned_to": "Assigned-to"}


def test_of_two_columns_for_one_field_the_better_name_wins() -> None:
    found = recognize(["ID", "Product", "Test ID", "Product Code"])

    assert found.places == {Field.TEST_ID: 2, Field.PRODUCT: 3}


def test_what_is_lacking_is_named() -> None:
    assert recognize(["Status", "Product"]).lacking == (Field.TEST_ID, Field.ASSIGNED_TO)


def test_columns_as_a_person_chose_them() -> None:
    found = by_names(["Code", "Who"], {"test_id": "Code", "assigned_to": "Who", "status": "Status", "password": ""})

    assert found.places == {Field.TEST_ID: 0, Field.ASSIGNED_TO: 1}


def test_the_header_is_found_below_titles_and_blank_lines() -> None:
    rows = [["AVAILABLE TESTS"], [], ["ID", "", ""], ["Test ID", "Status", "Assigned-to"], ["A", "Ready", ""]]

    assert find_header(rows) == 3


@pytest.mark.parametrize("rows", [[], [["A", "B"]], [[1.0, None]], [["x"]] * 50 + [["Test ID", "Status"]]])
def test_no_header(rows: list[list[object]]) -> None:
    assert find_header(rows) is None


def test_no_name_means_two_things() -> None:
    keys = [signature_of([name]) for names in NAMES.values() for name in names.split(",")]

    assert len(keys) == len(set(keys))
    for field, names in NAMES.items():
        for name in names.split(","):
            found = known(f" {name.strip().upper()}: ")
            assert found is not None
            assert found[0] == field


def test_each_column_has_a_name_of_its_own() -> None:
    assert names_of(["Status", "", "Status ", None, "Status (2)", "Test\nID"]) == (
        "Status",
        "column B",
        "Status (2)",
        "column D",
        "Status (2) (2)",
        "Test ID",
    )


def test_a_vast_header_of_one_name_takes_no_time() -> None:
    assert len(set(names_of(["Status"] * 16_384))) == 16_384


def test_of_columns_alike_a_person_may_choose_any() -> None:
    assert recognize(["Status", "Status"]).places == {Field.STATUS: 0}
    assert by_names(["Status", "Status"], {"status": "Status (2)"}).places == {Field.STATUS: 1}


def test_a_signature_is_that_of_the_names_in_their_order() -> None:
    one = signature_of(["Test ID", "Status", "Código"])

    assert one == signature_of([" TEST-ID", "status", "codigo", None, ""])
    assert one != signature_of(["Status", "Test ID", "Código"])
    assert one != signature_of(["Test ID", "Status"])
    assert one != signature_of(["Test ID", "", "Status", "Código"])
    assert signature_of(["", None, " "]) == ""


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["List"], [], ["Nummer", "Wer"], ["A1", ""]], 2),
        ([["Nummer", "Wer"]], None),
        ([["one"], ["two"]], None),
        ([["x", "x"], ["y", "y"]], None),
    ],
)
def test_where_no_name_is_known_a_header_is_guessed(rows: list[list[object]], place: int | None) -> None:
    assert guess_header(rows) == place
