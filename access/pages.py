"""Lists of the API: `{"next", "previous", "results"}`, by cursor."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """By id, oldest first, unless a view says otherwise by `ordering`; `?limit=` up to 500."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = 500
    ordering: str | tuple[str, ...] = "id"
