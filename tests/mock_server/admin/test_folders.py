"""`/admin/folders`: one directory for an institution and run, the server's own among them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from mock_server.composition import Backend
from mock_server.folders.worker import FolderWorker

INSTITUTION = "1312345678"


@pytest.fixture(autouse=True)
async def ended(admin: httpx2.AsyncClient) -> AsyncIterator[None]:
    yield
    await admin.delete("/admin/folders")


async def order(
    admin: httpx2.AsyncClient, directory: Path, *, run: str = "ci-1", institution: str = INSTITUTION
) -> httpx2.Response:
    body = {"run": run, "institution": institution, "directory": str(directory)}
    return await admin.post("/admin/folders", json=body)


async def test_a_second_directory_of_an_institution_and_run_is_refused_and_not_made(
    admin: httpx2.AsyncClient, tmp_path: Path
) -> None:
    assert (await order(admin, tmp_path / "a")).status_code == 201
    refused = await order(admin, tmp_path / "b")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "MOCK-FOLDERS-SERVED")
    assert not (tmp_path / "b").exists()
    served = (await admin.get("/admin/folders")).json()["folders"]
    assert [one["directory"] for one in served] == [str(tmp_path / "a")]


async def test_other_runs_and_other_institutions_have_their_own(admin: httpx2.AsyncClient, tmp_path: Path) -> None:
    assert (await order(admin, tmp_path / "a")).status_code == 201
    assert (await order(admin, tmp_path / "b", run="ci-2")).status_code == 201
    assert (await order(admin, tmp_path / "c", institution="1399999999")).status_code == 201


async def test_once_they_are_ended_others_may_come(admin: httpx2.AsyncClient, tmp_path: Path) -> None:
    assert (await order(admin, tmp_path / "a")).status_code == 201
    await admin.delete("/admin/folders", params={"run": "ci-1"})
    assert (await order(admin, tmp_path / "b")).status_code == 201


async def test_folders_that_could_not_be_served_are_in_nobodys_way(admin: httpx2.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unusable = await order(admin, tmp_path / "file" / "a")
    assert (unusable.status_code, unusable.json()["error"]["code"]) == (409, "MOCK-FOLDERS-UNUSABLE")
    assert str(tmp_path / "file") in unusable.json()["error"]["message"]
    assert (await order(admin, tmp_path / "b")).status_code == 201


@pytest.fixture
def own(backend: Backend, tmp_path: Path) -> Iterator[FolderWorker]:
    """The folders that the server was started with."""
    worker = FolderWorker(backend, tmp_path / "own", INSTITUTION)
    worker.start()
    yield worker
    worker.stop()


@pytest.mark.usefixtures("own")
async def test_the_servers_own_folders_count_for_everybodys_run_only(admin: httpx2.AsyncClient, tmp_path: Path) -> None:
    refused = await order(admin, tmp_path / "a", run="")
    assert refused.json()["error"]["code"] == "MOCK-FOLDERS-SERVED"
    assert (await order(admin, tmp_path / "a", run="ci-1")).status_code == 201
