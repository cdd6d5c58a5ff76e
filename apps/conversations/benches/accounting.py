"""After the drill: is everything that was acknowledged there once, in order, and is every element accounted for?

Every check names what is wrong in a sentence with numbers; an empty list is the pass. Runs inside the business.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min

from apps.conversations import tasks
from apps.conversations.benches.clients import Answer
from apps.conversations.benches.news import News
from apps.conversations.models import Conversation, Message
from apps.customers.models import Customer
from apps.gateways.models import Delivery, DeliveryElement

ANSWERED = ("sent", "delivered", "read")
Verdict = tuple[dict[str, Any], list[str]]  # figures by name, failures


def of_messages(news: News, answers: Iterable[Answer]) -> Verdict:
    """Every acknowledged message is stored once, with one element that says so; nobody met two customers."""
    acknowledged = {news.shas[answer.n] for answer in answers if answer.status == 200}
    complete = acknowledged == set(news.sizes)
    stored = Counter(Message.objects.filter(direction="in").values_list("external_id", flat=True))
    named = Counter(
        DeliveryElement.objects.filter(outcome="stored", external_id__in=news.messages).values_list(
            "external_id", flat=True
        )
    )
    lost = set(news.messages) - set(stored)
    double = [id for id, count in stored.items() if count > 1] + [id for id, count in named.items() if count > 1]
    customers, senders = Customer.objects.count(), len(set(news.messages.values()))
    return {
        "messages expected": len(news.messages), "messages stored": sum(stored.values()), "lost": len(lost),
        "double": len(double), "customers": customers,
    }, [
        *_unless(complete, f"{len(set(news.sizes) - acknowledged)} bodies were never acknowledged"),
        *_unless(not lost, f"{len(lost)} acknowledged messages are lost"),
        *_unless(not double, f"{len(double)} messages are there twice"),
        *_unless(customers == senders, f"{customers} customers for {senders} people"),
        *_unless(set(stored) <= set(news.messages), "messages that nobody sent"),
    ]  # fmt: skip


def of_order(inbox_id: UUID) -> Verdict:
    """Nothing but messages takes a place in these conversations: 1 to n without a gap, and the counter says n."""
    rows = Conversation.objects.filter(inbox_id=inbox_id).annotate(
        count=Count("messages"), first=Min("messages__arrived_seq"), last=Max("messages__arrived_seq"),
        places=Count("messages__arrived_seq", distinct=True),
    )  # fmt: skip
    gaps = [row.number for row in rows if not row.first == 1 <= row.count == row.places == row.last == row.last_seq]
    return {"conversations in order": len(rows)}, _unless(not gaps, f"{len(gaps)} conversations have gaps")


def of_counters() -> Verdict:
    """Every change has taken the next number: the highest of a conversation's rows is its counter."""
    rows = Conversation.objects.annotate(highest=Max("messages__seq"))
    wrong = [row.number for row in rows if row.highest != row.last_seq]
    return {}, _unless(not wrong, f"{len(wrong)} conversations count wrongly")


def of_elements(news: News, answers: Iterable[Answer]) -> Verdict:
    """Received = stored + duplicate + ignored + dead letter + held + to do; each delivery has all its elements."""
    answers = list(answers)
    tries = news.tried({answer.n: answer.tries for answer in answers})
    acknowledged = news.tried({answer.n: 1 for answer in answers if answer.status == 200})
    kept = Counter(Delivery.objects.values_list("body_sha256", flat=True))
    unkept = [sha for sha, count in acknowledged.items() if kept[sha] < count]
    invented = [sha for sha, count in kept.items() if count > tries[sha]]
    torn = Delivery.objects.annotate(found=Count("elements")).exclude(found=F("element_count")).count()
    outcomes = Counter(DeliveryElement.objects.values_list("outcome", flat=True))
    received = sum(news.sizes[sha] * count for sha, count in kept.items())
    undone = outcomes["failed"] + outcomes["pending"] + outcomes["processing"]
    return {
        "deliveries kept": kept.total(), "elements received": received,
        **{f"elements {name}": count for name, count in sorted(outcomes.items())},
    }, [
        *_unless(not unkept, f"{len(unkept)} acknowledged bodies left no delivery"),
        *_unless(not invented, f"{len(invented)} bodies have more deliveries than were posted"),
        *_unless(not torn, f"{torn} deliveries miss elements"),
        *_unless(received == outcomes.total(), f"{received} elements received, {outcomes.total()} accounted for"),
        *_unless(not undone, f"{undone} elements still undone"),
    ]  # fmt: skip


def of_greetings(news: News, inbox_id: UUID, heard: Counter[str]) -> Verdict:
    """One greeting for each customer of the assistant's number, and never a second one on a phone.

    A worker killed while it sent leaves a message under way; the sweeper owns up to it as unknown, which is aged here.
    """
    under_way = Message.objects.filter(inbox_id=inbox_id, direction="out", status="sending")
    for message in under_way:
        Message.objects.filter(pk=message.pk).update(claimed_at=message.claimed_at - timedelta(minutes=10))
    tasks.sweep()
    sent: dict[str, list[str]] = {sender: [] for sender in news.to_assistant}
    greetings = Message.objects.filter(inbox_id=inbox_id, direction="out", actor_kind="assistant")
    for greeting in greetings.select_related("conversation__customer").prefetch_related(
        "conversation__customer__identities"
    ):
        names = {identity.value.removeprefix("+") for identity in greeting.conversation.customer.identities.all()}
        sent[next(iter(names & set(sent)))].append(greeting.status)
    phones = Counter({name.removeprefix("+"): count for name, count in heard.items()})
    ungreeted = [name for name, statuses in sent.items() if not statuses]
    twice = [name for name, statuses in sent.items() if len(statuses) > 1 or phones[name] > 1]
    unheard = [name for name, found in sent.items() if set(found) & set(ANSWERED) and phones[name] != 1]
    statuses = Counter(status for found in sent.values() for status in found)
    unsettled = statuses.total() - statuses["unknown"] - sum(statuses[status] for status in ANSWERED)
    waiting = Conversation.objects.filter(
        inbox_id=inbox_id, holder="assistant", needs_human=False, waiting_since__isnull=False
    ).count()
    return {
        "greetings due": len(sent), "greetings on phones": phones.total(),
        **{f"greetings {name}": count for name, count in sorted(statuses.items())},
    }, [
        *_unless(not ungreeted, f"{len(ungreeted)} customers were never greeted"),
        *_unless(not twice, f"{len(twice)} customers were greeted twice"),
        *_unless(not unheard, f"{len(unheard)} greetings count as sent and were not heard once"),
        *_unless(not unsettled, f"{unsettled} greetings are neither sent nor owned up to"),
        *_unless(not waiting, f"{waiting} customers wait for an assistant that has forgotten them"),
    ]  # fmt: skip


def _unless(fine: bool, failure: str) -> list[str]:
    return [] if fine else [failure]
