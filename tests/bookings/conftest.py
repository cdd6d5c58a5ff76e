"""The API's callers, for the doors that pages and programs share."""

from tests.api.conftest import api

__all__ = ["api"]
