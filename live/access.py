"""Reaching the cluster of an environment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import msgspec
from lightkube import ApiError, Client, KubeConfig
from lightkube.core.exceptions import ConfigError

from schemas.problems import DeployError

TIMEOUT_SECONDS = 10
"""How long one answer may take. A cluster that is asked for a report has failed once already."""


class ClusterError(DeployError):
    """Raised when the cluster can't be reached or refuses to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which cluster: a kubeconfig and one of its contexts; without them what the environment of the process says."""

    kubeconfig: Path | None = None
    context: str | None = None


_ONE_AT_A_TIME = threading.Lock()
"""The client builds the decoders of its types when it first meets them, and crashes when two threads do so at once."""


@contextmanager
def cluster(access: Access) -> Iterator[Client]:
    """Give a client of the cluster.

    Raises:
        ClusterError: there is no such cluster, it does not answer in time, or it refuses.

    """
    try:
        config = KubeConfig.from_file(access.kubeconfig) if access.kubeconfig else KubeConfig.from_env()
        chosen = config.get(access.context)
    except ConfigError as error:
        raise ClusterError(f"there is no cluster to ask: {error}.") from None
    assert chosen is not None  # noqa: S101 - without a default, `get` raises instead.
    server = chosen.cluster.server
    try:
        with _ONE_AT_A_TIME, Client(chosen, timeout=httpx2.Timeout(TIMEOUT_SECONDS)) as client:
            yield client
    except ApiError as error:
        raise ClusterError(f"the cluster at {server} answered {error.status.code}: {error.status.message}") from None
    except msgspec.ValidationError as error:
        raise ClusterError(f"the cluster at {server} answered something that can't be read: {error}") from None
    except httpx2.TimeoutException:
        raise ClusterError(f"the cluster at {server} did not answer within {TIMEOUT_SECONDS} s.") from None
    except (httpx2.HTTPError, OSError) as error:
        raise ClusterError(f"the cluster at {server} can't be reached: {error}") from None
