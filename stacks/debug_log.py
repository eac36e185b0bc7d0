"""The SDK's debug messages: four of five calls that a program makes."""

import pulumi


def drop_debug_messages() -> None:
    """Drop the SDK's own debug messages unless stack config `stackwright:debugLog` is true.

    The SDK sends four for each resource, each a blocking call, whether or not anybody asked for them. They say what
    the engine's own debug messages say again.
    Source: https://github.com/pulumi/pulumi/issues/7295
    """
    if not pulumi.Config("stackwright").get_bool("debugLog"):
        pulumi.log.debug = _drop


def _drop(*_: object, **__: object) -> None:
    """Take the place of `pulumi.log.debug`."""
