"""Open browser tabs as one process: so many websockets, each frame noted with the time it came.

`python -m apps.conversations.benches.listening PORT HOST` reads one line with a list of Cookie headers, opens a socket
for each and prints "open"; at the next line it prints [[topic, id, seq, [times]]…] and ends. Nothing of Django is
imported. Times are the machine's monotonic seconds.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

BEAT = 20.0  # seconds; a socket that is silent for 60 is closed
AT_ONCE = 20  # handshakes
SETTLE = 1.0  # seconds

Heard = dict[tuple[Any, ...], list[float]]


async def _listen(socket: ClientConnection, heard: Heard) -> None:
    async for text in socket:
        now = time.monotonic()
        frame = json.loads(text)
        heard[frame.get("topic"), frame.get("id"), frame.get("seq")].append(now)


async def _beat(sockets: list[ClientConnection]) -> None:
    while True:
        await asyncio.sleep(BEAT)
        for socket in sockets:
            await socket.send('{"beat": 1}')


async def main(port: str, host: str) -> None:
    """Open, listen, report."""
    loop = asyncio.get_running_loop()
    cookies = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    door = asyncio.Semaphore(AT_ONCE)

    async def enter(cookie: str) -> ClientConnection:
        async with door:
            return await connect(
                f"ws://{host}:{port}/ws/", host="127.0.0.1", port=int(port), compression=None, open_timeout=60,
                additional_headers={"Cookie": cookie},
            )  # fmt: skip

    sockets = await asyncio.gather(*map(enter, cookies))
    heard: Heard = defaultdict(list)
    work = [asyncio.create_task(_listen(socket, heard)) for socket in sockets]
    work.append(asyncio.create_task(_beat(sockets)))
    await asyncio.sleep(SETTLE)  # a refusal is said after the handshake
    print("open" if all(socket.close_code is None for socket in sockets) else "refused", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps([[*key, times] for key, times in heard.items()]), flush=True)
    for task in work:
        task.cancel()
    await asyncio.gather(*(socket.close() for socket in sockets))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
