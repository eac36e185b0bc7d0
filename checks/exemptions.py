"""Exemptions: an object may say, in any checker's own annotation, that a demand is not for it."""

from collections.abc import Iterator

from checks.objects import Object, mapping

_CHECKOV = "checkov.io/skip"
_POLARIS = "polaris.fairwinds.com/"
_KUBE_LINTER = "ignore-check.kube-linter.io/"


def exempts(one: Object, demands: tuple[str, ...]) -> bool:
    """Return whether an object, or the pod template in it, is exempt from one of the demands."""
    templates = [pod.annotations for pod in one.pods()]
    return any(name in demands for notes in (one.annotations, *templates) for name in _exempted(notes))


def _exempted(annotations: object) -> Iterator[str]:
    """Yield the demands that annotations name.

    Source: https://github.com/zegl/kube-score#ignoring-a-test
    Source: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
    Source: https://polaris.docs.fairwinds.com/customization/exemptions/
    Source: https://docs.kubelinter.io/#/configuring-kubelinter
    """
    for key, value in mapping(annotations).items():
        if not isinstance(key, str) or not isinstance(value, str):
            continue
        if key == "kube-score/ignore":
            yield from (f"kube-score/{name.strip()}" for name in value.split(","))
        elif key.startswith(_CHECKOV):
            yield value.partition("=")[0].strip()
        elif key.startswith(_POLARIS) and key.endswith("-exempt") and value == "true":
            yield f"polaris/{key.removeprefix(_POLARIS).removesuffix('-exempt')}"
        elif key.startswith(_KUBE_LINTER):
            yield f"kube-linter/{key.removeprefix(_KUBE_LINTER)}"
