"""What is asked of the platform's Prometheus and Grafana: metrics to read, rules to follow, dashboards to show."""
