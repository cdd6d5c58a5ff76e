"""The words that stick on customers and conversations: made, renamed, thrown away."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.models import Label


@transaction.atomic
def create_label(*, name: str, by: Actor, colour: str = "") -> Label:
    """A new label. Refuses `duplicate` a name that is there, whatever the case."""
    label = _kept(Label(name=name.strip(), **({"colour": colour} if colour else {})))
    audit.record(by, "created", label, after={"name": label.name})
    return label


@transaction.atomic
def edit_label(label: Label, *, by: Actor, **facts: str) -> Label:
    """Another name or colour, wherever it sticks."""
    label = Label.objects.select_for_update().get(pk=label.pk)
    before = audit.facts(label)
    for name, value in facts.items():
        setattr(label, name, value.strip())
    label = _kept(label)
    audit.record(by, "edited", label, **audit.changed(label, before))
    return label


@transaction.atomic
def delete_label(label: Label, *, by: Actor) -> None:
    """Take it off everybody and everything."""
    audit.record(by, "deleted", label, before={"name": label.name})
    label.delete()


def _kept(label: Label) -> Label:
    label.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError:
        raise Refusal("duplicate", _("There is a label of this name already.")) from None
    return label
