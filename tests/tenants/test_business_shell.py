"""`make shell`: a prompt that stands inside one business."""

import pytest
from django.core.management import CommandError, call_command

from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

COMMAND = "from apps.tenants.postgres.context import current_schema; print(current_schema())"


def test_it_stands_inside_the_business_and_leaves_it_again(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    before = current_schema()

    call_command("business_shell", "globex", command=COMMAND, verbosity=0)

    assert capsys.readouterr().out.strip() == Business.objects.get(slug="globex").schema_name
    assert current_schema() == before


def test_an_unknown_slug_is_answered_with_the_known_ones(db: None) -> None:
    with pytest.raises(CommandError, match=r"No business 'acne'\. There are: acme, globex\."):
        call_command("business_shell", "acne")
