"""Writing whole or not at all, one at a time, and only what was meant."""

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest
from conftest import REPOSITORY, index_toml

from cci_cli import files, staging
from cci_cli.errors import LockedError, SystemFailureError

HEADER = "node_id,province,model,cards\n"


@pytest.fixture
def workspace(make_workspace):
    return make_workspace(["a"], index_toml("N", "national", ["a"]))


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)

    files.replace_file(link, b"new")

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_folder_that_cannot_be_flushed_makes_no_failure_of_a_success(
    tmp_path, monkeypatch, number
):
    """As some file systems have it; a disk that fails is another matter."""
    fsync, told = os.fsync, [number]

    def refuse(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(told[0], os.strerror(told[0]))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    files.replace_file(tmp_path / "table.csv", b"new")
    assert (tmp_path / "table.csv").read_bytes() == b"new"
    told[0] = errno.EIO
    with pytest.raises(SystemFailureError):
        files.replace_file(tmp_path / "table.csv", b"newer")


def test_permissions_of_a_replaced_file_stay(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("old")
    path.chmod(0o600)

    files.replace_file(path, b"new")

    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_regular_file_is_written_to_and_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    files.replace_file(pipe, b"figures")
    reader.join(timeout=10)

    assert received == [b"figures"]
    assert pipe.is_fifo()


def test_a_link_that_leads_to_itself_is_a_failure_of_the_environment(tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    with pytest.raises(SystemFailureError) as raised:
        files.replace_file(loop, b"new")

    assert raised.value.code == "E502"


def test_what_comes_through_a_pipe_can_be_ingested(cci, workspace, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = f"{HEADER}n,a,M,1\n"
    writer = threading.Thread(target=lambda: pipe.write_text(text))
    writer.start()
    run = cci("ingest", pipe, "--period", "2024H2", workspace=workspace)
    writer.join(timeout=10)

    assert run.code == 0
    assert cci("validate", "2024H2", workspace=workspace).code == 0


def test_a_staging_folder_is_gone_afterwards_and_so_is_what_a_killed_process_left(tmp_path):
    (tmp_path / ".staging-killed" / "staged").mkdir(parents=True)
    (tmp_path / ".staging-killed" / "staged" / "nodes.csv").write_text("half")
    (tmp_path / ".staging-killed-at-once").mkdir()
    with staging.stage_folder(tmp_path) as staged:
        assert list(tmp_path.iterdir()) == [staged.parent]
        assert list(staged.iterdir()) == []

    assert list(tmp_path.iterdir()) == []


def test_whoever_waits_too_long_for_another_is_told(tmp_path):
    with (
        staging.stage_folder(tmp_path),
        pytest.raises(LockedError) as raised,
        staging.stage_folder(tmp_path, patience=0.1),
    ):
        pass

    assert (raised.value.code, raised.value.exit_code) == ("E506", 4)


@pytest.mark.parametrize("is_same", [True, False], ids=["same file", "different files"])
def test_many_ingests_at_once_store_each_content_once(workspace, tmp_path, cci, is_same):
    for number in range(6):
        cards = 1 if is_same else number
        (tmp_path / f"{number}.csv").write_text(f"{HEADER}n,a,M,{cards}\n")
    processes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "cci_cli", "ingest", str(tmp_path / f"{number}.csv")),
                *("--period", "2024H2", "--workspace", str(workspace)),
            ],
            cwd=REPOSITORY,
            stderr=subprocess.PIPE,
        )
        for number in range(6)
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]

    folder = workspace / "snapshots"
    assert [process.returncode for process in processes] == [0] * 6, errors
    assert sum("unchanged" in text for text in errors) == (5 if is_same else 0)
    assert len(list((folder / "2024H2").iterdir())) == (1 if is_same else 6)
    assert [path.name for path in folder.iterdir()] == ["2024H2"]
    assert cci("status", workspace=workspace).code == 0


def test_ingest_stores_what_it_checked_though_the_file_changes_meanwhile(
    cci, workspace, tmp_path, monkeypatch
):
    source = tmp_path / "nodes.csv"
    source.write_text(HEADER + "n,a,M,1\n")
    check = sys.modules["cci_cli.commands.ingest"].inspect_raw

    def check_and_change(*arguments, **options):
        found = check(*arguments, **options)
        source.write_text(HEADER + "n,a,M,1\nn,a,M,1\nx,nowhere,M,5\n")
        return found

    monkeypatch.setattr("cci_cli.commands.ingest.inspect_raw", check_and_change)
    run = cci("ingest", source, "--period", "2024H2", workspace=workspace)

    assert run.code == 0
    stored = (workspace / "snapshots" / "2024H2" / "r1" / "nodes.csv").read_text()
    assert stored.splitlines()[1:] == ["n,,a,M,1,in_service,"]
    assert cci("validate", "2024H2", workspace=workspace).code == 0


def test_a_refused_file_leaves_no_trace_in_the_store(cci, workspace, tmp_path):
    source = tmp_path / "nodes.csv"
    source.write_text(HEADER + "n,a,M,x\n")
    run = cci("ingest", source, "--period", "2024H2", workspace=workspace)

    assert run.code == 1
    assert list((workspace / "snapshots").iterdir()) == []
