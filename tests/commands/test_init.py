"""``cci init``."""

import pytest
from conftest import REPOSITORY

from cci_cli.config import CONFIG_FILES, TILES_FILE


def test_a_new_workspace_has_the_repository_s_config_and_no_data(cci, tmp_path):
    folder = tmp_path / "new" / "workspace"
    run = cci("init", folder)

    assert run.code == 0
    assert f"made {folder / 'config' / 'cards.csv'}" in run.err
    for name in (*CONFIG_FILES, TILES_FILE):
        made, kept = folder / "config" / name, REPOSITORY / "config" / name
        assert made.read_bytes() == kept.read_bytes()
    assert list((folder / "snapshots").iterdir()) == []
    assert cci("status", workspace=folder).code == 0


def test_a_workspace_is_not_overwritten(cci, tmp_path):
    cci("init", tmp_path)
    (tmp_path / "config" / "cci.toml").write_text("mine")

    run = cci("init", tmp_path)

    assert (run.code, "holds a workspace already" in run.err) == (2, True)
    assert (tmp_path / "config" / "cci.toml").read_text() == "mine"


@pytest.mark.parametrize("kind", ["file", "full folder"])
def test_what_is_there_is_left_alone(cci, tmp_path, kind):
    target = tmp_path / "target"
    if kind == "file":
        target.write_text("text")
    else:
        (target / "thing").mkdir(parents=True)

    run = cci("init", target)

    assert (run.code, "not an empty folder" in run.err) == (2, True)
    assert target.read_text() == "text" if kind == "file" else (target / "thing").is_dir()


def test_a_folder_that_cannot_be_made_is_a_failure_of_the_environment(cci, tmp_path):
    (tmp_path / "file").write_text("")
    run = cci("init", tmp_path / "file" / "below")

    assert (run.code, "cannot write" in run.err) == (3, True)


def test_cut_short_it_leaves_nothing_that_looks_like_a_workspace(cci, tmp_path, monkeypatch):
    made = []

    def copy_two(source, target):
        if len(made) == 2:
            raise OSError(28, "No space left on device")
        made.append(target)
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr("cci_cli.commands.init.shutil.copyfile", copy_two)
    run = cci("init", tmp_path / "new")

    assert (run.code, "No space left" in run.err) == (3, True)
    assert not (tmp_path / "new" / "config" / "cci.toml").exists()


def test_a_roundabout_name_of_a_full_folder_does_not_help(cci, tmp_path):
    (tmp_path / "thing").write_text("mine")
    run = cci("init", tmp_path / "missing" / "..")

    assert (run.code, "not an empty folder" in run.err) == (2, True)
    assert not (tmp_path / "config").exists()
