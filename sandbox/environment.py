"""The variables with which Pulumi and kubectl use the sandbox and nothing else."""

import os

from sandbox.layout import Layout, layout


def variables(where: Layout | None = None) -> dict[str, str]:
    """Return the environment variables of the sandbox; `PATH` comes with the present one behind its own."""
    here = where or layout()
    return {
        "PATH": f"{here.bin}:{os.environ.get('PATH', '')}",
        "PULUMI_HOME": str(here.data / "pulumi"),
        "PULUMI_BACKEND_URL": f"file://{here.data / 'pulumi-state'}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(here.config / "passphrase"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "KUBECONFIG": str(here.kubeconfig),
        "BUILDX_CONFIG": str(here.config / "buildx"),
        "DOCKER_CONFIG": str(here.config / "docker"),
    }
