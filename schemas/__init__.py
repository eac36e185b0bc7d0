"""The spec language: loading, layers, shape, rules and the frozen model. Pure: no Pulumi, no network."""
