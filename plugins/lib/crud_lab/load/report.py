"""The result of a run of load, as lines for a person."""

from __future__ import annotations

from collections.abc import Callable

from crud_lab import figures
from crud_lab.load.plan import describe
from crud_lab.load.replicas import pods
from crud_lab.load.run import Outcome
from crud_lab.verification.counters import Counts

# Seconds that are aimed at, on the two cores that a lab needs.
AIM_UP, AIM_DOWN = 90, 180
# Paints a text in a colour, where there is a terminal.
Paint = Callable[[str, str], str]
EQUAL = "equal to the request"


def text(outcome: Outcome, paint: Paint) -> str:
    """Write it all, aligned."""
    parts = [_head(outcome, paint), _requests(outcome), _pods(outcome), _replicas(outcome), _kill(outcome)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def sentence(outcome: Outcome) -> str:
    """Say what was wrong, nothing where all was well."""
    if not outcome.failed:
        return ""
    kinds = _kinds(outcome, 3)
    total = outcome.result.answers.total()
    return (
        f"{outcome.failed} of {total} requests failed that should not have ({kinds}): "
        "run ansible-playbook site.yml --tags verify, which names what is broken."
    )


def difference(outcome: Outcome) -> str:
    """Compare the totals of client and Prometheus."""
    sent, counted = outcome.result.answered, outcome.counted.keys
    if sent == counted:
        return EQUAL
    missing, more = (sent - counted).total(), (counted - sent).total()
    return " and ".join([f"{missing} too few"] * bool(missing) + [f"{more} too many"] * bool(more)) + " in Prometheus"


def spread(outcome: Outcome) -> float | None:
    """Return how many times as many requests the busiest pod answered as the idlest, of those there all the time."""
    there = sorted(outcome.counted.pods[pod] for pod in outcome.watch.throughout)
    return there[-1] / there[0] if there and there[0] else None


def _head(outcome: Outcome, paint: Paint) -> list[str]:
    result, plan = outcome.result, outcome.plan
    total, failures = result.answers.total(), result.failures
    latency = ", ".join(f"p{rank} {figures.duration(value)}" for rank, value in sorted(result.percentiles.items()))
    kinds = f" ({_kinds(outcome)})" if failures else ""
    equal = difference(outcome)
    lines = [
        f"load        {describe(plan.profile, plan.stages)}",
        f"requests    {total} in {result.seconds:.0f} s, {figures.rate(total / result.seconds)}",
        f"failed      {paint(str(failures.total()), 'red' if failures else 'green')}{kinds}",
        f"latency     {latency}",
        f"Prometheus  {outcome.counted.keys.total()} requests, {paint(equal, 'green' if equal == EQUAL else 'yellow')}",
    ]
    if plan.errors and not plan.faults:
        lines.append("5xx         none on purpose: -e crud_api_faults=true with --tags app lets the API make some")
    if result.lost:
        lines.append(f"left        up to {result.lost} records, whose creation was never answered")
    return lines


def _kinds(outcome: Outcome, most: int | None = None) -> str:
    return ", ".join(f"{count} {what}" for what, count in outcome.result.failures.most_common(most))


def _requests(outcome: Outcome) -> list[str]:
    sent, counted = outcome.result.answers, outcome.counted.keys
    keys = sorted(sent.keys() | counted.keys())
    rows = [[f"{key[0]} {key[1]}", key[2], str(sent[key]), str(counted[key])] for key in keys]
    rows += [["by status", status, *pair] for status, pair in _sums(sent, counted).items()]
    return figures.table(["request", "status", "sent", "Prometheus"], rows)


def _sums(sent: Counts, counted: Counts) -> dict[str, list[str]]:
    sums: dict[str, list[int]] = {}
    for column, counts in enumerate((sent, counted)):
        for (_, _, status), count in counts.items():
            sums.setdefault(status, [0, 0])[column] += count
    return {status: [str(count) for count in sums[status]] for status in sorted(sums)}


def _pods(outcome: Outcome) -> list[str]:
    there = outcome.watch.throughout
    rows = [
        [pod, str(count), "from start to end" if pod in there else "a part"]
        for pod, count in sorted(outcome.counted.pods.items())
    ]
    lines = figures.table(["pod", "requests", "ready"], rows)
    most_to_least = spread(outcome)
    if most_to_least is not None and len(there) > 1:
        lines.append(f"spread {most_to_least:.2f}, most to least of the {len(there)} that were ready from start to end")
    return lines


def _replicas(outcome: Outcome) -> list[str]:
    watch = outcome.watch
    first, most = len(watch.at_first), watch.most
    lines = [f"replicas    {first} ready at the start, {most} at most, {len(watch.seen[-1].ready)} at the end"]
    if outcome.plan.profile != "step":
        return lines
    if not outcome.scaled:
        return [*lines, "scaling     none: there is no autoscaler; profile ha has one"]
    return [*lines, *_scaling(outcome, first, most)]


def _scaling(outcome: Outcome, first: int, most: int) -> list[str]:
    watch, up_at, down_at = outcome.watch, outcome.up_at, outcome.down_at
    if most == first or up_at is None or down_at is None:
        return ["up          no more pods came: the load was too low or too short"]
    one_more = watch.first(up_at, lambda ready: len(ready) > first)
    all_of_them = watch.first(up_at, lambda ready: len(ready) == most)
    down = watch.first(down_at, lambda ready: len(ready) <= first)
    calm = f"still {len(watch.seen[-1].ready)} pods" if down is None else f"{down:.0f} s from its end to {first} pods"
    more = f"{one_more:.0f} s from the step to one more, {all_of_them:.0f} s to {most}"
    return [
        f"up          {more} (aim {AIM_UP} s)",
        f"down        {calm} (aim {AIM_DOWN} s)",
    ]


def _kill(outcome: Outcome) -> list[str]:
    kill = outcome.kill
    if not kill:
        return []
    again = outcome.watch.first(kill.moment, kill.is_over)
    ready = (
        f"{pods(kill.ready_before)} ready again after {again:.0f} s"
        if again is not None
        else "its successor is not ready yet"
    )
    failed = outcome.result.failures.total() - kill.failed_before
    return [f"killed      {kill.pod} after {kill.seconds:.0f} s: {failed} requests failed from then on, {ready}"]
