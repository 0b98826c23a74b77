"""An order's story, and an upload's, is found by its subject."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_audit_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject", ""), _negated=True), fields=["subject"], name="audit_subject"
            ),
        ),
    ]
