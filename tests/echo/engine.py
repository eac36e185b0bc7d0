"""The engine: every registration gets its own inputs back, and every call is counted.

`python -m tests.echo.engine` prints its address and, when its input closes, the counts as JSON. With the environment
variable `RECORD` it writes all registrations to that file, as JSON.
"""

import json
import os
import sys
import threading
from collections import Counter
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

_FEATURES = [getattr(resource_pb2, name) for name in dir(resource_pb2) if name.startswith("RESOURCE_MONITOR_FEATURE_")]


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """The engine's resource monitor."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts
        self.parents: dict[str, str] = {}
        self.recorded: list[dict[str, Any]] = []

    def GetDeploymentInfo(self, *_: Any) -> Any:  # noqa: N802
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def RegisterResource(self, request: Any, _: Any) -> Any:  # noqa: N802
        self.counts["registrations"] += 1
        self.counts["dependencies"] += len(request.dependencies)
        chain = f"{self.parents[request.parent]}${request.type}" if request.parent in self.parents else request.type
        urn = f"urn:pulumi:echo::echo::{chain}::{request.name}"
        if request.type != "pulumi:pulumi:Stack":
            self.parents[urn] = chain
        self.recorded.append(
            {
                "urn": urn,
                "type": request.type,
                "object": MessageToDict(request.object),
                "dependencies": sorted(request.dependencies),
                "retainOnDelete": request.retainOnDelete,
                "replaceOnChanges": list(request.replaceOnChanges),
            }
        )
        known = request.object if request.custom else None
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id", object=known)

    def RegisterResourceOutputs(self, *_: Any) -> Any:  # noqa: N802
        self.counts["outputs"] += 1
        return empty_pb2.Empty()

    def _empty(self, *_: Any) -> Any:
        self.counts["other"] += 1
        return empty_pb2.Empty()

    RegisterErrorHook = RegisterResourceHook = SignalAndWaitForShutdown = _empty

    def RegisterPackage(self, *_: Any) -> Any:  # noqa: N802
        self.counts["other"] += 1
        return resource_pb2.RegisterPackageResponse(ref="package")

    def SupportsFeature(self, *_: Any) -> Any:  # noqa: N802
        self.counts["other"] += 1
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)


class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's side of logs."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts

    def Log(self, request: Any, _: Any) -> Any:  # noqa: N802
        self.counts["debug log" if request.severity == engine_pb2.DEBUG else "log"] += 1
        return empty_pb2.Empty()

    def GetRootResource(self, *_: Any) -> Any:  # noqa: N802
        return engine_pb2.GetRootResourceResponse()

    def SetRootResource(self, *_: Any) -> Any:  # noqa: N802
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, *_: Any) -> Any:  # noqa: N802
        return engine_pb2.RequirePulumiVersionResponse()


def main() -> None:
    """Serve until the input closes."""
    counts: Counter[str] = Counter()
    monitor = Monitor(counts)
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 1 << 28)])
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(counts), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    threading.Thread(target=sys.stdin.read).run()
    server.stop(0)
    if file := os.environ.get("RECORD"):
        Path(file).write_text(json.dumps(monitor.recorded))
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
