"""How a problem in a spec ends a Pulumi program: with its message and without a traceback."""

import pulumi

from schemas.problems import DeployError


def run_error(error: DeployError) -> pulumi.RunError:
    """Return the error that Pulumi shows as it stands."""
    return pulumi.RunError(str(error))
