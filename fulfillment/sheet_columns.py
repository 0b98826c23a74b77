"""The columns of a list of candidates: what they may hold, and the names that they go by.

English, Spanish and Portuguese; better names first, one a comma. Case, accents and punctuation do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from inventory.columns import Mapping, Vocabulary
from inventory.sheets import Row


class Asked(StrEnum):
    """What a column may hold."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    LANGUAGE = "language"
    REFERENCE = "reference"
    NOTE = "note"
    PRODUCT = "product"
    PAYER = "payer"
    DEADLINE = "deadline"
    DELIVERY = "delivery"


NAMES: dict[str, str] = {
    Asked.NAME: (
        "name, full name, candidate name, candidate, student name, student, person, participant, applicant, applicant "
        "name, employee name, nombre completo, nombre y apellidos, nombre y apellido, nombre, candidato, nombre del "
        "candidato, alumno, estudiante, nome completo, nome, nome do candidato, aluno, estudante"
    ),
    Asked.FIRST_NAME: (
        "first name, given name, given names, forename, first names, primer nombre, nombre de pila, nombres, "
        "primeiro nome, nome proprio, prenome"
    ),
    Asked.LAST_NAME: (
        "last name, surname, family name, last names, surnames, apellidos, apellido, sobrenome, apelido, ultimo nome, "
        "nome de familia"
    ),
    Asked.EMAIL: (
        "email, email address, mail, mail address, candidate email, student email, work email, correo electronico, "
        "correo, direccion de correo, endereco de email, correio eletronico, endereco eletronico"
    ),
    Asked.EXTERNAL_ID: (
        "own number, external id, student id, student number, employee id, employee number, candidate id, candidate "
        "number, applicant id, person id, staff number, personnel number, number, no, id, id externo, numero propio, "
        "numero de estudiante, numero de alumno, numero de empleado, matricula, legajo, codigo de estudiante, numero "
        "proprio, numero de aluno, numero do aluno, numero de funcionario, numero do candidato, registro academico, ra"
    ),
    Asked.LANGUAGE: "language, lang, language of mails, idioma, lengua, lingua",
    Asked.REFERENCE: (
        "reference, ref, reference number, order, order number, request, requisition, req, referencia, numero de "
        "referencia, pedido, numero de pedido, solicitud, numero do pedido, requisicao"
    ),
    Asked.NOTE: "note, notes, remark, remarks, comment, comments, nota, notas, observaciones, comentario, observacoes",
    Asked.PRODUCT: (
        "product, product code, test, exam, test type, exam type, producto, codigo de producto, prueba, examen, "
        "produto, codigo do produto, teste, prova, exame"
    ),
    Asked.PAYER: (
        "payer, payer code, paid by, department, cost center, cost centre, bill to, pagador, pagado por, departamento, "
        "centro de costo, centro de coste, pago por, centro de custo"
    ),
    Asked.DEADLINE: (
        "deadline, due, due date, take by, take it by, last day, fecha limite, plazo, hasta, ultimo dia, vencimiento, "
        "prazo, data limite, prazo final, ate"
    ),
    Asked.DELIVERY: (
        "delivery, sent by, who tells the candidate, entrega, envio, enviado por, quem envia, quien envia"
    ),
}
VOCABULARY = Vocabulary.of(Asked, NAMES, needed=(), example="Name, Email or Own number", kind="candidates")


def names_people(mapping: Mapping) -> bool:
    """Whether the columns say who the people are: by a name, or by its parts."""
    return bool({Asked.NAME, Asked.FIRST_NAME, Asked.LAST_NAME} & set(mapping.places))


def invent(head: Sequence[Row]) -> Row | None:
    """Names for the columns of rows that have none: pasted ones mostly. By an email in the first row with anything.

    The first column of words is taken for the name; a person says what the others are.
    """
    first = next((row for row in head if any(_text(cell) for cell in row)), None)
    if first is None or not any("@" in _text(cell) for cell in first):
        return None
    email = next(place for place, cell in enumerate(first) if "@" in _text(cell))
    words = (place for place, cell in enumerate(first) if place != email and any(map(str.isalpha, _text(cell))))
    name = next(words, None)
    known = {email: "Email"} | ({} if name is None else {name: "Name"})
    return [known.get(place) for place in range(max(len(row) for row in head))]


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""
