"""`/admin/folders`: folders of one test run, served for as long as the run lasts.

The server's own folders (`server run --folders`) are everybody's; a test wants some of its own. What breaks if wrong: a
test finds another one's answers in `res`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from mock_server.admin.desk import Run, checked_run
from mock_server.admin.texts import Clean
from mock_server.admin.wire import RUN_GRAMMAR, DeletedWire
from mock_server.callers import check_institution, check_run
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.registry.interface import RegistryError

if TYPE_CHECKING:  # annotations only
    from mock_server.folders.worker import Backend, FolderWorker


_DASHES = str.maketrans("._", "--")


class FolderOrder(BaseModel):
    """Which folders are to be served."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    run: Annotated[str, Field(examples=["ci-1"], json_schema_extra={"pattern": RUN_GRAMMAR})]
    institution: Annotated[str, Field(description="医療機関コード, 10 digits", examples=["1312345678"])]
    directory: Annotated[Clean, Field(description="an absolute path on the server's machine", examples=["/srv/ci-1"])]


class FoldersWire(BaseModel):
    """Which folders of runs are served."""

    folders: list[FolderOrder]


class FoldersRefused(QualificationError):  # noqa: N818 - a refusal like the others
    """The folders cannot be served, in the words of whoever serves folders (`setup.folders.in_use` and its sisters)."""

    def __init__(self, error: SetupError) -> None:
        super().__init__(Refusal.REQUEST_FIELD, **error.params)
        self._said = error.code

    @property
    def code(self) -> str:
        """The set-up error's own code as the API writes codes: `MOCK-FOLDERS-IN-USE`."""
        return f"MOCK-{self._said.removeprefix('setup.').upper().translate(_DASHES)}"

    @property
    def sentence(self) -> str:
        """The set-up error's sentences."""
        return self._said

    @property
    def status(self) -> int:
        """409: something about the folders is in the way."""
        return int(HTTPStatus.CONFLICT)


class RunFolders:
    """The workers of all runs. Any thread may call."""

    def __init__(self, start: Callable[[Path, str, str], FolderWorker], is_served: Callable[[str, str], bool]) -> None:
        """`start` gives a worker that has begun to serve (directory, institution, run); `is_served` says whether an
        institution has folders in a run already, the server's own among them.
        """
        self._start = start
        self._is_served = is_served
        self._starting = threading.Lock()
        self._lock = threading.Lock()
        self._workers: list[tuple[str, FolderWorker]] = []

    def serve(self, directory: Path, institution: str, run: str) -> None:
        """Serve folders for a run.

        Raises:
            QualificationError: FOLDERS_SERVED: it has folders in that run; they would share the face files.
            SetupError, RegistryError: As the worker's start.
        """
        with self._starting:
            if self._is_served(institution, run):
                raise QualificationError(Refusal.FOLDERS_SERVED)
            worker = self._start(directory, institution, run)
            with self._lock:
                self._workers.append((run, worker))

    def stop(self, run: str | None = None) -> int:
        """Serve those of a run, or all, no longer; how many that were."""
        with self._lock:
            ending = [worker for own, worker in self._workers if run is None or own == run]
            self._workers = [pair for pair in self._workers if pair[1] not in ending]
        for worker in ending:
            worker.stop()
        return len(ending)

    def served(self) -> list[dict[str, str]]:
        """Which are served."""
        with self._lock:
            return [
                {"run": run, "institution": worker.institution, "directory": str(worker.directory)}
                for run, worker in self._workers
            ]


def run_folders(backend: Backend) -> RunFolders:
    """Workers over a backend; none yet."""

    def start(directory: Path, institution: str, run: str) -> FolderWorker:
        from mock_server.folders.worker import FolderWorker

        worker = FolderWorker(backend, directory, institution, run=run)
        worker.start()
        return worker

    def is_served(institution: str, run: str) -> bool:
        from mock_server.folders import at_work

        return at_work.is_served(backend.ledger, institution, run)

    return RunFolders(start, is_served)


def folder_router(folders: RunFolders) -> APIRouter:
    """The routes over the folders of runs."""
    router = APIRouter(prefix="/admin", tags=["テスト実行"])

    @router.get("/folders", response_model=FoldersWire)
    async def served() -> Response:
        """Which folders are served for runs."""
        return JSONResponse({"folders": folders.served()})

    @router.post("/folders", response_model=FolderOrder, status_code=201)
    async def serve(order: FolderOrder) -> Response:
        """Serve `req`, `res` and `face` in a directory for one run; they are made where they are missing.

        One directory for an institution and run. Face files come for institutions that the server was started with
        folders for.
        """
        check_run(order.run)
        check_institution(order.institution)
        directory = Path(order.directory)
        if not directory.is_absolute():
            raise QualificationError(Refusal.REQUEST_FIELD, where="directory")
        await _served(lambda: folders.serve(directory, order.institution, order.run))
        return JSONResponse(order.model_dump(), 201)

    @router.delete("/folders", response_model=DeletedWire)
    async def stop(run: Run = None) -> Response:
        """Serve the folders of a run, or of all runs, no longer; the files stay."""
        checked_run(run)
        return JSONResponse({"deleted": await run_in_threadpool(folders.stop, run)})

    return router


async def _served(work: Callable[[], Any]) -> None:
    """Off the event loop: it makes folders, waits for locks and reads the store."""
    try:
        await run_in_threadpool(work)
    except SetupError as error:
        raise FoldersRefused(error) from error
    except RegistryError as error:
        raise QualificationError(Refusal.STORE_UNAVAILABLE) from error
