"""A history of demand replayed on an autoscaler."""
