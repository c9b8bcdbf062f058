"""The trainer's drawer at a real reader: what needs no software card, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.rehearsal.trainer import OUTAGE, TrainerApp, TrainerScreen
from kiosk.screens.drawer import DrawerScreen
from kiosk.services.face_camera import SimulatedCamera
from kiosk.settings.model import DEFAULTS
from tests.kiosk.screens.driving import Counter, FakeClock
from tests.kiosk.screens.fakes import Outside

TITLES = (("processing", "処理中"), ("wrong_person", "別の人の回答"))


@dataclass
class Server:
    """What was ordered."""

    orders: list[tuple[str, int | None]] = field(default_factory=list)
    resets: int = 0
    closed: bool = False
    broken: bool = False

    def order(self, scenario: str, *, times: int | None = None) -> None:
        if self.broken:
            raise ValueError("MOCK-SCENARIO-UNKNOWN")
        self.orders.append((scenario, times))

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed = True


@asynccontextmanager
async def trained(
    folder: Path, server: Server | None, *, real_reader: bool, camera: SimulatedCamera | None = None
) -> AsyncIterator[Counter]:
    outside = Outside(real_reader=real_reader, camera=camera or SimulatedCamera())
    app = TrainerApp(
        outside.load,
        server,
        TITLES,
        data_dir=folder,
        lang="ja",
        place=None,
        settings=DEFAULTS,
        quick_load=False,
    )
    async with app.run_test(size=(80, 24)) as pilot:
        running = Counter(app, pilot, outside, FakeClock())
        await running.until(lambda: app.counter is not None, "loaded")
        yield running


async def test_at_a_real_reader_there_are_no_cards(tmp_path: Path) -> None:
    async with trained(tmp_path, Server(), real_reader=True) as desk:
        await desk.press("f2")
        assert isinstance(desk.app.screen, TrainerScreen)
        assert "カードを選ぶ" not in desk.text()
        assert "処理中" in desk.text()
        await desk.press("1")
        assert isinstance(desk.app.screen, TrainerScreen)
        await desk.press("f2")
        assert not isinstance(desk.app.screen, TrainerScreen)


async def test_at_the_software_reader_the_cards_are_in_it(tmp_path: Path) -> None:
    async with trained(tmp_path, Server(), real_reader=False) as desk:
        await desk.press("f2", "1")
        await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "the cards")


async def test_the_face_is_turned_and_turned_back(tmp_path: Path) -> None:
    camera = SimulatedCamera()
    async with trained(tmp_path, Server(), real_reader=True, camera=camera) as desk:
        await desk.press("f2", "2")
        await desk.until(lambda: not camera.matches, "another face")
        assert "顔認証は一致しません" in desk.text()
        await desk.press("f2")
        assert "「一致する」に戻す" in desk.text()
        await desk.press("2")
        await desk.until(lambda: camera.matches, "the same face")


async def test_the_service_is_stopped_and_put_right_again(tmp_path: Path) -> None:
    server = Server()
    async with trained(tmp_path, server, real_reader=True) as desk:
        await desk.press("f2", "3")
        await desk.until(lambda: "サービスを止めました" in desk.text(), "told")
        assert server.orders == [(OUTAGE, None)]
        await desk.press("f2", "4")
        await desk.until(lambda: "元に戻しました" in desk.text(), "told")
        assert server.resets == 1
    assert server.closed


async def test_a_trouble_strikes_the_next_call_only(tmp_path: Path) -> None:
    server = Server()
    async with trained(tmp_path, server, real_reader=True) as desk:
        await desk.press("f2")
        await desk.click("#trainer-wrong_person")
        await desk.until(lambda: "次の1回: 別の人の回答" in desk.text(), "told")
    assert server.orders == [("wrong_person", 1)]


async def test_a_trouble_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    async with trained(tmp_path, Server(broken=True), real_reader=True) as desk:
        await desk.press("f2", "3")
        await desk.until(lambda: "起こせませんでした" in desk.text(), "told")


async def test_another_programs_server_has_no_troubles_here(tmp_path: Path) -> None:
    async with trained(tmp_path, None, real_reader=True) as desk:
        await desk.press("f2")
        assert "madoguchi server scenario" in desk.text().replace("\n", " ")
        assert "処理中" not in desk.text()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_every_answer_is_in_view(tmp_path: Path, size: tuple[int, int]) -> None:
    async with trained(tmp_path, Server(), real_reader=False) as desk:
        await desk.pilot.resize_terminal(*size)
        await desk.press("f2")
        for words in ("カードを選ぶ", "顔認証を", "サービスを止める", "元に戻す", "閉じる"):
            assert words in desk.text()
