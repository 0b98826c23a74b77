"""Products, the mirror, claims, uploads."""

from inventory.models.claims import AssignedToRecord, Claim, ClaimSource, ClaimState
from inventory.models.products import Calls, Delivery, Product, Source
from inventory.models.remembered import RememberedColumns
from inventory.models.test_ids import Holding, Standing, TestID, WordSource
from inventory.models.uploads import Cause, PlanRow, Scope, SeenProduct, Upload, UploadState

__all__ = [
    "AssignedToRecord",
    "Calls",
    "Cause",
    "Claim",
    "ClaimSource",
    "ClaimState",
    "Delivery",
    "Holding",
    "PlanRow",
    "Product",
    "RememberedColumns",
    "Scope",
    "SeenProduct",
    "Source",
    "Standing",
    "TestID",
    "Upload",
    "UploadState",
    "WordSource",
]
