"""What every class of the model is."""

import msgspec


class Value(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An immutable value, whose fields are camelCase in a spec."""
