"""What a business takes out holds every table of its own and nothing of its twin's (TEN-22, R-069)."""

import gzip
import tarfile
from io import BytesIO

from django_tenants.utils import tenant_context

from apps.tenants import vault
from apps.tenants.models import Business
from apps.tenants.moving import leaving
from tests.isolation.twins import FOREIGN, FOREIGN_NUMBER, FOREIGN_SHARED, OWN


def test_an_archive_holds_every_table_and_nothing_of_another(twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    sealed, key = BytesIO(), vault.new_key()

    with tenant_context(acme):
        manifest = leaving.pack(sealed, key=key)

    sealed.seek(0)
    clear = vault.unlock(sealed, key=key).read()
    with tarfile.open(fileobj=BytesIO(clear)) as archive:
        files = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    said = b"\n".join(gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()).decode()
    empty = {name for name, count in manifest["tables"].items() if not count["rows"]}
    assert empty <= {"accounts_user_user_permissions", "auth_group_permissions"}, empty
    assert OWN in said
    for foreign in (FOREIGN, FOREIGN_NUMBER, FOREIGN_SHARED, globex.schema_name):
        assert foreign not in said
