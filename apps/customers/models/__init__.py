"""What is stored of the people who write to a business."""

from apps.customers.models.customer import Customer, Identity
from apps.customers.models.label import Label

__all__ = ["Customer", "Identity", "Label"]
