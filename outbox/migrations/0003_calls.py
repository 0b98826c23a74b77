from django.db import migrations, models
from django.db.models import Q

import access.encryption


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_leases_and_paces")]

    operations = [
        migrations.RemoveField(model_name="entry", name="turn_at"),
        migrations.AddField(
            model_name="entry",
            name="pace",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(model_name="entry", name="erased_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="attempt", name="said", field=access.encryption.EncryptedTextField(blank=True)),
        migrations.CreateModel(
            name="Way",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(failures=0, failing_since__isnull=True, held_until__isnull=True)
                        | Q(failures__gt=0, failing_since__isnull=False),
                        name="a_way_is_held_only_while_it_fails",
                    )
                ],
            },
        ),
    ]
