"""Every router of `/v1`, in the order of the documentation page. What is not in this list nobody can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from mock_server.routes.batch import batch_router
from mock_server.routes.common import FrontDesk
from mock_server.routes.consent import consent_router
from mock_server.routes.face import face_router
from mock_server.routes.medical_information import medical_information_router
from mock_server.routes.qualification import qualification_router
from mock_server.routes.reference_numbers import reference_numbers_router
from mock_server.routes.registration import registration_router

if TYPE_CHECKING:  # it imports this module
    from mock_server.composition import Backend


def v1_routers(desk: FrontDesk, backend: Backend) -> list[APIRouter]:
    """The routers over one backend."""
    return [
        qualification_router(desk, backend.service),
        registration_router(desk, backend.service),
        consent_router(desk, backend.service),
        medical_information_router(desk, backend.service),
        reference_numbers_router(desk, backend.service),
        face_router(desk, backend.service),
        batch_router(desk, backend.batches),
    ]
