import pytest

from inventory.columns import Field, by_names, find_header, known, recognize


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


@pytest.mark.parametrize("name", ["", "Candidate", "Notes", "123982B8AP", "x" * 500])
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
