"""`python -m sandbox.run COMMAND …`: run a command with the sandbox's environment, and return its exit code."""

import os
import sys

from sandbox.environment import variables


def main() -> None:
    """Become the command."""
    environment = {**os.environ, **variables()}
    try:
        os.execvpe(sys.argv[1], sys.argv[1:], environment)  # noqa: S606 - that is its purpose
    except FileNotFoundError:
        sys.exit(f"`{sys.argv[1]}` is not there. Start the sandbox first: stackwright sandbox up")


if __name__ == "__main__":
    main()
