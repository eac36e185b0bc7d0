"""KEDA's own part of the work: between nothing and one replica."""
