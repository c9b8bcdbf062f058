"""Bulk messages without having all of their people in memory: written from an iterable, read one by one.

Rule: the same bytes and the same refusals as `codec` gives for the whole message; only one person of a file stands in
memory at a time. What breaks if this is wrong: an upload of a large hospital takes the memory of the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar, cast

from lxml import etree

from eligibility.oqs.charset import Encoding, decode_pieces
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.layout import Order, Repeated, known_children, repeated
from eligibility.oqs.limits import ORDINARY
from eligibility.oqs.reading import TreeReader, path
from eligibility.oqs.tree import PARSER_OPTIONS
from eligibility.oqs.writing import bulk_pieces

Model = TypeVar("Model", bound=Element)
Header = TypeVar("Header", bound=Element)
Unit = TypeVar("Unit", bound=Element)

_PIECE = 65_536
"""Bytes that are read or written at once."""


def write_bulk(
    header: Element, units: Iterable[Element], *, encoding: Encoding = "utf-8", order: Order = "spec"
) -> Iterator[bytes]:
    """The bytes of a bulk message in pieces of some 64 KiB, asking for one unit after the other.

    `header` and `units` are those of one bulk message: a `RequestHeader` and `QualificationConfirmSearchInfo`, a
    `BulkResultHeader` and `BulkConfirmUnit`, and so on. Joined, the pieces are what `codec.to_xml` makes of the whole.

    Raises:
        MessageError: As `codec.to_xml`, in the middle of the iteration; what was written until then is no message.
    """
    waiting: list[bytes] = []
    size = 0
    for piece in bulk_pieces(header, units, encoding, order):
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


class BulkReading(Generic[Header, Unit]):
    """A bulk message that is being read: its header is known, its units come one by one, once."""

    def __init__(self, header: Header, units: Iterator[Unit]) -> None:
        self.header = header
        self._units = units

    def __iter__(self) -> Iterator[Unit]:
        """The units in the order of the file.

        Raises:
            MessageError: In the middle: the unit after the last one given is broken, or the rest of the file is.
        """
        return self._units


def read_bulk(
    model_type: type[Element],
    header_type: type[Header],
    unit_type: type[Unit],
    pieces: bytes | Iterable[bytes],
    *,
    largest: int | None = None,
) -> BulkReading[Header, Unit]:
    """Begin to read a bulk message from its bytes or from pieces of them: the header, and then one unit at a time.

    The header stands in front, as in every message that was seen; `codec.from_xml` takes any order. Unknown elements
    inside of the header and the units are kept, those between the units are not. `largest` is a limit in bytes instead
    of the model's, for callers who know how many people they ask for; the number of elements then counts for each unit.

    Raises:
        MessageError: As `codec.from_xml`, here for everything up to the first unit and later from the iteration;
            `message.element.missing` where the body comes before the header.
        TypeError: `header_type` or `unit_type` is not that of the message.
    """
    many = repeated(model_type)
    if many is None or many.model is not unit_type or known_children(model_type)["MessageHeader"].model != header_type:
        raise TypeError("a bulk message, its header and its units belong together")
    parsing = _Parsing(model_type, many, pieces, largest)
    units = parsing.units()
    header = next(units)
    return BulkReading(cast("Header", header), cast("Iterator[Unit]", units))


def read_bulk_message(model_type: type[Model], raw: bytes) -> Model:
    """A whole bulk message, nothing lost: for `codec.from_xml`."""
    many = repeated(model_type)
    if many is None:
        raise TypeError("a bulk message holds many")
    return _Parsing(model_type, many, raw, None).whole(model_type)


class _Parsing:
    """One bulk message on its way through the parser."""

    def __init__(
        self, model_type: type[Element], many: Repeated, pieces: bytes | Iterable[bytes], largest: int | None
    ) -> None:
        limits = model_type.limits
        self._model_type = model_type
        self._many = many
        self._largest = limits.largest if largest is None else largest
        self._most_elements = max(1, limits.most_elements * self._largest // limits.largest)
        self._texts = decode_pieces(self._small(pieces))
        # Its input is encoded below; what a second declaration says is not asked.
        self._parser = etree.XMLPullParser(
            events=("end",), tag=("MessageHeader", many.tag), encoding="utf-8", **PARSER_OPTIONS
        )
        self._number = 0

    def whole(self, model_type: type[Model]) -> Model:
        """Everything: the units are read as they come, and the rest around them at the end."""
        reader = TreeReader(self._most_elements)
        for element in self._elements():
            if element.tag == self._many.tag:
                reader.ready[element] = self._unit(element, reader)
        return reader.read(model_type, self._close())

    def units(self) -> Iterator[Element]:
        """The header and then the units, each forgotten before the next."""
        header: etree._Element | None = None
        body: etree._Element | None = None
        given = 0
        for element in self._elements():
            if element.tag == "MessageHeader":
                if header is not None:
                    raise MessageError("message.element.duplicate", path(element))
                header = element
                yield TreeReader(ORDINARY.most_elements).read(self._header_type, element)
                continue
            if header is None:
                raise MessageError("message.element.missing", "XmlMsg/MessageHeader")
            [here, _] = element.iterancestors()
            if body is not None and here is not body:
                raise MessageError("message.element.duplicate", path(here))
            body = here
            unit = self._unit(element, TreeReader(ORDINARY.most_elements))
            for before in list(element.itersiblings(preceding=True)):
                body.remove(before)
            if unit is not None:
                given += 1
                yield unit
        root = self._close()
        if root.tag != "XmlMsg":
            raise MessageError("message.root", str(root.tag))
        if header is None:
            raise MessageError("message.element.missing", "XmlMsg/MessageHeader")
        if not given and self._many.body.model_fields[self._many.field].is_required():
            raise MessageError("message.element.missing", "XmlMsg/MessageBody")

    @property
    def _header_type(self) -> type[Element]:
        header = known_children(self._model_type)["MessageHeader"].model
        if header is None:
            raise TypeError("a message has a header")
        return header

    def _unit(self, element: etree._Element, reader: TreeReader) -> Element | None:
        """One unit, its element emptied; None where it says nothing."""
        self._number += 1
        try:
            return reader.read_something(self._many.model, element)
        except MessageError as error:
            # How many of them there are is not known yet: its number is told in any case.
            inside = error.where[len(path(element)) :]
            raise MessageError(error.code, f"XmlMsg/MessageBody/{self._many.tag}[{self._number}]{inside}") from None
        finally:
            element.clear()

    def _elements(self) -> Iterator[etree._Element]:
        """The header and the units, as soon as each is complete."""
        last, angles = "", 0
        for text in self._texts:
            if "<!DOCTYPE" in last + text:
                raise MessageError("message.xml.doctype")
            if not last and text.startswith("<?xml"):
                raise MessageError("message.xml.broken", "1:1")
            last = (last + text)[-len("<!DOCTYPE") :]
            angles += text.count("<")
            if angles > 2 * self._most_elements:  # every element has one or two: told before they take the memory
                raise MessageError("message.too_many")
            self._feed(text)
            for _, element in self._parser.read_events():
                if self._is_part(element):
                    yield element

    def _is_part(self, element: etree._Element) -> bool:
        above = [ancestor.tag for ancestor in element.iterancestors()]
        return above == (["XmlMsg"] if element.tag == "MessageHeader" else ["MessageBody", "XmlMsg"])

    def _feed(self, text: str) -> None:
        try:
            self._parser.feed(text.encode())
        except etree.XMLSyntaxError as error:
            raise _broken(error) from None

    def _close(self) -> etree._Element:
        try:
            return self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _broken(error) from None

    def _small(self, pieces: bytes | Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in [pieces] if isinstance(pieces, bytes) else pieces:
            size += len(piece)
            if size > self._largest:
                raise MessageError("message.too_large")
            for start in range(0, len(piece), _PIECE):
                yield piece[start : start + _PIECE]


def _broken(error: etree.XMLSyntaxError) -> MessageError:
    line, column = error.position
    return MessageError("message.xml.broken", f"{line}:{column}")
