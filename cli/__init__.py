"""The `stackwright` command, one module a verb."""
