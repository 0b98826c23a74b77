"""Names that columns go by: English, Spanish, Portuguese; better names first, one a comma."""

NAMES = {
    "test_id": (
        "test id, test ids, testid, test id number, test identifier, id test, itep id, itep test id, test no, test "
        "number, id de test, id del test, id de prueba, id de la prueba, id prueba, id de examen, id del examen, "
        "codigo de prueba, codigo de la prueba, identificador de prueba, numero de prueba, id de teste, id do "
        "teste, id teste, id da prova, id de prova, id prova, codigo do teste, codigo da prova, numero do teste, "
        "id"
    ),
    "product": (
        "product code, product, product id, codigo de producto, codigo del producto, codigo producto, producto, "
        "codigo do produto, codigo de produto, codigo produto, produto, exam code, exam type, test type, exam, "
        "tipo de prueba, tipo de examen, tipo de teste, tipo de prova, sku"
    ),
    "status": (
        "status, test status, current status, state, estado, estatus, estado de la prueba, estado del test, estado "
        "de prueba, situacao, situacao do teste, status do teste, estado do teste, status da prova"
    ),
    "assigned_to": (
        "assigned to, assignedto, assigned, assigned to name, assignee, asignado a, asignada a, asignado, "
        "atribuido a, atribuida a, atribuido para, atribuido, designado a, designado para, assignado a"
    ),
    "password": (
        "test password, password, access code, passcode, pin, contrasena, contrasena de la prueba, clave, clave de "
        "acceso, codigo de acceso, senha, senha do teste, codigo de acesso, palavra passe"
    ),
    "valid_until": (
        "valid until, valid thru, valid through, valid to, expires on, expires, expires at, expiry date, expiry, "
        "expiration date, expiration, exp date, valido hasta, valida hasta, vencimiento, fecha de vencimiento, "
        "vence, caduca, caducidad, fecha de caducidad, fecha de expiracion, valido ate, valida ate, validade, data "
        "de validade, data de vencimento, vencimento, expira em, data de expiracao"
    ),
    "purchased_on": (
        "purchased on, purchase date, purchased, date purchased, date of purchase, bought on, order date, ordered "
        "on, fecha de compra, comprado el, comprado, data de compra, data da compra, comprado em"
    ),
    "tracking_code": (
        "tracking code, tracking, codigo de seguimiento, codigo de rastreo, codigo de rastreamento, codigo de "
        "acompanhamento"
    ),
}
