"""The service catalogue: what holds together, and who suffers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput
from itilcore.intake import Criticality, Service, ServiceCatalogue

NAMES = "abcdef"


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


def test_a_service_of_wrong_parts_is_told_whole():
    wrong: Any = Service
    assert defects(
        lambda: wrong(
            name=" ",
            criticality="high",
            owner="",
            tolerable_downtime=timedelta(),
            degradation_counts=1,
            hours="Mon-Fri",
            depends_on=[" ", ""],
        )
    ) == [
        "name: is ' ': it must be a text that is not blank",
        "criticality: is 'high': give a Criticality",
        "owner: is '': it must be a text that is not blank",
        "tolerable_downtime: is 0:00:00: give a timedelta of more than nothing",
        "degradation_counts: is 1: give True or False",
        "hours: is 'Mon-Fri': give a BusinessCalendar",
        "depends_on[0]: is '': it must be a text that is not blank",
        "depends_on[1]: is ' ': it must be a text that is not blank",
        "depends_on[1]: is the service itself",
    ]


def test_a_catalogue_that_does_not_hold_together_is_told_whole():
    found = [
        Service(name="mail", depends_on=["dns", "databse"]),
        Service(name="dns", depends_on="sso"),
        Service(name="sso", depends_on="mail"),
        Service(name="database"),
        Service(name="database"),
    ]
    assert defects(lambda: ServiceCatalogue(found)) == [
        "database: stands twice",
        "mail.depends_on: has 'databse', which is no service; did you mean 'database'?",
        "dns.depends_on: goes round: dns < sso < mail < dns",
    ]
    wrong: Any = ["x"]
    assert defects(lambda: ServiceCatalogue(wrong)) == ["[0]: is 'x': give a Service"]
    wrong = None
    assert len(defects(lambda: ServiceCatalogue(wrong))) == 1
    assert len(defects(lambda: Service(name="a", depends_on=wrong))) == 1


def test_what_is_in_a_catalogue():
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    payroll = Service(
        name="payroll",
        criticality=Criticality.CRITICAL,
        owner="Finance IT",
        tolerable_downtime=timedelta(hours=2),
        hours=office,
        depends_on=["db"],
    )
    catalogue = ServiceCatalogue([payroll, Service(name="db")])
    assert catalogue.service("payroll") == payroll
    assert catalogue.service("mail") is None
    assert catalogue.dependencies_of("mail") == ()
    assert catalogue == ServiceCatalogue([Service(name="db"), payroll])
    assert catalogue.version == ServiceCatalogue([Service(name="db"), payroll]).version
    assert catalogue.version != ServiceCatalogue(Service(name="db")).version
    assert payroll.content["hours"] == office.version


edges = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12)


def closure(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Everything that can be reached, by joining pairs until there is nothing new."""
    found = set(pairs)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


@given(edges)
def test_a_catalogue_is_there_exactly_when_nothing_goes_round(pairs: set[tuple[str, str]]):
    pairs = {(a, b) for a, b in pairs if a != b}
    services = [Service(name=name, depends_on=[b for a, b in pairs if a == name]) for name in NAMES]
    reached = closure(pairs)
    if any((name, name) in reached for name in NAMES):
        assert all("goes round" in each for each in defects(lambda: ServiceCatalogue(services)))
        return
    catalogue = ServiceCatalogue(services)
    for name in NAMES:
        below = {each.name for each in catalogue.dependencies_of(name)}
        above = {each.name for each in catalogue.dependents_of(name)}
        assert below == {b for a, b in reached if a == name}
        assert above == {a for a, b in reached if b == name}
