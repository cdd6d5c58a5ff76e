"""The platform's JSON door for strangers: an address for a name, a new business."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import throttles
from apps.core.api import GuardedViewSet, Strict
from apps.core.guards import PUBLIC
from apps.core.problems import UnknownParameter
from apps.core.throttles import Anonymous, client_address
from apps.dashboard import tasks
from apps.dashboard.signup import finding, opening
from apps.dashboard.signup.forms import SignUpForm
from apps.dashboard.signup.pages import address_of
from apps.tenants import signup as addresses
from apps.tenants.models import Business


class SignUpSerializer(Strict):
    """A business and its owner. Plan, status and length of the trial are not the caller's to say (TEN-01)."""

    name = serializers.CharField(min_length=2, max_length=100)
    industry = serializers.ChoiceField(Business.Industry.choices)
    country = serializers.RegexField("^[A-Z]{2}$")
    timezone = serializers.CharField(max_length=64, required=False)
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)
    primary_language = serializers.ChoiceField(settings.LANGUAGES)
    owner_name = serializers.CharField(min_length=1, max_length=100)
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, write_only=True, trim_whitespace=False)
    terms_accepted = serializers.BooleanField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = SignUpForm(attrs)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in said] for name, said in form.errors.items()}
            )
        return form.cleaned_data


class SignedUpSerializer(Strict):
    """Where the business will be, once it is ready."""

    slug = serializers.CharField()
    status = serializers.CharField()
    url = serializers.CharField()


class AddressSerializer(Strict):
    """The address a name would be given, and whether the name's own is free."""

    slug = serializers.CharField()
    is_free = serializers.BooleanField()
    url = serializers.CharField()


class SignUpViewSet(GuardedViewSet):
    """Opening a business."""

    guards: ClassVar[dict[str, str]] = {"create": PUBLIC, "slug": PUBLIC}
    takes: ClassVar[dict[str, Any]] = {"create": SignUpSerializer}
    gives: ClassVar[dict[str, Any]] = {"create": SignedUpSerializer, "slug": AddressSerializer}
    throttle_classes = (Anonymous,)

    def create(self, request: Request) -> Response:
        """Sign up; the business opens within seconds, on a trial of pro."""
        facts = self.checked().validated_data
        throttles.sign_up(client_address(request))
        business = opening.apply(facts, language=translation.get_language())
        told = {"slug": business.slug, "status": business.status, "url": addresses.url_of(business.slug) + "/"}
        return Response(SignedUpSerializer(told).data, status=201)

    def slug(self, request: Request) -> Response:
        """`?name=` and, if known, `&industry=`: the address it would get."""
        name, industry = request.query_params.get("name", ""), request.query_params.get("industry")
        if not name.strip():
            raise serializers.ValidationError({"name": [_("Give the name of the business.")]})
        return Response(AddressSerializer(address_of(name, industry)).data)

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = {"name", "industry", "format"} if self.action == "slug" else {"format"}
        if unknown := sorted(set(request.query_params) - known):
            raise UnknownParameter(unknown)


class FindSerializer(Strict):
    """Whose business is looked for."""

    email = serializers.EmailField(max_length=254)


class AnswerSerializer(Strict):
    """The same for every e-mail."""

    detail = serializers.CharField()


class FindViewSet(GuardedViewSet):
    """Finding one's own business again."""

    guards: ClassVar[dict[str, str]] = {"create": PUBLIC}
    takes: ClassVar[dict[str, Any]] = {"create": FindSerializer}
    gives: ClassVar[dict[str, Any]] = {"create": AnswerSerializer}
    throttle_classes = (Anonymous,)

    def create(self, request: Request) -> Response:
        """If the e-mail belongs to somebody's team, one letter lists the addresses. The answer never says."""
        sealed = finding.ask(self.checked().validated_data["email"], address=client_address(request))
        tasks.send_addresses.delay(sealed, translation.get_language())
        told = _("If this e-mail belongs to the team of a business here, a letter with its address is on the way.")
        return Response(AnswerSerializer({"detail": told}).data, status=202)

    create.status = 202  # type: ignore[attr-defined]  # as the document says


api_urls = [
    path("find-business/", FindViewSet.as_view({"post": "create"}), name="api-find-business"),
    path("signup/", SignUpViewSet.as_view({"post": "create"}), name="api-signup"),
    path("signup/slug/", SignUpViewSet.as_view({"get": "slug"}), name="api-signup-slug"),
]
