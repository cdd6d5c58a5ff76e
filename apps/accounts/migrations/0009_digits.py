from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_secrets_record_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="employee",
            name="digits",
            field=models.CharField(
                blank=True, choices=[("latin", "Latin"), ("arabic", "Arabic")], default="", max_length=6
            ),
            preserve_default=False,
        ),
    ]
