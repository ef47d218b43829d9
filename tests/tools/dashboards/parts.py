"""The parts that all dashboards are made of. No panel is without unit, thresholds, description and link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

Panel = stat.Panel | table.Panel | timeseries.Panel
# Fixed: roles/grafana provisions it.
SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
# The address and the name of each dashboard.
TITLES = {"lab": "Lab", "crud-api": "crud-api", "pods": "Pods", "autoscaling": "Autoscaling", "slo": "SLO"}
ALL = "$__all"
GREEN, YELLOW, RED = "green", "yellow", "red"
FULL = ((0.75, YELLOW), (0.9, RED))
# Red below the first limit.
LEFT = ((0, YELLOW), (0.5, GREEN))

Limits = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Query:
    """An expression, and the name of its lines."""

    expression: str
    legend: str = ""


@dataclass(frozen=True)
class About:
    """What a panel says of itself; `see` is the dashboard to look at next."""

    title: str
    description: str
    unit: str
    see: str
    limits: Limits = ()
    lowest: str = GREEN


def graph(about: About, *queries: Query) -> Panel:
    """Make a panel of lines over time, half as wide as the dashboard."""
    style = GraphThresholdsStyleMode.LINE if about.limits else GraphThresholdsStyleMode.OFF
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    panel = (
        timeseries.Panel()
        .axis_soft_min(0)
        .fill_opacity(10)
        .legend(legend.show_legend(True))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(style))
        .span(12)
        .height(8)
    )
    return _filled(panel, about, [_target(query).range() for query in queries])


def number(about: About, expression: str) -> Panel:
    """Make a panel of one number, six of which are as wide as the dashboard."""
    panel = (
        stat.Panel()
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .span(4)
        .height(4)
    )
    return _filled(panel, about, [_target(Query(expression)).range()])


def listing(about: About, expression: str) -> Panel:
    """Make a panel with a row per series."""
    target = _target(Query(expression)).instant().format(PromQueryFormat.TABLE)
    return _filled(table.Panel().span(24).height(10), about, [target])


def variable(name: str, label: str, query: str) -> dashboard.QueryVariable:
    """Let the user choose among a label's values; at first all are chosen."""
    everything = VariableOption(selected=True, text="All", value=ALL)
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": name})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(everything)
    )


def page(uid: str, description: str, *panels: Panel, variables: Sequence[dashboard.QueryVariable] = ()) -> str:
    """Make a dashboard, as Grafana reads it from a file."""
    page = (
        dashboard.Dashboard(TITLES[uid])
        .uid(uid)
        .description(description)
        .tags(["crud-lab"])
        .timezone("browser")
        .time("now-15m", "now")
        .refresh("5s")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .variables(list(variables))
        .links([_link(other) for other in TITLES if other != uid])
    )
    for position, panel in enumerate(panels, 1):
        page.with_panel(panel.id(position))
    return JSONEncoder(indent=2, sort_keys=True).encode(page.build()) + "\n"


def _filled(panel: Panel, about: About, targets: Sequence[prometheus.Dataquery]) -> Panel:
    steps = [Threshold(None, about.lowest), *(Threshold(value, colour) for value, colour in about.limits)]
    for letter, target in zip(ascii_uppercase, targets, strict=False):
        panel.with_target(target.ref_id(letter))
    return (
        panel.title(about.title)
        .description(about.description)
        .unit(about.unit)
        .thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        .datasource(SOURCE)
        .links([_link(about.see)])
    )


def _target(query: Query) -> prometheus.Dataquery:
    return prometheus.Dataquery().datasource(SOURCE).expr(query.expression).legend_format(query.legend)


def _link(uid: str) -> dashboard.DashboardLink:
    # Without a placement it is in sight, not in a menu.
    link = dashboard.DashboardLink(TITLES[uid]).type(DashboardLinkType.LINK)
    return link.url(f"/d/{uid}").keep_time(True).placement("")
