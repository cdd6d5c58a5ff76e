"""`manage.py seed_samia_tarot`: the first business alone."""

from apps.dashboard.demo import samia
from apps.dashboard.management.commands import seed_demo


class Command(seed_demo.Command):
    """As seed_demo, for samia-tarot."""

    help = "Seed the first business, samia-tarot."
    businesses = (samia,)
