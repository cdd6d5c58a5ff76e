"""The persona a new business starts with, in every business's schema."""

from typing import Any

from django.db import migrations

GREETING_EN = "Hello! Thank you for writing to us. How can we help you today?"
GREETING_AR = "أهلاً بك! شكراً لتواصلك معنا. كيف نساعدك اليوم؟"


def seed(apps: Any, editor: Any) -> None:
    """Make version 1."""
    apps.get_model("assistant", "Persona").objects.using(editor.connection.alias).create(
        version=1, greeting_en=GREETING_EN, greeting_ar=GREETING_AR
    )


class Migration(migrations.Migration):
    dependencies = [("assistant", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop, hints={"model_name": "persona"})]
