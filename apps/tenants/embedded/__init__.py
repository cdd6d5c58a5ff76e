"""Majlis on one machine with no server to install: the bundled PostgreSQL, a broker of files, one process tree.

Here: `Cluster` (where the database's files lie, how it is started and stopped, and as whom), `broker`, and what
`manage.py up` is made of (`supervisor`, `parts`, `preparation`). Not here: roles, databases and grants, which are
`prepare_database`'s. `Cluster` needs no Django, because the settings ask it for addresses, and remembers nothing
between two calls: what is true is read from the folder each time.

    cluster = Cluster(Path("var"))
    if cluster.start():      # False when it was running already: then somebody else stops it
        cluster.stop()

By hand: `python -m apps.tenants.embedded status`.
"""

from apps.tenants.embedded.cluster import Cluster
from apps.tenants.embedded.wheel import ClusterError

__all__ = ["Cluster", "ClusterError"]
