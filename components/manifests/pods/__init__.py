"""What runs in a pod: containers, their variables, files and probes, and the pod around them."""
