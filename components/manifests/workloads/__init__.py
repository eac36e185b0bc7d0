"""What keeps pods running: Deployments and StatefulSets, autoscalers, budgets, claims and jobs."""
