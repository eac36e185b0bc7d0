"""Runs a Pulumi program against an address as the language host would, and says what it cost.

`python -m tests.echo.program ADDRESS PROGRAM` prints seconds, memory and work as JSON. It runs in the folder of the
program's files; config comes from the environment variable `PULUMI_CONFIG`.
"""

import asyncio
import json
import os
import resource
import runpy
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor


def main() -> None:
    """Run the program."""
    address, program = sys.argv[1:3]
    begun = time.perf_counter()
    import pulumi  # noqa: PLC0415 - its import is a part of what is measured
    from pulumi.runtime import rpc, settings  # noqa: PLC0415
    from pulumi.runtime.stack import run_in_stack  # noqa: PLC0415

    imported = time.perf_counter()
    work: Counter[str] = Counter()
    if os.environ.get("COUNT"):
        _count(rpc, work)
    settings.configure(
        settings.Settings(
            project="stackwright",
            stack="dev",
            monitor=address,
            engine=address,
            dry_run=True,
            organization="organization",
            root_directory=os.getcwd(),
        )
    )
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(32))

    async def run() -> None:
        runpy.run_path(program)

    loop.run_until_complete(run_in_stack(run))
    told = {
        "seconds": time.perf_counter() - begun,
        "import pulumi": imported - begun,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "core.v1": "pulumi_kubernetes.core.v1" in sys.modules,
        **work,
    }
    print(json.dumps(told))
    pulumi.log.debug("done")


def _count(rpc: object, work: Counter[str]) -> None:
    """Count the coroutines that turn inputs into messages: one for each node of an object."""
    inner = rpc.serialize_property  # type: ignore[attr-defined]

    async def counted(*arguments: object, **named: object) -> object:
        work["serialized nodes"] += 1
        return await inner(*arguments, **named)

    rpc.serialize_property = counted  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
