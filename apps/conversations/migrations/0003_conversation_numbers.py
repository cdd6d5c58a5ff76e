"""The counter behind #1, #2, … of a business. Gaps are allowed, repetition is not."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE conversations_number",
            "DROP SEQUENCE conversations_number",
            hints={"model_name": "conversation"},
        )
    ]
