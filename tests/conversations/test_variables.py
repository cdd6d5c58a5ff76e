"""What stands between {{ and }}: what may, what it becomes, and what is marked."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from apps.conversations import variables


@pytest.mark.parametrize(
    "text",
    ["Hello {{customer.name}}", '{{ customer_name | default:"friend" }}', "{{booking.amount|money}}", "{{slots?}}", ""],
)
def test_these_can_be_kept(text):
    variables.check(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{customer.nam}}", "Did you mean customer.name?"),
        ("{{customer_nme}}", "Did you mean customer_name?"),
        ("{{xyzzyqwj}}", "There is no variable xyzzyqwj."),
        ("{{customer.name|upper}}", "date, time or money"),
        ("{{customer.name", "begins with"),
        ("{{customer.__class__}}", "There is no variable"),
        ("{{1+1}}", "is not a variable"),
        ("Hello ⟦name⟧", "cannot contain"),
    ],
)
def test_these_cannot(text, said):
    with pytest.raises(ValidationError) as refused:
        variables.check(text)

    assert said in " ".join(refused.value.messages)


def test_a_missing_value_is_marked_unless_something_stands_in():
    text = 'Dear {{customer.name|default:"friend"}}, {{booking.reference?}} your code {{payment.link}}.'

    filled = variables.fill(text, {}, "en")

    assert filled.body == "Dear friend, your code ⟦payment link⟧."
    assert filled.missing == ("payment.link",)
    assert variables.marks(filled.body) == ["payment link"]


def test_values_are_written_in_the_language_and_never_read_as_variables():
    values = {"customer.name": "{{business.name}}", "booking.amount": Decimal("50"), "customer.is_vip": True}

    assert variables.fill("{{customer.name}} {{amount|money}}", values, "en").body == "{{business.name}} $50"
    assert variables.fill("{{customer.is_vip}}", values, "ar").body == "نعم"
