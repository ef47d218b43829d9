"""Is a Deployment or StatefulSet rolled out, and if it does not get there: why not?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Instance = Mapping[str, Any]
NEWEST_EVENTS = 6
# What runs pods.
KINDS = ("Deployment", "StatefulSet")


def is_finished(instance: Instance) -> bool:
    """Whether all the pods that are asked for run the newest template and are available, and no older one does."""
    wanted, status = instance["spec"].get("replicas", 1), instance.get("status") or {}
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    seen = status.get("observedGeneration") == instance["metadata"]["generation"]
    return bool(seen and counts == [wanted] * len(counts))


def newest(pods: Sequence[Instance]) -> Instance | None:
    """Give the pod that was created last: the one that the rollout waits for."""
    return max(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), default=None)


def concerns(event: Instance, name: str) -> bool:
    """Whether an event is about what has this name, one of its ReplicaSets or one of its pods."""
    about = str(event["involvedObject"].get("name", ""))
    return about == name or about.startswith(f"{name}-")


def report(pods: Sequence[Instance], events: Sequence[Instance], log: str) -> str:
    """Give pods, newest warnings and the end of the log, as a person would look them up."""
    lines = ["Pods:", *(f"  {pod['metadata']['name']}  {_state(pod)}" for pod in pods)]
    warnings = sorted((event for event in events if event.get("type") == "Warning"), key=_time)[-NEWEST_EVENTS:]
    if warnings:
        lines += ["Warnings:", *(f"  {event['involvedObject']['name']}: {event['message']}" for event in warnings)]
    if log.strip():
        lines += ["End of the log:", *(f"  {line}" for line in log.strip().splitlines())]
    return "\n".join(lines)


def fix(pods: Sequence[Instance], events: Sequence[Instance], *, image_tag: str) -> str:
    """Give one sentence: what to do."""
    pod = newest(pods)
    if pod is None:
        refused = [event["message"] for event in events if event.get("reason") == "FailedCreate"]
        return f"Nothing may be created ({refused[-1]}): lift what forbids it." if refused else "Run the stage again."
    reason = _reason(pod)
    if "Image" in reason:
        image = pod["spec"]["containers"][0]["image"]
        return f"The image {image} is not on the node: run ansible-playbook site.yml --tags {image_tag}."
    if reason == "Unschedulable":
        return "No node has room for the pod: free memory or CPU, or ask for less."
    if reason in ("CrashLoopBackOff", "Error"):
        return "The program ends at its start: its last lines say why."
    if reason == "CreateContainerConfigError":
        return "A ConfigMap or Secret that the pod needs is missing: run the stage again."
    return "The pod runs but is not ready: what it waits for is in the warnings and the log."


def _state(pod: Instance) -> str:
    message = _waiting(pod).get("message", "")
    return f"{_reason(pod)}{': ' if message else ''}{message}"


def _reason(pod: Instance) -> str:
    status = pod.get("status", {})
    conditions = {condition["type"]: condition for condition in status.get("conditions", [])}
    if conditions.get("PodScheduled", {}).get("status") == "False":
        return str(conditions["PodScheduled"].get("reason", "Unschedulable"))
    ended = [one["state"]["terminated"]["reason"] for one in _containers(pod) if "terminated" in one["state"]]
    ready = conditions.get("Ready", {}).get("status") == "True"
    otherwise = "Ready" if ready else f"{status.get('phase', 'Unknown')}, not ready"
    return str(_waiting(pod).get("reason") or next(iter(ended), otherwise))


def _waiting(pod: Instance) -> Mapping[str, str]:
    return next((one["state"]["waiting"] for one in _containers(pod) if "waiting" in one["state"]), {})


def _containers(pod: Instance) -> Sequence[Instance]:
    return pod.get("status", {}).get("containerStatuses") or []


def _time(event: Instance) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
