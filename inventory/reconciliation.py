"""An export against the mirror: first the plan, then its application (DESIGN.md section 5)."""

from inventory.applying import PlanMoved, YesMissing, apply, begin, go_on
from inventory.planning import plan
from inventory.uploads import CannotApply

__all__ = ["CannotApply", "PlanMoved", "YesMissing", "apply", "begin", "go_on", "plan"]
