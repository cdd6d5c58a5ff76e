"""Where one bundled PostgreSQL lies, how it is reached, and whether it runs. Nothing here changes anything."""

import hashlib
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from apps.tenants.embedded import wheel
from apps.tenants.embedded.process import command_line, is_gone
from apps.tenants.embedded.wheel import ClusterError

# Not tempfile.gettempdir(): every process must come to the same answer whatever its TMPDIR.
SHORT_SOCKETS = Path("/tmp")  # noqa: S108
LONGEST_SOCKET = 100


@dataclass(frozen=True)
class Place:
    """The PostgreSQL that lives under `var_dir`. It listens on a Unix socket alone, so no port is ever taken.

    Everything lies in `var_dir/postgres`. When root starts it in a folder that no unprivileged user can enter,
    `var_dir/postgres` is a link to a folder under /var/lib/majlis, which removing `var_dir` leaves behind.
    """

    var_dir: Path

    superuser = "postgres"
    port = 5432  # only the socket file's suffix

    @property
    def door(self) -> Path:
        """The cluster's folder as seen from `var_dir`: the folder itself, or the link to it."""
        return self.var_dir.resolve() / "postgres"

    @property
    def home(self) -> Path:
        """Where everything of this cluster really lies."""
        return self.door.resolve()

    @property
    def data_dir(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says since its last start; the start before is beside it as `log.1`."""
        return self.home / "log"

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket: the host of every connection, the same before the first start and after.

        Short enough for the kernel however long `var_dir` is.
        """
        name = f"socket/.s.PGSQL.{self.port}"
        if max(len(str(self.door / name)), len(str(self.home / name))) < LONGEST_SOCKET:
            return self.door / "socket"
        return SHORT_SOCKETS / f"majlis-{hashlib.sha256(str(self.door).encode()).hexdigest()[:16]}"

    @property
    def binaries(self) -> Path:
        """The folder of the server's and the client's programs."""
        return wheel.programs(self.home)

    @property
    def superuser_password(self) -> str:
        """Made at first start. Raises ClusterError before."""
        try:
            return (self.home / "superuser").read_text().strip()
        except OSError as error:
            raise ClusterError(f"No superuser password in {self.home}: {error.strerror}.") from error

    def tool(self, name: str) -> Path:
        """The path of a program such as "pg_dump" or "psql". Raises ClusterError when there is none of that name."""
        path = self.binaries / name
        if not path.is_file():
            raise ClusterError(f"The bundled PostgreSQL has no program {name!r}.")
        return path

    def dsn(self, user: str, password: str, dbname: str) -> str:
        """A URL for libpq: psycopg, psql, pg_dump."""
        host = f"{quote(str(self.socket_dir), '')}:{self.port}"
        return f"postgresql://{quote(user, '')}:{quote(password, '')}@{host}/{quote(dbname, '')}"

    def admin_dsn(self, dbname: str = "postgres") -> str:
        """`dsn` of the superuser. Raises ClusterError before the first start."""
        return self.dsn(self.superuser, self.superuser_password, dbname)

    def url(self, user: str, password: str, dbname: str) -> str:
        """A URL for django-environ, whose way to name a socket differs from libpq's: it stands in the path."""
        return f"postgres://{quote(user, '')}:{quote(password, '')}@/{quote(str(self.socket_dir))}/{quote(dbname, '')}"

    def pid(self) -> int | None:
        """The living server's process id, read from its own file and checked against the process."""
        try:
            pid = int((self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if not is_gone(pid) and str(self.data_dir) in command_line(pid) else None

    def is_running(self) -> bool:
        """Is there a server that takes connections?"""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{self.port}"))
            except OSError:
                return False
        return True

    def last_words(self) -> str:
        """The end of the log in one line, for messages of failure."""
        try:
            return " / ".join(self.log.read_text(errors="replace").strip().splitlines()[-5:])
        except OSError:
            return "no log"
