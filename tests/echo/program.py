"""Runs a Pulumi program against an address as the language host would, and says what it cost.

`python -m tests.echo.program ADDRESS PROGRAM [PROJECT STACK]` prints seconds, memory and work as JSON. It runs in the folder of the
program's files; config comes from the environment variable `PULUMI_CONFIG`.
"""

import asyncio
import gc
import json
import os
import resource
import runpy
import sys
import time
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def main() -> None:
    """Run the program."""
    address, program, *named = sys.argv[1:]
    project, stack = named or ("stackwright", "dev")
    begun, worked = time.perf_counter(), time.process_time()
    import pulumi  # noqa: PLC0415 - its import is a part of what is measured
    from pulumi.runtime import rpc, settings  # noqa: PLC0415
    from pulumi.runtime.stack import run_in_stack  # noqa: PLC0415

    imported = time.process_time()
    work: Counter[str] = Counter()
    settings.configure(
        settings.Settings(
            project=project,
            stack=stack,
            monitor=address,
            engine=address,
            dry_run=True,
            organization="organization",
            root_directory=os.getcwd(),
        )
    )
    loop = asyncio.new_event_loop()
    if os.environ.get("COUNT"):
        _count(rpc, loop, work)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(32))

    async def run() -> None:
        runpy.run_path(program)

    loop.run_until_complete(run_in_stack(run))
    told = {
        "seconds": time.perf_counter() - begun,
        "CPU": time.process_time() - worked,
        "import pulumi": imported - worked,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "frozen objects": gc.get_freeze_count(),
        "core.v1": "pulumi_kubernetes.core.v1" in sys.modules,
        **work,
    }
    if tracemalloc.is_tracing():
        told["KiB"] = tracemalloc.get_traced_memory()[1] / 1024
    print(json.dumps(told))
    pulumi.log.debug("done")


def _count(rpc: Any, loop: asyncio.AbstractEventLoop, work: Counter[str]) -> None:
    """Count what a program does between its calls, and trace its memory.

    That is the coroutines that turn inputs into messages, one for each node of an object; the tasks, each of which
    something awaits; and the most services that are open at once.
    """
    from components.autoscaled_service import AutoscaledService  # noqa: PLC0415 - pulumi is loaded by now

    serialize, settled = rpc.serialize_property, AutoscaledService.settled
    open_now = 0

    async def serialize_counted(*arguments: Any, **named: Any) -> Any:
        work["serialized nodes"] += 1
        return await serialize(*arguments, **named)

    async def settled_counted(service: AutoscaledService) -> None:
        nonlocal open_now
        open_now += 1
        work["open services"] = max(work["open services"], open_now)
        await settled(service)
        open_now -= 1

    def task_counted(loop: asyncio.AbstractEventLoop, coroutine: Any, **named: Any) -> asyncio.Task[Any]:
        work["tasks"] += 1
        return asyncio.Task(coroutine, loop=loop, **named)

    loop.set_task_factory(task_counted)
    rpc.serialize_property = serialize_counted
    AutoscaledService.settled = settled_counted  # type: ignore[method-assign]
    tracemalloc.start()


if __name__ == "__main__":
    main()
