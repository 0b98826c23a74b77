"""Products, the mirror, claims, uploads, the ledger of the stock, purchases."""

from inventory.models.claims import AssignedToRecord, Claim, ClaimSource, ClaimState
from inventory.models.pauses import AllCalls
from inventory.models.products import Calls, Delivery, Product, Source
from inventory.models.purchases import Arrival, Purchase
from inventory.models.remembered import RememberedColumns
from inventory.models.search_words import SearchWord
from inventory.models.stock_moves import StockMove
from inventory.models.test_ids import Holding, Standing, TestID, WordSource
from inventory.models.uploads import Cause, PlanRow, Scope, SeenProduct, Upload, UploadedFile, UploadState
from inventory.models.warnings import LEVELS, MailsTo, Said, SaidExpiry, StockMails, StockWarning, Weekday

__all__ = [
    "LEVELS",
    "AllCalls",
    "Arrival",
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
    "Purchase",
    "RememberedColumns",
    "Said",
    "SaidExpiry",
    "Scope",
    "SearchWord",
    "SeenProduct",
    "Source",
    "Standing",
    "StockMails",
    "StockMove",
    "StockWarning",
    "TestID",
    "Upload",
    "UploadState",
    "UploadedFile",
    "Weekday",
    "WordSource",
]
