"""What can go wrong with the sandbox, in words for the person who asked for it."""


class SandboxError(Exception):
    """Raised when the sandbox cannot go on: what happened, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what} {mend}".strip())
        self.what = what
        self.mend = mend


class UnknownAddonError(SandboxError):
    """Raised when somebody asks for an add-on that there is not."""
