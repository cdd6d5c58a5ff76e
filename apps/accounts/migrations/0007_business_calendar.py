"""The opening hours every business begins with: Monday to Friday, 09:00 to 20:00, in its own time zone."""

from typing import Any

from django.db import migrations

from apps.accounts.models.calendar import opening_week


def seed(apps: Any, editor: Any) -> None:
    apps.get_model("accounts", "Calendar").objects.using(editor.connection.alias).create(
        purpose="business", weekly=opening_week()
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_calendars")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop, hints={"model_name": "calendar"})]
