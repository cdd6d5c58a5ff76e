"""The four system roles, in every business's schema. Words are copied, so that later changes are migrations too."""

from typing import Any

from django.db import migrations

from apps.accounts.roles import SYSTEM_ROLES, words_of


def seed(apps: Any, editor: Any) -> None:
    """Make each role with the group that carries its object grants."""
    Group, Role = apps.get_model("auth", "Group"), apps.get_model("accounts", "Role")
    for sort, (name, display, description, colour, initial) in enumerate(SYSTEM_ROLES):
        group = Group.objects.using(editor.connection.alias).create(name=name)
        Role.objects.using(editor.connection.alias).create(
            group=group, name=name, display_name=display, description=description, colour=colour,
            permissions=words_of(initial), is_system=True, sort=sort,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop, hints={"model_name": "role"})]
