"""What checkers are told of a patched object: that the spec has decided, and the patch's own reason."""

from collections.abc import Iterator, Mapping, Sequence

from components.manifests.exemptions import Exemption, exempted_too
from components.manifests.objects import Manifest
from schemas.model import Patch

_KUBE_SCORE, _POLARIS = "kube-score/", "polaris/"


def excused(
    before: Sequence[Manifest], after: Sequence[Manifest], patches: Mapping[int, Mapping[str, Patch]]
) -> list[Manifest]:
    """Return patched objects with exemptions from what the checks warn of since their patches.

    Validation tells those warnings at the patch. What is an error there is refused, and never comes this far.

    Args:
        before: the objects as they were.
        after: the objects, in the same order, with the patches laid over them.
        patches: by an object's index, the patches that changed it.

    """
    # Only a spec with patches needs the checks.
    from checks import CHECKS, findings  # noqa: PLC0415

    stands_for = {check.code: check.stands_for for check in CHECKS}
    known = {(one.kind, one.name, one.code) for one in findings(before)}
    found = list(after)
    warned = [one for one in findings(after) if one.severity == "warning"]
    for index, own in patches.items():
        head = after[index]["metadata"]["name"]
        codes = {one.code for one in warned if (one.kind, one.name) == (after[index]["kind"], head)}
        new = sorted(code for code in codes if (after[index]["kind"], head, code) not in known)
        reason = " ".join(dict.fromkeys(patch.reason for patch in own.values()))
        exemptions = [one for code in new for one in _exemptions(code, stands_for[code], reason)]
        found[index] = exempted_too(after[index], exemptions)
    return found


def _exemptions(code: str, demands: Sequence[str], reason: str) -> Iterator[Exemption]:
    """Yield an exemption from each demand that a check stands for, of the checkers that have an annotation for it."""
    key = f"patched-{code}"
    for demand in demands:
        if demand.startswith(_KUBE_SCORE):
            yield Exemption(key=key, reason=reason, kube_score=demand.removeprefix(_KUBE_SCORE))
        elif demand.startswith(_POLARIS):
            yield Exemption(key=key, reason=reason, polaris=demand.removeprefix(_POLARIS))
        elif demand.startswith("CKV"):
            yield Exemption(key=key, reason=reason, checkov=demand)
