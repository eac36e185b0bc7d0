"""How many registrations a program has open at once."""

import asyncio
import weakref
from collections.abc import Awaitable

import pulumi

_OPEN_IN_A_PREVIEW = 8
_OPEN_IN_A_RUN = 64
"""The SDK looks at every open registration whenever one is answered, so without a bound both time and memory grow with
the square of a program. A preview's answers come at once; in a run as many rollouts are to be under way as the engine
can wait for."""


class _Shared:
    """What all the applications of a program have open together: services, or as many other objects."""

    def __init__(self) -> None:
        self.open = 0
        self.most = _OPEN_IN_A_PREVIEW if pulumi.runtime.is_dry_run() else _OPEN_IN_A_RUN
        self.waiting: list[asyncio.Future[None]] = []


_SHARED: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = weakref.WeakKeyDictionary()


class Window:
    """One application's share of what may be open. It is made, and used, within the program's event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._shared = _SHARED.setdefault(self._loop, _Shared())
        self._settling: set[asyncio.Future[None]] = set()
        self._own = 0

    async def turn(self) -> None:
        """Wait until one more may be opened, and count it as open.

        An application that has nothing open never waits: another's may be waiting for what it is about to register.
        """
        shared = self._shared
        while self._own and shared.open >= shared.most:
            turn = self._loop.create_future()
            shared.waiting.append(turn)
            await turn
        shared.open += 1
        self._own += 1

    def until(self, settled: Awaitable[None]) -> None:
        """Count what has been opened as open until it has settled."""
        task = asyncio.ensure_future(settled)
        self._settling.add(task)
        task.add_done_callback(self._close)

    def _close(self, task: asyncio.Future[None]) -> None:
        self._settling.discard(task)
        self._shared.open -= 1
        self._own -= 1
        waiting, self._shared.waiting = self._shared.waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
