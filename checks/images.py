"""Images: which one runs, and who may run it.

That an image is named by its digest is for the spec's rules and its release to say: an object that is rendered before
its image is built has none yet.
"""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Objects


@check(
    "SW6321",
    "kube-score/container-image-tag",
    "CKV_K8S_14",
    "kube-linter/latest-tag",
    "polaris/tagNotSpecified",
    "kubescape/C-0075",
    severity="error",
    hint="Name a version, and better the digest too: `repository:1.4@sha256:…`.",
)
def tag(there: Objects) -> Iterator[Hit]:
    """Yield images that mean another program tomorrow."""
    for one in there.containers:
        image = one.body.get("image")
        if not isinstance(image, str):
            continue
        name, _, digest = image.partition("@")
        version = name.rpartition("/")[2].partition(":")[2]
        if not digest and version in ("", "latest"):
            message = f"`{image}` is the newest image of that name, whichever that is when a pod starts."
            yield Hit(one.object, (*one.path, "image"), message)


@check(
    "SW6322",
    "kube-score/container-image-pull-policy",
    "CKV_K8S_15",
    "polaris/pullPolicyNotAlways",
    hint="Set `imagePullPolicy: Always`: layers that are there are not fetched again, only the right to use them is "
    "asked for.",
)
def pull_policy(there: Objects) -> Iterator[Hit]:
    """Yield images that a pod may take from its node though its own credentials would not let it."""
    for one in there.containers:
        if one.body.get("imagePullPolicy") != "Always":
            message = f"the container `{one.name}` runs what lies on the node, whether or not it may pull it."
            yield Hit(one.object, (*one.path, "imagePullPolicy"), message)


CHECKS = (tag, pull_policy)
