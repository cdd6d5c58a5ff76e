"""The simulator's JSON door: for tests and for whoever may try the assistant (GW-45)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.gateways.models import Inbox, SimulatorBubble, SimulatorPhone
from apps.gateways.simulator import phone as verbs
from apps.gateways.simulator import statuses
from apps.gateways.simulator.deeds import DEEDS, perform

LAST = 100  # bubbles shown of one phone
STATUSES = ("sent", "delivered", "read", "played", "failed", "deleted")


class BubbleSerializer(StrictModel):
    """One thing a phone shows."""

    class Meta:
        model = SimulatorBubble
        fields = ("id", "direction", "type", "body", "payload", "external_id", "reply_to_external", "provider_at",
                  "status", "reaction", "edited_at", "revoked_at", "created_at", "updated_at")  # fmt: skip
        read_only_fields = fields


class PhoneSerializer(StrictModel):
    """A pretend phone with its switches and its clock."""

    clock_seconds = serializers.SerializerMethodField()

    class Meta:
        model = SimulatorPhone
        fields = ("id", "inbox", "number", "name", "language", "provider_user", "faults", "seed", "clock_seconds",
                  "created_at", "updated_at")  # fmt: skip
        read_only_fields = fields

    def get_clock_seconds(self, phone: SimulatorPhone) -> int:
        return int(phone.clock_offset.total_seconds())


class StateSerializer(PhoneSerializer):
    """The same with what it shows, oldest first."""

    bubbles = BubbleSerializer(many=True, source="shown", read_only=True)

    class Meta:
        model = SimulatorPhone
        fields = (*PhoneSerializer.Meta.fields, "bubbles")
        read_only_fields = fields


class NewPhoneSerializer(Strict):
    """A pretend customer; without an inbox, of the first simulator inbox there is."""

    inbox = serializers.PrimaryKeyRelatedField(queryset=Inbox.objects.filter(gateway="simulator"), required=False)
    number = serializers.CharField(max_length=16)
    name = serializers.CharField(max_length=60, required=False)
    language = serializers.CharField(max_length=8, required=False)


class PhoneDeedSerializer(Strict):
    """What the pretend customer does: `type`, and of the other fields those that it needs."""

    type = serializers.ChoiceField(sorted(set(DEEDS) - {"file"}), default="text")
    text = serializers.CharField(max_length=4096, required=False)
    message = serializers.CharField(max_length=128, required=False)
    choice = serializers.CharField(max_length=256, required=False)
    emoji = serializers.CharField(max_length=16, required=False, allow_blank=True)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False)
    name = serializers.CharField(max_length=60, required=False)
    number = serializers.CharField(max_length=16, required=False)


class StatusSerializer(Strict):
    """What the provider says of a message of ours, whatever it said before."""

    message = serializers.CharField(max_length=128)
    status = serializers.ChoiceField(STATUSES)
    at = serializers.DateTimeField(required=False)
    code = serializers.IntegerField(min_value=0, max_value=999_999, required=False)


class FaultSerializer(Strict):
    """All switches of a phone at once (GW-42)."""

    faults = serializers.DictField()
    seed = serializers.IntegerField(min_value=-(2**31), max_value=2**31 - 1, required=False)


class ClockSerializer(Strict):
    """How far the provider's clock is from the server's."""

    seconds = serializers.IntegerField(min_value=-30 * 86_400, max_value=30 * 86_400)


class SimulatorViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Pretend phones. Open to holders of `prompts.test` or of `settings.whatsapp`."""

    queryset = SimulatorPhone.objects.filter(inbox__archived_at=None).select_related("inbox")
    serializer_class = PhoneSerializer
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "create": "use"}
    takes: ClassVar[dict[str, Any]] = {"create": NewPhoneSerializer}
    gives: ClassVar[dict[str, Any]] = {"retrieve": StateSerializer}

    @property
    def asks_first(self) -> list[str]:
        """Either word opens this door."""
        return [] if self.request.user.may("settings.whatsapp") else super().asks_first

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A phone and what it shows."""
        return Response(state_of(self.get_object()))

    def create(self, request: Request) -> Response:
        """Add a pretend customer; one that is there already stays as it is."""
        facts = dict(self.checked().validated_data)
        inbox = facts.pop("inbox", None) or verbs.first_inbox()
        return self.write(lambda: verbs.add_phone(inbox, by=self.actor, **facts), 201)

    @verb("use", takes=PhoneDeedSerializer, gives=BubbleSerializer, plain=True)
    def message(self, phone: SimulatorPhone, type: str, **given: Any) -> Any:
        """Have the pretend customer write, tap, react, edit, delete, send a place or a picture, or change number."""
        bubble = perform(phone, type, given)
        return BubbleSerializer(bubble).data if bubble else {}

    @verb("use", takes=StatusSerializer, gives=StateSerializer, plain=True)
    def status(
        self, phone: SimulatorPhone, message: str, status: str, at: datetime | None = None, code: int | None = None
    ) -> Any:
        """Have the provider tell a status of a message of ours."""
        statuses.tell(statuses.ours(phone, message), status=status, at=at, code=code)
        return state_of(phone)

    @verb("use", takes=FaultSerializer, gives=PhoneSerializer, plain=True)
    def fault(self, phone: SimulatorPhone, faults: dict[str, Any], seed: int | None = None) -> Any:
        """Set every switch of the pretend network."""
        return PhoneSerializer(verbs.set_faults(phone, faults=faults, seed=seed, by=self.actor)).data

    @verb("use", takes=ClockSerializer, gives=PhoneSerializer)
    def clock(self, phone: SimulatorPhone, seconds: int) -> Any:
        """Move the provider's clock."""
        return verbs.set_clock(phone, offset=timedelta(seconds=seconds), by=self.actor)


def state_of(phone: SimulatorPhone) -> dict[str, Any]:
    """A phone and the end of what it shows."""
    phone.shown = list(phone.bubbles.reverse()[:LAST])[::-1]  # type: ignore[attr-defined]
    return dict(StateSerializer(phone).data)


router = SimpleRouter(use_regex_path=False)
router.register("simulator", SimulatorViewSet, basename="api-simulator")
api_urls = router.urls
