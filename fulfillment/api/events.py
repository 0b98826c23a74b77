"""`/api/v1/events?after=`: what happened, in an order that never skips a row."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access import sealing
from access.models import ApiClient, AuditEntry
from access.problems import Invalid
from fulfillment import payers
from fulfillment.api import answers
from fulfillment.api.views import READ, Door, client_of
from fulfillment.models import Fulfillment

AT_MOST = 200


class Events(Door):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="events_list",
        parameters=[OpenApiParameter("after", int, description="The last number that you have; 0 or nothing: all.")],
        responses=answers.EventPageOut,
    )
    def get(self, request: Request) -> Response:
        client, after = client_of(request), _after(request)
        if sealing.unsealed():
            sealing.seal()
        rows = list(_visible(sealing.after(after), client)[: AT_MOST + 1])
        page = rows[:AT_MOST]
        base = settings.PORTAL_URL.rstrip("/") + reverse("api-events")
        following = f"{base}?after={page[-1].number}" if len(rows) > AT_MOST else None
        return Response({"next": following, "previous": None, "results": [answers.event(one, client) for one in page]})


def _visible(rows: QuerySet[AuditEntry], client: ApiClient) -> QuerySet[AuditEntry]:
    """What concerns a fulfillment or a test ID; users and keys are nobody else's business."""
    mine = payers.limits(client)
    if mine is not None:
        return rows.filter(oid__in=Fulfillment.objects.filter(payer__in=mine).values("oid"))
    return rows.filter(Q(oid__isnull=False) | ~Q(test_id=""))


def _after(request: Request) -> int:
    text = request.query_params.get("after", "0") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Invalid([{"pointer": "/after", "detail": "A number of an event."}])
    return int(text)
