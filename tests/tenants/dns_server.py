"""A name server on this machine, which knows what a test tells it. Spoken to by dnspython over real UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer:
    """TXT records by name; a name it does not know does not exist. `heard` are the names asked for."""

    address: str
    texts: dict[str, list[str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    is_broken: bool = False

    def answer(self, asked: dns.message.Message) -> dns.message.Message:
        """What it says to one question."""
        reply = dns.message.make_response(asked)
        reply.flags |= dns.flags.RA
        name = asked.question[0].name
        key = name.to_text(omit_final_dot=True)
        self.heard.append(key)
        if self.is_broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif key in self.texts:
            said = [f'"{text}"' for text in self.texts[key]]
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *said))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply


@contextmanager
def name_server() -> Iterator[NameServer]:
    """One that answers for as long as the block lasts."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    server = NameServer(f"127.0.0.1:{door.getsockname()[1]}")

    def serve() -> None:
        while True:
            data, who = door.recvfrom(4096)
            if not data:
                return
            door.sendto(server.answer(dns.message.from_wire(data)).to_wire(), who)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", door.getsockname())
        thread.join(5)
        door.close()
