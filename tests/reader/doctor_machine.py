"""Machines that do not exist: a folder with the /proc, /sys and /run of one, and what its programs would answer."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence
from pathlib import Path

from reader.doctor.system import System

UNIT = "Id={name}\nLoadState={load}\nActiveState={active}\nUnitFileState={file}\n"


class Machine:
    """A machine to be looked at. Everything is absent until it is put there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.platform = "linux"
        self.environ: dict[str, str] = {}
        self.units: dict[str, tuple[str, str, str]] = {}
        """LoadState, ActiveState, UnitFileState."""
        self.answers: dict[str, str] = {}
        """What programs print, by their name."""
        self.asked: list[tuple[str, ...]] = []
        self.libraries = {"libpcsclite.so.1"}
        self.user = "hanako"
        self._listeners: list[str] = []

    def system(self) -> System:
        """The machine as the doctor is given it."""
        return System(
            root=self.root,
            platform=self.platform,
            environ=self.environ,
            ask=self._answer,
            loads=self.libraries.__contains__,
            user=self.user,
        )

    def put(self, path: str, text: str = "") -> Path:
        """A file."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def install_pcscd(self) -> None:
        self.put("/usr/sbin/pcscd")

    def run(self, name: str, pid: int = 321) -> None:
        """A process of that name."""
        self.put(f"/proc/{pid}/comm", f"{name}\n")

    def boot_systemd(self, **units: tuple[str, str, str]) -> None:
        """systemd runs; `socket` and `service` are pcscd's units."""
        (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
        self.units = {f"pcscd.{kind}": state for kind, state in units.items()}

    def load_modules(self, *names: str) -> None:
        self.put("/proc/modules", "".join(f"{name} 40960 0 - Live 0x0000000000000000\n" for name in names))

    def plug_in(
        self,
        vendor: int,
        product: int,
        name: str = "",
        *,
        at: str = "1-2",
        serial: str = "",
        ccid: bool = False,
        driver: str = "",
    ) -> None:
        """A USB device with one interface."""
        device = f"/sys/bus/usb/devices/{at}"
        self.put(f"{device}/idVendor", f"{vendor:04x}\n")
        self.put(f"{device}/idProduct", f"{product:04x}\n")
        if name:
            self.put(f"{device}/product", f"{name}\n")
        if serial:
            self.put(f"{device}/serial", f"{serial}\n")
        interface = self.put(f"{device}:1.0/bInterfaceClass", "0b\n" if ccid else "ff\n").parent
        if driver:
            (interface / "driver").unlink(missing_ok=True)
            (interface / "driver").symlink_to(f"../../../drivers/{driver}")

    def listen(self, host: str, port: int, *, state: str = "0A") -> None:
        """Somebody listens (or, in another state, is connected) there."""
        address = ipaddress.ip_address(host)
        words = (address.packed[at : at + 4] for at in range(0, len(address.packed), 4))
        text = "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
        table = "/proc/net/tcp" if address.version == 4 else "/proc/net/tcp6"
        self._listeners.append(f"   0: {text}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000\n")
        path = self.root / table.lstrip("/")
        before = path.read_text() if path.exists() else "  sl  local_address rem_address   st\n"
        self.put(table, before + self._listeners[-1])

    def _answer(self, command: Sequence[str]) -> str | None:
        self.asked.append(tuple(command))
        if command[0] == "systemctl" and self.units:
            states = {name: self.units.get(name, ("not-found", "inactive", "")) for name in command[-2:]}
            return "\n".join(
                UNIT.format(name=name, load=load, active=active, file=file)
                for name, (load, active, file) in states.items()
            )
        return self.answers.get(command[0])
