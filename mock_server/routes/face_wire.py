"""The JSON about a visit's face file as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from mock_server.wire import Institution, Query, Visit


class FaceQuery(Query):
    """Which visit is meant."""

    institution: Institution
    visit: Visit


class FaceAnswer(BaseModel):
    """How far the newest face file of the visit is."""

    state: Annotated[
        Literal["none", "waiting", "written", "collected", "expired"],
        Field(description="none: no file is made; waiting: not in the folder yet; collected: the レセコン took it"),
    ]
    name: Annotated[str | None, Field(description="the file's name once it is written")]
