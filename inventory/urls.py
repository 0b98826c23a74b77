"""Routes of inventory/. A product code or a test ID may hold a slash, so they come last in their paths."""

from django.urls import URLPattern, path

from inventory.views import (
    calls,
    forecast,
    own_keys,
    plans,
    products,
    purchases,
    statement,
    stock_mails,
    test_ids,
    todo,
    uploads,
)

app_name = "inventory"
urlpatterns: list[URLPattern] = [
    path("", products.overview, name="overview"),
    path("products/new/", products.product_new, name="product_new"),
    path("products/<path:code>/", products.product, name="product"),
    path("calls/", calls.calls, name="calls"),
    path("own-keys/preview/", own_keys.preview, name="own_keys_preview"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("statement/", statement.statement, name="statement"),
    path("statement/sheet.xlsx", statement.sheet, name="statement_sheet"),
    path("purchases/", purchases.purchases, name="purchases"),
    path("purchases/new/", purchases.purchase_new, name="purchase_new"),
    path("purchases/<int:purchase_id>/", purchases.purchase, name="purchase"),
    path("stock-mails/", stock_mails.stock_mails, name="stock_mails"),
    path("ids/", test_ids.test_ids, name="test_ids"),
    path("ids/many/", test_ids.many, name="test_ids_many"),
    path("ids/add/", test_ids.add, name="add"),
    path("ids/<path:test_id>/", test_ids.test_id, name="test_id"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/new/", uploads.upload_new, name="upload_new"),
    path("uploads/<int:upload_id>/", uploads.upload, name="upload"),
    path("uploads/<int:upload_id>/faults/", uploads.upload_faults, name="upload_faults"),
    path("uploads/<int:upload_id>/changes.csv", plans.sheet, {"kind": "csv"}, name="plan_csv"),
    path("uploads/<int:upload_id>/changes.xlsx", plans.sheet, {"kind": "xlsx"}, name="plan_xlsx"),
    path("todo/", todo.todo, name="todo"),
    path("todo/sheet/", todo.sheet, name="todo_sheet"),
    path("todo/done/", todo.many, name="todo_many"),
    path("todo/print/", todo.printed, name="todo_print"),
    path("todo/<uuid:oid>/<str:act>/", todo.act, name="todo_act"),
]
