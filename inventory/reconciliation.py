"""An export against the mirror: first the plan, then its application (DESIGN.md section 5)."""

from access.actors import Actor
from inventory import applying, proving
from inventory.applying import PlanMoved, YesMissing, go_on
from inventory.models import Upload
from inventory.planning import plan
from inventory.uploads import CannotApply

__all__ = ["CannotApply", "PlanMoved", "YesMissing", "apply", "begin", "go_on", "plan"]


def begin(*, upload_id: int, actor: Actor, **yes: bool) -> None:
    """As `applying.begin`; from then on the export also proves what a person said to have done at iTEP."""
    applying.begin(upload_id=upload_id, actor=actor, **yes)
    proving.prove(upload_id=upload_id, actor=actor)


def apply(*, upload_id: int, actor: Actor, **yes: bool) -> Upload:
    """Applies a planned upload as a whole. Raises CannotApply (YesMissing, PlanMoved) before anything is changed."""
    begin(upload_id=upload_id, actor=actor, **yes)
    while go_on(upload_id=upload_id, actor=actor):
        pass
    return Upload.objects.get(pk=upload_id)
