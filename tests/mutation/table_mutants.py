"""Mutants of what mutmut leaves alone: tables, dates and words of a module, fields of a class, decorated functions.

This module alone makes them: one element left out, two neighbours exchanged, a number one more, yes for no, another
word. Sentences, sources and types are left as they are: no decision turns on them.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise
from pathlib import Path

from tests.mutation.function_mutants import Tried
from tests.mutation.mutant import Fate, Mutant, mutant
from tests.mutation.workplace import Workplace

_WORD = re.compile(r"[A-Za-z0-9_]+")
_NOT_A_RULE = frozenset({"__all__"})
_Change = tuple[slice, bytes]
"""A piece of the source, and what stands there instead."""


def tried(workplace: Workplace) -> Iterator[Tried]:
    """Every mutant of every table in the modules that pyproject.toml lists, each in a process of its own.

    Raises:
        WorkplaceError: The tests do not pass as they are.
    """
    workplace.check()
    stand_ins = workplace.folder / "stand_ins"
    stand_ins.mkdir()
    found: list[tuple[Mutant, Path]] = []
    for pattern in workplace.settings["only_mutate"]:
        for path in sorted(workplace.folder.glob(pattern)):
            for which, text in mutants(f"{path.parent.name}.{path.stem}", path.read_text(encoding="utf-8")):
                file = stand_ins / f"stand_in_{len(found)}.py"
                file.write_text(text, encoding="utf-8")
                found.append((which, file))

    def fate(made: tuple[Mutant, Path]) -> Fate:
        switch = {"STAND_IN_MODULE": made[0].module, "STAND_IN_FILE": str(made[1])}
        return workplace.fate("-p", "tests.mutation.stand_in", **switch)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for made, its_fate in zip(found, pool.map(fate, found), strict=True):
            yield Tried(made[0], its_fate)


def mutants(module: str, text: str) -> Iterator[tuple[Mutant, str]]:
    """Each mutant of a module's tables, and the whole source with it."""
    before = text.splitlines()
    for place, node in _places(ast.parse(text).body):
        for piece, instead in _changes(_Source(text), node):
            changed = (text.encode()[: piece.start] + instead + text.encode()[piece.stop :]).decode()
            ast.parse(changed)
            yield mutant(module, place, before, changed.splitlines()), changed


def _places(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """What is evaluated when the module is read, and functions that mutmut does not touch, each with its name."""
    for statement in body:
        match statement:
            case ast.ClassDef():
                yield from _places(statement.body, f"{prefix}{statement.name}.")
            case ast.FunctionDef(decorator_list=[_, *_]):
                for inner in statement.body:
                    yield f"{prefix}{statement.name}", inner
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in _NOT_A_RULE:
                yield f"{prefix}{name}", value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield f"{prefix}{name}", value


class _Source:
    """Where the pieces of a source are, in bytes, as `ast` counts columns."""

    def __init__(self, text: str) -> None:
        self.bytes = text.encode()
        lengths = [len(line) for line in self.bytes.splitlines(keepends=True)]
        self._begins = [0, *accumulate(lengths)]

    def piece(self, first: ast.AST, last: ast.AST | None = None) -> slice:
        """From the beginning of one node to the end of the same or another."""
        last = last or first
        assert isinstance(first, ast.expr)
        assert isinstance(last, ast.expr)
        assert last.end_lineno is not None
        assert last.end_col_offset is not None
        return slice(
            self._begins[first.lineno - 1] + first.col_offset,
            self._begins[last.end_lineno - 1] + last.end_col_offset,
        )


def _changes(source: _Source, node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Subscript() | ast.Call(func=ast.Name(id="TypeVar")):
            return  # a docstring or a type
        case ast.Constant(value=bool() as value):
            yield source.piece(node), str(not value).encode()
        case ast.Constant(value=int() as value):
            yield source.piece(node), str(value + 1).encode()
        case ast.Constant(value=str() as value) if _WORD.fullmatch(value):
            yield source.piece(node), f'"{value}X"'.encode()
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            pieces = [source.piece(element) for element in elements]
            yield from _without_each(source, node, pieces)
            # Plain numbers and words stand in no order.
            if not all(isinstance(element, ast.Constant) for element in elements):
                yield from _exchanged(source, pieces)
        case ast.Set(elts=elements):
            yield from _without_each(source, node, [source.piece(element) for element in elements])
        case ast.Dict(keys=keys, values=values):
            pairs = [(key, value) for key, value in zip(keys, values, strict=True) if key is not None]
            if len(pairs) == len(values):  # no table that takes in another, which none does
                yield from _without_each(source, node, [source.piece(key, value) for key, value in pairs])
    # Another word for a key is the entry left out.
    for below in node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node):
        yield from _changes(source, below)


def _without_each(source: _Source, node: ast.AST, pieces: list[slice]) -> Iterator[_Change]:
    if len(pieces) == 1:
        yield source.piece(node), {ast.Set: b"set()", ast.List: b"[]", ast.Dict: b"{}"}.get(type(node), b"()")
        return
    if isinstance(node, ast.Tuple) and len(pieces) == 2:
        for left in reversed(pieces):
            yield source.piece(node), b"(" + source.bytes[left] + b",)"
        return
    for piece, following in pairwise(pieces):
        yield slice(piece.start, following.start), b""
    for piece in pieces[-1:]:
        comma = re.match(rb"\s*,", source.bytes[piece.stop :])
        yield slice(piece.start, piece.stop + (comma.end() if comma else 0)), b""


def _exchanged(source: _Source, pieces: list[slice]) -> Iterator[_Change]:
    for one, other in pairwise(pieces):
        between = source.bytes[one.stop : other.start]
        yield slice(one.start, other.stop), source.bytes[other] + between + source.bytes[one]
