"""Products, the mirror, claims, uploads."""

from inventory.models.claims import AssignedToRecord, Claim, ClaimSource, ClaimState
from inventory.models.products import Calls, Delivery, Product, Source
from inventory.models.test_ids import Holding, Standing, TestID, WordSource
from inventory.models.uploads import Cause, PlanRow, Scope, SeenProduct, StagedRow, Upload, UploadState
from inventory.models.warnings import LEVELS, MailsTo, Said, SaidExpiry, StockMails, StockWarning, Weekday

__all__ = [
    "LEVELS",
    "AssignedToRecord",
    "Calls",
    "Cause",
    "Claim",
    "ClaimSource",
    "ClaimState",
    "Delivery",
    "Holding",
    "MailsTo",
    "PlanRow",
    "Product",
    "Said",
    "SaidExpiry",
    "Scope",
    "SeenProduct",
    "Source",
    "StagedRow",
    "Standing",
    "StockMails",
    "StockWarning",
    "TestID",
    "Upload",
    "UploadState",
    "Weekday",
    "WordSource",
]
