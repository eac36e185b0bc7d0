"""What `forecast` and `simulate` share: the service, its history, and how results are shown."""
