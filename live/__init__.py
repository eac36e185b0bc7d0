"""What a cluster says of an application: read, never changed, except for what a dead run left behind."""
