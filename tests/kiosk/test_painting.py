"""Drawing only what changed draws the same as drawing everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec, module_from_spec
from typing import Any, ClassVar

import pytest
from textual import events, on
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.color import Color
from textual.containers import Container, Horizontal, Vertical
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from kiosk.painting import _beside, paint_sparingly
from kiosk.widgets.choice import Choice


class Pictures(App[None]):
    """Widgets beside, within and over one another, some of them scrolled half out of sight."""

    CSS = """
    Screen { layers: below above; }
    #left { width: 30; height: 6; overflow-y: auto; }
    #right { width: 1fr; height: auto; }
    #note { layer: above; offset: 5 2; width: 20; height: 3; background: green; border: solid white; }
    Choice { background: black; }
    Choice:even { text-style: italic; }
    Choice:focus { background: red; text-style: bold; }
    .otherwise Choice:focus { background: blue; }
    """
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        paint_sparingly()

    def compose(self) -> ComposeResult:
        with Horizontal(id="both"):
            with Vertical(id="left"):
                yield from (Choice(str(key), f"left {key} 資格", lambda: None, id=f"left-{key}") for key in range(9))
            with Container(id="right"):
                yield Static("one\ntwo 二")
                yield from (Choice(str(key), f"right {key}", lambda: None, id=f"right-{key}") for key in range(3))
                yield Input("typed")
        yield Static("over it", id="note")


@pytest.fixture
def textuals_own() -> Any:
    """`Compositor._get_renders` as Textual has it, whoever called `paint_sparingly` before."""
    spec = find_spec("textual._compositor")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Compositor._get_renders


PLACES = (
    *(Region(0, y, 60, 1) for y in (0, 3, 5, 7, 19)),
    Region(3, 1, 10, 3),
    Region(6, 2, 3, 1),
    Region(28, 0, 8, 6),
    Region(31, 4, 20, 1),
    Region(59, 0, 1, 20),
    Region(0, 0, 60, 20),
)


def _drawn(app: App[None], *regions: Region) -> str:
    compositor = app.screen._compositor
    compositor._dirty_regions = set(regions)
    update = compositor.render_partial_update()
    return "" if update is None else update.render_segments(app.console)


async def test_a_part_of_the_screen_is_drawn_as_textual_draws_it(
    textuals_own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Pictures()
    async with app.run_test(size=(60, 20)) as pilot:
        app.query_one("#left").scroll_to(y=2, animate=False)
        await pilot.pause()
        pairs = [(a, b) for a in PLACES for b in PLACES]
        ours = [_drawn(app, *pair) for pair in pairs]
        monkeypatch.setattr(Compositor, "_get_renders", textuals_own)
        assert ours == [_drawn(app, *pair) for pair in pairs]
        assert any("over it" in one for one in ours)


async def test_what_nobody_sees_is_not_asked_for_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Pictures()
    async with app.run_test(size=(60, 20)):
        asked: list[tuple[str | None, Region]] = []
        for widget in app.screen._compositor.visible_widgets:
            monkeypatch.setattr(widget, "render_lines", _telling(widget, asked))
        _drawn(app, app.query_one("#right-1").region)
        assert asked == [("right-1", Region(0, 0, 30, 1))]


def _telling(widget: Widget, asked: list[tuple[str | None, Region]]) -> Callable[[Region], list[Strip]]:
    own = widget.render_lines

    def render_lines(crop: Region) -> list[Strip]:
        asked.append((widget.id, crop))
        return own(crop)

    return render_lines


async def test_the_focus_moves_without_the_whole_screen_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Pictures()
    async with app.run_test(size=(60, 20)) as pilot:
        app.query_one("#right-0").focus()
        await pilot.pause()
        whole: list[Compositor] = []
        own = Compositor.render_full_update

        def told(compositor: Compositor, **how: Any) -> Any:
            whole.append(compositor)
            return own(compositor, **how)

        monkeypatch.setattr(Compositor, "render_full_update", told)
        for at in ("#right-1", "#right-0") * 3:  # round the two of them: what is remembered is used
            app.query_one(at).focus()
            await pilot.pause()
            assert app.query_one(at).styles.background == Color.parse("red")
        assert not whole
        shown = list(_texts(app))
        app.screen.update_node_styles()
        for widget in app.screen.walk_children():
            widget.refresh()
        assert list(_texts(app)) == shown


def _texts(app: App[None]) -> Iterator[list[tuple[str, str]]]:
    for strip in app.screen._compositor.render_strips():
        yield [(segment.text, str(segment.style)) for segment in strip]


async def test_a_widget_whose_looks_are_known_is_not_styled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Pictures()
    async with app.run_test(size=(60, 20)) as pilot:
        for at in ("#right-0", "#right-1", "#right-0", "#right-1"):
            app.query_one(at).focus()
            await pilot.pause()
        styled: list[DOMNode] = []
        own = Stylesheet.apply

        def told(sheet: Stylesheet, node: DOMNode, **how: Any) -> None:
            styled.append(node)
            own(sheet, node, **how)

        monkeypatch.setattr(Stylesheet, "apply", told)
        for at in ("#right-0", "#right-1"):
            app.query_one(at).focus()
            await pilot.pause()
        assert styled == []


class Hearing(Container):
    """Listens by a name, as views of the counter do."""

    def __init__(self, name: str, *children: Widget) -> None:
        super().__init__(*children, id=name)
        self.heard: list[str] = []

    def on_descendant_focus(self) -> None:
        self.heard.append("focus")

    @on(events.DescendantBlur)
    def _gone(self) -> None:
        self.heard.append("blur")


async def test_whoever_listens_hears_where_the_focus_is_however_deep() -> None:
    class Deep(App[None]):
        def compose(self) -> ComposeResult:
            paint_sparingly()
            answers = (Choice(key, key, lambda: None, id=f"c{key}") for key in "12")
            yield Hearing("out", Vertical(Hearing("in", Vertical(Container(*answers)))))

    app = Deep()
    async with app.run_test() as pilot:
        for at in ("#c1", "#c2"):
            app.query_one(at).focus()
            await pilot.pause()
        for which in ("#in", "#out"):
            assert app.query_one(which, Hearing).heard[-2:] in (["blur", "focus"], ["focus", "blur"])
            assert app.query_one(which, Hearing).heard.count("focus") == 2


async def test_other_styles_replace_what_is_remembered() -> None:
    app = Pictures()
    async with app.run_test(size=(60, 20)) as pilot:
        first, second = app.query_one("#right-0"), app.query_one("#right-1")
        for at in (first, second, first, second):
            at.focus()
            await pilot.pause()
        app.query_one("#both").add_class("otherwise")
        for at in (first, second, first):
            at.focus()
            await pilot.pause()
            assert at.styles.background == Color.parse("blue")
            assert at.styles.text_style.bold
        app.query_one("#both").remove_class("otherwise")
        assert first.styles.background == Color.parse("red")
        second.focus()
        await pilot.pause()
        assert (first.styles.background, second.styles.background) == (Color.parse("black"), Color.parse("red"))


@pytest.mark.parametrize("cover", [Region(0, 0, 9, 9), Region(2, 2, 2, 2), Region(3, 0, 9, 4), Region(9, 9, 3, 3)])
def test_what_is_beside_a_cover_and_the_cover_make_the_whole(cover: Region) -> None:
    part = Region(1, 1, 5, 5)
    rests = list(_beside(part, cover))
    cells = [(x, y) for rest in rests for y in rest.line_range for x in rest.column_range]
    hidden = part.intersection(cover)
    assert len(cells) == len(set(cells)) == part.area - hidden.area
    assert not any(rest.overlaps(cover) for rest in rests)
