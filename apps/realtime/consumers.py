"""The one websocket of a tab. It passes nudges on and asks the database nothing."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.realtime import presence
from apps.realtime.actions import SIGNED_OUT, SILENT, TOO_MANY, group_of
from apps.realtime.socket_auth import recognise

PATIENCE = 60.0  # seconds without a beat
TOO_SOON = 10.0  # seconds; what beats faster is not written down each time
MOMENT = 0.25  # seconds in which a further topic is said once
REJOIN = 300.0  # seconds; layers forget members who do not say again that they are there
SOCKETS = 10  # per person


class LiveConsumer(AsyncWebsocketConsumer):
    """Passes nudges to one browser, until the person, the business or the browser is no longer there.

    A refusal is said after the handshake: before it, a browser cannot see the close code.
    """

    group = ""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one event, without the hop to a thread that Channels makes before each to close old connections.

        There are none here; with 200 sockets those hops were most of what a nudge cost the server.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        visitor = self.scope["visitor"]
        if visitor.refusal:
            await self.accept()
            await self.close(code=visitor.refusal)
            return
        self._born = time.time()
        self._younger: set[str] = set()
        self._told: dict[str, bool] = {}
        self.group = group_of(visitor.schema_name, visitor.user_id)
        self._expect_beat()
        await self._join()  # first: what changes after the page's sync, which begins at the handshake, is heard
        await self.accept()
        await self._be_there(touched=True)
        await self._tell_siblings("arrived")

    async def disconnect(self, code: int) -> None:
        if self.group:
            self._told.clear()
            self._alarm.cancel()
            await self.channel_layer.group_discard(self.group, self.channel_name)
            await self._tell_siblings("left")
            await presence.leave(self.scope["visitor"].schema_name, self.scope["visitor"].user_id)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A beat keeps the socket open and the person there; nothing else means anything."""
        beat = _beat_in(text_data)
        if not self.group or beat is None:
            return
        self._expect_beat()
        if time.monotonic() - self._noted > TOO_SOON:
            await self._be_there(touched=beat.get("touched") is True)
        if time.monotonic() - self._joined > REJOIN:
            visitor = await recognise(self.scope)
            if visitor != self.scope["visitor"]:
                await self.close(code=visitor.refusal if visitor else SIGNED_OUT)
                return
            await self._join()

    async def nudge(self, event: dict[str, Any]) -> None:
        """Something changed: the frames as they are sent, written once by whoever told it."""
        await self.send(text_data=event["frame"])
        for frame in event["also"]:
            if frame in self._told:
                self._told[frame] = True
            else:
                await self._tell(frame)

    async def _tell(self, frame: str) -> None:
        """Say it; the same within the next moment is said once more at its end, as the browser would do it (RT-06)."""
        self._told[frame] = False
        asyncio.get_running_loop().call_later(MOMENT, self._tell_again, frame)
        with suppress(OSError):  # the tab was closed meanwhile
            await self.send(text_data=frame)

    def _tell_again(self, frame: str) -> None:
        if self._told.pop(frame, False):
            self._telling = asyncio.create_task(self._tell(frame))

    async def shut(self, event: dict[str, Any]) -> None:
        """The person was signed out, here or everywhere, or the business suspended."""
        if not event.get("sessions") or self.scope["visitor"].session in event["sessions"]:
            await self.close(code=event["code"])

    async def arrived(self, event: dict[str, Any]) -> None:
        """Another tab of the same person. Each counts those younger than itself, so that the oldest knows to go."""
        if (event["born"], event["socket"]) > (self._born, self.channel_name):
            self._younger.add(event["socket"])
            if len(self._younger) >= SOCKETS:
                await self.close(code=TOO_MANY)

    async def left(self, event: dict[str, Any]) -> None:
        """A tab was closed."""
        self._younger.discard(event["socket"])

    async def _join(self) -> None:
        await self.channel_layer.group_add(self.group, self.channel_name)
        self._joined = time.monotonic()

    async def _be_there(self, *, touched: bool) -> None:
        self._noted = time.monotonic()
        visitor = self.scope["visitor"]
        await presence.note(visitor.schema_name, visitor.user_id, touched=touched)

    async def _tell_siblings(self, what: str) -> None:
        await self.channel_layer.group_send(self.group, {"type": what, "socket": self.channel_name, "born": self._born})

    def _expect_beat(self) -> None:
        if alarm := getattr(self, "_alarm", None):
            alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        self._goodbye = asyncio.create_task(self.close(code=SILENT))


def _beat_in(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) and "beat" in found else None
