"""Has Textual draw of a screen what changed and nothing else, so that a key is answered as fast as in an empty program.

Textual 8.2 does more in four places: a screen is drawn wholly whenever the focus moves (every widget draws its own
focus already), for one changed line every widget of the same container is asked for all of its lines, hidden ones as
well, and each move of the focus looks the whole style sheet through, twice, and is told to every container, one after
the other, twice. They are private to Textual, so all of them are taken up in this module alone;
`tests/kiosk/test_painting.py` compares the pictures. What breaks if it is wrong: something on the screen is out of
date, or keys feel slow again.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final
from weakref import WeakKeyDictionary

from textual import events
from textual._compositor import Compositor
from textual.css.styles import RulesMap, Styles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

COMPARED_WITH: Final = "8.2."
"""The Textual whose own drawing this was compared with; with any other the counter draws as Textual does."""
_TEXTUALS_APPLY: Final = Stylesheet.apply
_looks: Final[WeakKeyDictionary[DOMNode, dict[tuple[int, ...], RulesMap]]] = WeakKeyDictionary()
"""Of a widget that had the focus: the rules that held, by whether it had it."""
_listening: Final[dict[tuple[type[DOMNode], type[events.Event]], bool]] = {}
"""Which classes of widgets have a handler for which event."""


def paint_sparingly() -> None:
    """For every screen of this process, from its next drawing on. To be called before an application runs."""
    if not version("textual").startswith(COMPARED_WITH):
        return
    focused: Any = vars(Screen)["focused"]
    focused._repaint = False  # noqa: SLF001 - see above
    widget: Any = Widget
    widget.watch_has_focus = _focus_changed
    widget._on_focus = _focused  # noqa: SLF001
    widget._on_blur = _blurred  # noqa: SLF001
    stylesheet: Any = Stylesheet
    stylesheet.apply = _apply
    compositor: Any = Compositor
    compositor._get_renders = _lines_within  # noqa: SLF001 - see above


def _apply(
    sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], Any] | None = None
) -> None:
    """As Textual has it; whatever called for it may have changed how the node looks with and without the focus."""
    _looks.pop(node, None)
    _TEXTUALS_APPLY(sheet, node, animate=animate, cache=cache)


def _focus_changed(widget: Widget, has_focus: bool) -> None:
    """Style a widget that got or lost the focus: as it looked the last time it had it, or had it not.

    That holds until the widget is styled for any other reason, such as another place among its neighbours. Widgets with
    others in them, or with styled parts, are left to Textual. Nothing of the counter is animated.
    """
    del has_focus
    if widget.children or widget.is_scrollable or widget._get_component_classes():  # noqa: SLF001
        widget.update_node_styles(animate=False)
        return
    looks, state = _looks.get(widget, {}), widget._pseudo_classes_cache_key  # noqa: SLF001
    if state in looks:
        _replace(widget.styles.base, looks[state])
        widget.notify_style_update()
        return
    widget.app.stylesheet.apply(widget)
    _looks[widget] = {**looks, state: widget.styles.base.get_rules()}


def _focused(widget: Widget, _: events.Focus) -> None:
    widget.has_focus = True
    widget.refresh()
    _tell_above(widget, events.DescendantFocus(widget))


def _blurred(widget: Widget, _: events.Blur) -> None:
    widget.has_focus = False
    widget.refresh()
    _tell_above(widget, events.DescendantBlur(widget))


def _tell_above(widget: Widget, event: events.Event) -> None:
    """Tell the first that listens; from there it climbs as ever. Whoever does not listen is left out."""
    for node in widget.ancestors:
        if _listens(type(node), type(event)):
            node.post_message(event)
            return


def _listens(kind: type[DOMNode], event: type[events.Event]) -> bool:
    """Whether widgets of this class have a handler for this event, in any of the ways Textual knows."""
    known = _listening.get((kind, event))
    if known is None:
        names = (event.handler_name, f"_{event.handler_name}")
        known = any(
            any(name in vars(one) for name in names)
            or any(each in vars(one).get("_decorated_handlers", {}) for each in event.__mro__)
            for one in kind.__mro__
        )
        _listening[kind, event] = known
    return known


def _replace(styles: Styles, rules: RulesMap) -> None:
    """Set what differs, and nothing else."""
    before: dict[str, Any] = dict(styles.get_rules())
    after: dict[str, Any] = dict(rules)
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name):
            setattr(styles, name, after.get(name))


def _lines_within(compositor: Compositor, crop: Region | None = None) -> Iterator[tuple[Region, Region, list[Strip]]]:
    """Of each widget that is seen, its place, what is drawn of that, and the lines of this part; from the front.

    Cut to whole rows, never to columns: Textual divides each row where widgets begin and end. It ends where widgets in
    front cover all that was asked for, because a widget has no see-through cells.
    """
    bare = None if crop is None else [crop]
    for widget, (region, clip) in compositor.visible_widgets.items():
        seen = region.intersection(clip)
        if crop is not None and bare is not None:
            if not bare:
                return
            if not seen.overlaps(crop):
                continue
            top, bottom = max(seen.y, crop.y), min(seen.bottom, crop.bottom)
            seen = Region(seen.x, top, seen.width, bottom - top)
            bare = [rest for part in bare for rest in _beside(part, seen)]
        if seen:
            yield region, seen, widget.render_lines(seen.translate(-region.offset))


def _beside(part: Region, cover: Region) -> Iterator[Region]:
    """What of `part` is not beneath `cover`."""
    hidden = part.intersection(cover)
    if not hidden:
        yield part
        return
    above, below = hidden.y - part.y, part.bottom - hidden.bottom
    left, right = hidden.x - part.x, part.right - hidden.right
    if above:
        yield Region(part.x, part.y, part.width, above)
    if below:
        yield Region(part.x, hidden.bottom, part.width, below)
    if left:
        yield Region(part.x, hidden.y, left, hidden.height)
    if right:
        yield Region(hidden.right, hidden.y, right, hidden.height)
