"""Reads a pickle as inert values: an interpreter of its own that can import and call nothing.

Python's unpickler calls what a file names. This one never turns a name into an object: instances
become ``Node``s, names stay ``Name``s, bytes stay in the file as ``Blob``s, and the few calls that
plain data need are made by functions given to it. A file that asks for more is refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import IO, Any, cast

from avatarartist_core.weights.inert import Kept, Name, Node, may_be_called, may_stand
from avatarartist_core.weights.stream import MALFORMED, Refused, Stream

MOST_STEPS = 2_000_000
"""Instructions and copied items; three networks of 1,000 modules need about 200,000."""

LARGEST_INT = 1 << 128
LARGEST_KEY = 1 << 60
"""Integers used as keys stay below the modulus of Python's hashes, so that none collide."""

MOST_ARGUMENTS = 16
LONGEST_KEY = 64
SCALARS = (str, int, float, complex, bool, type(None))

OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
EMPTY: dict[str, Callable[[], Any]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": set}
LITERALS = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
}
BLOBS = {"SHORT_BINBYTES": 1, "BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8}
"""How many bytes tell the length."""

TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
FORMALITIES = frozenset({"PROTO", "FRAME"})

Calls = Callable[[Name], Callable[..., Any] | None]
"""Gives our own function for a name that a file wants to call, or None."""


class Pickled:
    """One pickle.

    Args:
        stream: the file, at the start of the pickle.
        calls: gives our own function for a name that the file wants to call.
    """

    def __init__(self, stream: Stream, calls: Calls) -> None:
        self._stream, self._calls = stream, calls
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._steps = 0

    def read(self) -> Any:
        """Return the value of the pickle.

        Raises:
            Refused: it is cut off, damaged, carries code, or is larger than any real one.
        """
        try:
            while True:
                self._charge(1)
                opcode = OPCODES[self._stream.read(1)]
                if opcode.name == "STOP":
                    return self._stack.pop()
                if opcode.name in BLOBS:
                    length = int.from_bytes(self._stream.read(BLOBS[opcode.name]), "little")
                    self._stack.append(self._stream.pass_over(length))
                else:
                    argument = (
                        opcode.arg.reader(cast("IO[bytes]", self._stream)) if opcode.arg else None
                    )
                    self._step(opcode.name, argument)
        except MALFORMED as error:
            place = self._stream.tell()
            raise Refused(f"is cut off or damaged (at byte {place})") from error

    def _step(self, name: str, argument: Any) -> None:
        stack, memo = self._stack, self._memo
        if name in LITERALS:
            if isinstance(argument, int) and abs(argument) > LARGEST_INT:
                raise ValueError("an integer that no network holds")
            stack.append(argument)
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in PUTS:
            memo[argument] = stack[-1]
        elif name in GETS:
            stack.append(memo[argument])
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in EMPTY:
            stack.append(EMPTY[name]())
        elif name == "MARK":
            self._below.append(stack)
            self._stack = []
        elif name in TUPLES:
            count = TUPLES[name]
            if len(stack) < count:
                raise IndexError("too few values")
            stack[-count:] = [tuple(stack[-count:])]
        elif name == "POP":
            self._pop()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name not in FORMALITIES:
            self._build(name, argument)

    def _build(self, name: str, argument: Any) -> None:
        """Make or change an object; the stack is as the instruction found it."""
        match name:
            case "TUPLE" | "LIST" | "DICT" | "FROZENSET" | "POP_MARK":
                self._gather(name)
            case "APPEND" | "APPENDS" | "ADDITEMS":
                added = [self._stack.pop()] if name == "APPEND" else self._marked()
                self._extend(self._stack[-1], added)
            case "SETITEM" | "SETITEMS":
                added = self._marked() if name == "SETITEMS" else self._popped(2)
                self._set_items(self._stack[-1], added)
            case "GLOBAL":
                self._name(*argument.split(" ", 1))
            case "STACK_GLOBAL":
                self._name(*self._popped(2))
            case "REDUCE":
                function, arguments = self._popped(2)
                self._stack.append(self._call(function, arguments))
            case "NEWOBJ" | "NEWOBJ_EX":
                cls, *_ = self._popped(2 if name == "NEWOBJ" else 3)
                self._stack.append(self._new(cls))
            case "BUILD":
                target, state = self._popped(2)
                self._stack.append(target)
                self._set_state(target, state)
            case "INST":
                raise _code(Name(*argument.split(" ", 1)))
            case "OBJ":
                raise _code(next(iter(self._marked())))
            case _:
                raise Refused(f"refers to objects outside itself ({name.lower()})")

    def _gather(self, name: str) -> None:
        values = self._marked()
        if name == "DICT":
            self._stack.append({})
            self._set_items(self._stack[-1], values)
        elif name == "FROZENSET":
            self._stack.append(frozenset(_key(value) for value in values))
        elif name != "POP_MARK":
            self._stack.append(tuple(values) if name == "TUPLE" else values)

    def _name(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError("a name that is no string")
        wanted = Name(module, name)
        if self._calls(wanted) is None and not may_stand(wanted):
            raise _code(wanted)
        self._stack.append(wanted)

    def _call(self, function: Any, arguments: Any) -> Any:
        if not isinstance(function, Name):
            raise _code(function)
        if not isinstance(arguments, tuple) or len(arguments) > MOST_ARGUMENTS:
            raise TypeError("arguments that are none")
        if ours := self._calls(function):
            return ours(*arguments)
        full = str(function)
        if full.endswith((".set", ".frozenset")) and may_stand(function):
            values = arguments[0] if arguments else []
            self._charge(len(values))
            return {_key(value) for value in values}
        if full == "collections.OrderedDict":
            pairs = arguments[0] if arguments else []
            self._charge(len(pairs))
            return {_key(key): value for key, value in pairs}
        if not may_be_called(function):
            raise _code(function)
        return Node(full)

    def _new(self, cls: Any) -> Any:
        if not isinstance(cls, Name):
            raise _code(cls)
        return {} if str(cls) == "collections.OrderedDict" else Node(str(cls))

    def _set_state(self, target: Any, state: Any) -> None:
        if isinstance(target, Name):
            raise _code(target)
        if isinstance(target, Kept):
            target.build(state)
        if not isinstance(target, Node):
            return  # attributes of plain data, which nobody needs
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                self._charge(len(target.state) + len(part))
                target.state = {**target.state, **part}

    def _extend(self, target: Any, values: list[Any]) -> None:
        if isinstance(target, set):
            target.update(_key(value) for value in values)
        elif isinstance(target, Node | list):
            (target.elements if isinstance(target, Node) else target).extend(values)
        else:
            raise TypeError("elements of what has none")

    def _set_items(self, target: Any, values: list[Any]) -> None:
        items = target.items if isinstance(target, Node) else target
        if not isinstance(items, dict) or len(values) % 2:
            raise TypeError("items of what has none")
        items.update(zip(map(_key, values[::2]), values[1::2], strict=True))

    def _marked(self) -> list[Any]:
        values, self._stack = self._stack, self._below.pop()
        return values

    def _pop(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._marked()

    def _popped(self, count: int) -> list[Any]:
        values = [self._stack.pop() for _ in range(count)]
        return values[::-1]

    def _charge(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise Refused(f"has more than {MOST_STEPS} instructions, more than any real one")


def _key(value: Any) -> Any:
    """Pass what may be a key; tuples of tuples would take exponential time to hash."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) > LONGEST_KEY:
        raise TypeError("a key that no network holds")
    for part in parts:
        if isinstance(part, int) and abs(part) > LARGEST_KEY:
            raise ValueError("a key that no network holds")
        by_identity = isinstance(part, Name | Node) and part is value
        if not by_identity and not isinstance(part, SCALARS):
            raise TypeError("a key that no network holds")
    return value


def _code(wanted: Any) -> Refused:
    what = str(wanted) if isinstance(wanted, Name) else f"a {type(wanted).__name__}"
    return Refused(f"carries code: it asks for {what}")
