"""The way in from outside the cluster: what is asked for, and one module for each way that a platform may have."""
