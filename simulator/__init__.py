"""What an autoscaler would decide: Kubernetes' and KEDA's algorithms as pure functions, and replays."""
