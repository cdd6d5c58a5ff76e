"""Coming in and going out, for programs that keep a session. An API token needs neither."""

from typing import Any, ClassVar

from rest_framework import exceptions, serializers

from apps.accounts import sign_in
from apps.accounts.api.employees import EmployeeSerializer
from apps.core.api import GuardedViewSet, Strict, verb
from apps.core.guards import PUBLIC, SIGNED_IN
from apps.core.refusals import Refusal
from apps.core.throttles import client_address


class LoginSerializer(Strict):
    """An e-mail and a password."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class AuthViewSet(GuardedViewSet):
    """Sessions: begin one with e-mail and password, end it."""

    speaking: ClassVar[tuple[str, ...]] = ()

    @verb(PUBLIC, takes=LoginSerializer, gives=EmployeeSerializer, detail=False, plain=True)
    def login(self, email: str, password: str) -> Any:
        """Begin a session. One answer for every way of being wrong; 429 after too many tries."""
        try:
            user = sign_in.recognise(email, password, address=client_address(self.request))
        except Refusal as refusal:
            if refusal.code == "invalid":
                raise exceptions.AuthenticationFailed(refusal.detail) from refusal
            raise
        sign_in.enter(self.request._request, user)
        return EmployeeSerializer(user.employee).data

    @verb(SIGNED_IN, detail=False, status=204, plain=True)
    def logout(self) -> None:
        """End the session this request came with. A token's caller has none, and nothing happens."""
        if self.request.auth is None:
            sign_in.leave(self.request._request)
