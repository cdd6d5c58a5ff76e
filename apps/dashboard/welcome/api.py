"""The wizard by JSON: how far it is, and its verbs."""

from typing import Any, ClassVar

from django.db import transaction
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assistant.actions import edit_persona
from apps.assistant.models import Persona
from apps.core.access import require
from apps.core.api import GuardedViewSet, Strict
from apps.core.guards import SIGNED_IN
from apps.dashboard.welcome import starter, steps
from apps.tenants.models import Business


class StepSerializer(Strict):
    """One step and where it stands."""

    number = serializers.IntegerField()
    key = serializers.CharField()
    state = serializers.ChoiceField(["done", "skipped", "current", "open"])


class OnboardingSerializer(Strict):
    """How far a business is."""

    onboarding_step = serializers.IntegerField()
    onboarding_skipped = serializers.ListField(child=serializers.IntegerField())
    onboarded_at = serializers.DateTimeField(allow_null=True)
    steps = StepSerializer(many=True)


class WhichStepSerializer(Strict):
    """A step by its number; without one, the first that is not yet done."""

    step = serializers.IntegerField(min_value=1, max_value=5, required=False)


class StepAgainSerializer(Strict):
    """A step by its number."""

    step = serializers.IntegerField(min_value=1, max_value=5)


class PackSerializer(Strict):
    """A starter pack, by default the business's own trade's, and which of its services; by default all."""

    industry = serializers.ChoiceField(Business.Industry.choices, required=False)
    services = serializers.ListField(child=serializers.CharField(max_length=50), required=False)


class AppliedSerializer(Strict):
    """What applying a pack has added."""

    industry = serializers.CharField()
    services = serializers.ListField(child=serializers.UUIDField())
    replies = serializers.ListField(child=serializers.UUIDField())
    hours = serializers.BooleanField()


class OnboardingViewSet(GuardedViewSet):
    """The first steps of the business of this host."""

    guards: ClassVar[dict[str, str]] = {
        "retrieve": SIGNED_IN, "advance": "settings.edit", "skip": "settings.edit", "reopen": "settings.edit",
        "apply_pack": "settings.edit",
    }  # fmt: skip
    serializer_class = OnboardingSerializer
    takes: ClassVar[dict[str, Any]] = {
        "advance": WhichStepSerializer, "skip": WhichStepSerializer, "reopen": StepAgainSerializer,
        "apply_pack": PackSerializer,
    }  # fmt: skip
    gives: ClassVar[dict[str, Any]] = {"apply_pack": AppliedSerializer}

    def retrieve(self, request: Request) -> Response:
        """How far it is."""
        return self._told(steps.progress(self.request.business.id))

    def advance(self, request: Request) -> Response:
        """A step is done. The last one only once a message was answered."""
        return self._moved(steps.advance)

    def skip(self, request: Request) -> Response:
        """Leave a step out; that is noted."""
        return self._moved(steps.skip)

    def reopen(self, request: Request) -> Response:
        """Go through a step again."""
        return self._moved(steps.reopen)

    def apply_pack(self, request: Request) -> Response:
        """Offer a starter pack's services, and greet in its words while nobody has chosen others. Twice is once."""
        facts = self.checked().validated_data
        require(request.user, "services.create")
        row = Business.objects.get(pk=self.request.business.id)
        pack = starter.pack_of(facts.get("industry", row.industry))
        keys = facts.get("services", [each["key"] for each in pack.services])
        with transaction.atomic():
            made = starter.apply_services(pack, keys=keys, prices={}, currency=row.currency, by=self.actor)
            replies = starter.apply_replies(pack, language=row.primary_language, by=self.actor)
            hours = starter.apply_hours(pack, by=self.actor)
            if self.request.user.may("prompts.edit") and Persona.objects.get(is_current=True).version == 1:
                words = {f"greeting_{each}": pack.greeting(each, row.name) for each in ("ar", "en")}
                edit_persona(by=self.actor, tone=pack.persona["tone"], **words)
        told: dict[str, Any] = {"industry": pack.industry, "hours": hours, "services": [each.pk for each in made]}
        told["replies"] = [each.pk for each in replies]
        return Response(AppliedSerializer(told).data)

    def _moved(self, verb: Any) -> Response:
        wanted = self.checked().validated_data.get("step")
        step = wanted or min(steps.progress(self.request.business.id).step, steps.LAST)
        return self._told(verb(self.request.business.id, step=step, by=self.actor))

    def _told(self, progress: steps.Progress) -> Response:
        told = {
            "onboarding_step": progress.step, "onboarding_skipped": list(progress.skipped),
            "onboarded_at": progress.done_at,
            "steps": [
                {"number": number, "key": key, "state": progress.state_of(number)}
                for number, key in steps.KEYS.items()
            ],
        }  # fmt: skip
        return Response(OnboardingSerializer(told).data)


def _verb(name: str) -> Any:
    return OnboardingViewSet.as_view({"post": name})


api_urls = [
    path("onboarding/", OnboardingViewSet.as_view({"get": "retrieve"}), name="api-onboarding"),
    path("onboarding/advance/", _verb("advance"), name="api-onboarding-advance"),
    path("onboarding/skip/", _verb("skip"), name="api-onboarding-skip"),
    path("onboarding/reopen/", _verb("reopen"), name="api-onboarding-reopen"),
    path("onboarding/apply-pack/", _verb("apply_pack"), name="api-onboarding-apply-pack"),
]
