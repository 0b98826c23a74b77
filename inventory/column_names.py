"""Names that columns go by: English, Spanish, Portuguese; better names first, one a comma.

Left out is what may mean two things: "Test" and "Code" alone, or "Candidate ID", which is no test ID. Case, accents and
punctuation do not count: "Nº de prueba" is read as "no de prueba".
"""

NAMES = {
    "test_id": (
        "test id, test ids, test id number, test id no, test id code, test identifier, id test, itep id, itep "
        "test id, id itep, itep number, itep test number, test no, test number, id de test, id del test, id de "
        "prueba, id de la prueba, id prueba, id de examen, id del examen, id examen, codigo de prueba, codigo de la "
        "prueba, identificador de prueba, identificador de la prueba, identificador del test, numero de prueba, "
        "numero de la prueba, no de prueba, no de la prueba, numero de test, numero de examen, no de examen, id de "
        "teste, id do teste, id teste, id da prova, id de prova, id prova, id do exame, id de exame, codigo do "
        "teste, codigo de teste, codigo da prova, identificador do teste, identificador da prova, numero do teste, "
        "numero de teste, no do teste, no de teste, numero da prova, id"
    ),
    "product": (
        "product code, product, product id, product type, codigo de producto, codigo del producto, codigo producto, "
        "producto, codigo do produto, codigo de produto, codigo produto, produto, exam code, exam type, test type, "
        "test product, exam, tipo de producto, tipo de prueba, tipo de test, tipo de examen, codigo de examen, "
        "codigo del examen, examen, tipo de produto, tipo de teste, tipo de prova, tipo de exame, codigo do exame, "
        "exame, product name, nombre del producto, nombre de producto, nome do produto, exam name, test name, "
        "nombre de la prueba, nombre del test, nombre del examen, nome do teste, nome da prova, nome do exame, sku"
    ),
    "status": (
        "status, test status, test id status, id status, current status, availability status, state, estado, estado "
        "actual, estatus, estatus actual, situacion, estado de la prueba, estado del test, estado de prueba, estado "
        "del examen, estatus de la prueba, estatus del test, situacao, situacao atual, status atual, estado atual, "
        "situacao do teste, situacao da prova, status do teste, estado do teste, status da prova, estado da prova, "
        "status do exame"
    ),
    "assigned_to": (
        "assigned to, assigned, assigned to name, assigned to candidate, assigned candidate, assigned "
        "user, assigned person, assignee, asignado a, asignada a, asignado para, asignado, asignada, atribuido a, "
        "atribuida a, atribuido ao, atribuido para, atribuida para, atribuido, atribuida, designado a, designada a, "
        "designado para, designada para, designado, assignado a"
    ),
    "password": (
        "test password, password, test id password, access code, test access code, access password, access key, "
        "passcode, test pin, pin code, pin, pwd, contrasena, contrasena de la prueba, contrasena del test, "
        "contrasena de acceso, clave, clave de acceso, clave de la prueba, clave del test, codigo de acceso, senha, "
        "senha do teste, senha da prova, senha de acesso, codigo de acesso, chave de acesso, palavra passe, palavra "
        "passe do teste"
    ),
    "valid_until": (
        "valid until, valid till, valid thru, valid through, valid to, valid until date, expires on, expires, "
        "expires at, expire date, expiry date, expiry, expiration date, expiration, exp date, use by, valido hasta, "
        "valida hasta, valido hasta el, vigente hasta, vigencia hasta, vencimiento, fecha de vencimiento, vence, "
        "vence el, caduca, caduca el, caducidad, fecha de caducidad, fecha de expiracion, expiracion, expira, "
        "expira el, valido ate, valida ate, validade, data de validade, prazo de validade, data de vencimento, "
        "vencimento, vence em, expira em, data de expiracao, expiracao"
    ),
    "purchased_on": (
        "purchased on, purchase date, purchased date, purchased, date purchased, date of purchase, bought on, date "
        "bought, order date, date ordered, date of order, ordered on, fecha de compra, fecha de la compra, comprado "
        "el, comprada el, comprado, fecha de adquisicion, adquirido el, fecha de pedido, fecha del pedido, data de "
        "compra, data da compra, comprado em, comprada em, data de aquisicao, adquirido em, data do pedido, data da "
        "encomenda"
    ),
    "tracking_code": (
        "tracking code, itep tracking code, tracking, codigo de seguimiento, codigo de rastreo, codigo de tracking, "
        "codigo de monitoreo, codigo de rastreamento, codigo de rastreio, codigo de acompanhamento, codigo de "
        "monitoramento"
    ),
}
