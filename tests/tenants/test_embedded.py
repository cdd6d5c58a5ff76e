"""The bundled PostgreSQL: as root and as anybody, in any folder, after any death."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import environ
import psycopg
import pytest

from apps.tenants.embedded import Cluster, ClusterError
from apps.tenants.embedded.__main__ import main
from tests.tenants.clusters import ask, processes_of, tell, wait_until


def test_first_start_makes_a_cluster_that_speaks_utf8_and_asks_for_passwords(folder: Path) -> None:
    cluster = Cluster(folder)

    assert cluster.is_running() is False
    assert cluster.start() is True

    assert cluster.is_running() is True
    assert ask(cluster, "SELECT lower('ÉCOLE') || current_setting('server_encoding')") == "écoleUTF8"
    assert ask(cluster, "SELECT current_setting('listen_addresses')") == ""
    assert ask(cluster, "SELECT current_setting('max_locks_per_transaction')") == "512"
    assert ask(cluster, "SELECT current_setting('fsync')") == "on"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.dsn("postgres", "guess", "postgres"))
    assert (cluster.home / "superuser").stat().st_mode & 0o777 == 0o600
    assert cluster.socket_dir.stat().st_mode & 0o777 == 0o700


def test_only_who_started_it_is_told_so(folder: Path) -> None:
    cluster = Cluster(folder)

    answers = [cluster.start(), cluster.start(), cluster.stop(), cluster.stop()]

    assert answers == [True, False, True, False]
    assert cluster.is_running() is False
    assert processes_of(folder) == []


def test_two_starters_do_not_race(folder: Path) -> None:
    answers: list[bool] = []
    starters = [threading.Thread(target=lambda: answers.append(Cluster(folder).start())) for _ in range(4)]

    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert sorted(answers) == [False, False, False, True]
    assert len(processes_of(folder)) == 1


def test_data_survive_stop_and_kill(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    tell(cluster, "CREATE TABLE kept AS SELECT 7 AS it")

    cluster.stop()
    assert cluster.start() is True
    assert ask(cluster, "SELECT it FROM kept") == 7

    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert cluster.start() is True
    assert ask(cluster, "SELECT it FROM kept") == 7


def test_a_stale_pid_that_is_a_strangers_now_does_not_stop_a_start(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    stale = cluster.data_dir / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        stale.write_text(stale.read_text().replace(str(pid), str(stranger.pid), 1))

        assert cluster.pid() is None
        assert cluster.start() is True

        assert stranger.poll() is None
        stranger.kill()


def test_an_interrupted_first_start_is_begun_again(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.home.mkdir()
    (cluster.home / "data.new").mkdir()
    (cluster.home / "data.new" / "PG_VERSION").write_text("18")

    assert cluster.start() is True
    assert ask(cluster, "SELECT 1") == 1


def test_two_clusters_live_side_by_side(folder: Path) -> None:
    one, other = Cluster(folder / "one"), Cluster(folder / "other")
    try:
        assert (one.start(), other.start()) == (True, True)
        tell(one, "CREATE TABLE mine ()")
        assert ask(other, "SELECT to_regclass('mine')::text") is None

        assert one.stop() is True
        assert other.is_running() is True
    finally:
        one.stop()
        other.stop()


@pytest.mark.parametrize("name", ["s" * 150, "with a space & ü+%"])
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    cluster = Cluster(folder / name)
    before = cluster.socket_dir
    try:
        cluster.start()

        assert cluster.socket_dir == before
        assert len(str(cluster.socket_dir)) < 90
        assert ask(cluster, "SELECT 1") == 1
        facts = environ.Env().db_url_config(cluster.url("postgres", cluster.superuser_password, "postgres"))
        with psycopg.connect(
            host=facts["HOST"], user=facts["USER"], password=facts["PASSWORD"], dbname=facts["NAME"]
        ) as connection:
            assert connection.execute("SELECT 2").fetchone() == (2,)
    finally:
        cluster.stop()
    assert not (cluster.socket_dir / ".s.PGSQL.5432").exists()


def test_passwords_of_any_letters_survive_both_kinds_of_url(folder: Path) -> None:
    cluster, password = Cluster(folder), "p@ss/w:rd %+?#"
    cluster.start()
    tell(cluster, f"CREATE ROLE guest LOGIN PASSWORD '{password}'")

    facts = environ.Env().db_url_config(cluster.url("guest", password, "postgres"))

    assert (facts["USER"], facts["PASSWORD"], facts["NAME"]) == ("guest", password, "postgres")
    assert facts["HOST"] == str(cluster.socket_dir)
    psycopg.connect(cluster.dsn("guest", password, "postgres")).close()


def test_a_foreign_folder_in_place_of_the_short_socket_folder_is_refused(folder: Path) -> None:
    cluster = Cluster(folder / ("s" * 150))
    cluster.socket_dir.mkdir(mode=0o777)
    cluster.socket_dir.chmod(0o777)
    try:
        with pytest.raises(ClusterError, match="not ours"):
            cluster.start()
        assert cluster.is_running() is False
    finally:
        cluster.socket_dir.rmdir()


def test_a_server_that_follows_its_parent_ends_with_it_even_by_kill_9(folder: Path) -> None:
    cluster = Cluster(folder)
    parent = os.fork()
    if parent == 0:
        cluster.start(follow_parent=True)
        time.sleep(60)
        os._exit(0)
    wait_until(cluster.is_running)

    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)

    wait_until(lambda: processes_of(folder) == [])
    assert "database system is shut down" in cluster.log.read_text()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    cluster.stop()
    (cluster.data_dir / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(ClusterError, match="incompatible with server"):
        cluster.start()
    assert cluster.is_running() is False


def test_a_program_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ClusterError, match="no program 'pg_dance'"):
        Cluster(folder).tool("pg_dance")


def test_the_extensions_we_use_are_there(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()

    for name in ("pg_trgm", "btree_gist", "citext", "unaccent"):
        tell(cluster, f"CREATE EXTENSION {name}")

    assert ask(cluster, "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'") == 4


def test_by_hand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [main([verb, "--var-dir", str(folder)]) for verb in ("status", "start", "start", "status", "stop", "stop")]

    assert codes == [3, 0, 0, 0, 0, 0]
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0], *lines[1:3], *lines[4:]] == [
        "not running",
        "started",
        "was running",
        "stopped",
        "was not running",
    ]


def test_run_keeps_the_server_up_for_a_command_and_returns_its_code(folder: Path) -> None:
    command = "import os, sys; from pathlib import Path; from apps.tenants.embedded import Cluster; "
    command += "sys.exit(7 if Cluster(Path(os.environ['VAR_DIR'])).is_running() else 1)"
    words = ["-m", "apps.tenants.embedded", "--var-dir", str(folder), "--disposable", "run", "--"]

    done = subprocess.run([sys.executable, *words, sys.executable, "-c", command], check=False)

    assert done.returncode == 7
    assert processes_of(folder) == []
