"""What is stored of the people who write to a business."""

from apps.customers.models.consent import ConsentEntry
from apps.customers.models.customer import BLANK_WHEN_ERASED, Customer, Identity
from apps.customers.models.imports import ImportJob
from apps.customers.models.label import Label
from apps.customers.models.merge import CustomerMerge
from apps.customers.models.settings import CustomerSettings

__all__ = [
    "BLANK_WHEN_ERASED",
    "ConsentEntry",
    "Customer",
    "CustomerMerge",
    "CustomerSettings",
    "Identity",
    "ImportJob",
    "Label",
]
