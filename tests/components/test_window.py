"""How many registrations may be open at once."""

import asyncio

import pytest

from components import window
from components.window import Window


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_OPEN_IN_A_RUN", 2)
    monkeypatch.setattr(window, "_OPEN_IN_A_PREVIEW", 2)


def test_all_applications_of_a_program_share_the_bound() -> None:
    open_now, most = 0, 0

    async def application(answers: asyncio.Event) -> None:
        nonlocal open_now, most

        async def answered() -> None:
            nonlocal open_now
            await answers.wait()
            await asyncio.sleep(0)
            open_now -= 1

        mine = Window()
        for _ in range(5):
            await mine.turn()
            open_now += 1
            most = max(most, open_now)
            mine.until(answered())

    async def program() -> None:
        answers = asyncio.Event()
        asyncio.get_running_loop().call_later(0.01, answers.set)
        await asyncio.gather(*(application(answers) for _ in range(3)))

    asyncio.run(program())
    # Two, and one for each of the other applications, which would have had none.
    assert 2 <= most <= 4


def test_an_application_that_others_wait_for_goes_on() -> None:
    async def program() -> list[str]:
        done: list[str] = []
        first, second = Window(), Window()
        registered = asyncio.Event()
        for _ in range(2):
            await first.turn()
            first.until(_noted(registered, done, "first"))
        # The first fills the window and waits for what the second has yet to register, one after the other.
        for number in range(3):
            await second.turn()
            second.until(_noted(None, done, f"second {number}"))
        registered.set()
        await first.turn()
        return done

    done = asyncio.run(asyncio.wait_for(program(), 5))
    assert done[:3] == ["second 0", "second 1", "second 2"]


async def _noted(after: asyncio.Event | None, done: list[str], what: str) -> None:
    if after is not None:
        await after.wait()
    done.append(what)
