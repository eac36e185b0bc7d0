from components.manifests.pods.references import references


def test_a_pod_needs_what_it_reads_mounts_and_pulls_with() -> None:
    container = {
        "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "read", "key": "k"}}},
            {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "k"}}},
            {"name": "C", "value": "secret"},
        ],
        "envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "more"}}],
    }
    volumes = [
        {"name": "a", "secret": {"secretName": "mounted"}},
        {"name": "b", "configMap": {"name": "files"}},
        {"name": "c", "projected": {"sources": [{"secret": {"name": "projected"}}]}},
        {"name": "secret", "emptyDir": {}},
    ]
    pod = {"containers": [container], "volumes": volumes, "imagePullSecrets": [{"name": "registry"}]}
    assert references({"kind": "Deployment", "spec": {"template": {"spec": pod}}}) == {
        *(("Secret", name) for name in ("read", "all", "mounted", "projected", "registry")),
        *(("ConfigMap", name) for name in ("settings", "more", "files")),
    }
