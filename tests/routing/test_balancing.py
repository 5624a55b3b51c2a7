"""Balancing: who gets the next incident, over whole streams of them."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.routing.balancing import balance
from itilcore.routing.people import Person, SupportGroup

SKILLS = ("mail", "vpn", "web")
NAMES = ("ada", "bob", "eve", "joe", "kim")
Loads = dict[str, int]

skill_sets = st.sets(st.sampled_from(SKILLS))
teams = st.lists(
    st.builds(
        Person,
        identifier=st.sampled_from(NAMES),
        skills=skill_sets,
        capacity=st.none() | st.integers(1, 6),
    ),
    unique_by=lambda person: person.identifier,
)
load_maps = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 7))


def person(identifier: str, *skills: str, capacity: int | None = None) -> Person:
    return Person(identifier=identifier, skills=skills, capacity=capacity)


def texts(*given: object, **named: object) -> list[str]:
    return [reason.text for reason in balance(*given, **named).reasons]


def who(team: list[Person], loads: Loads, skills: set[str]) -> str | None:
    """The answer as a plain programmer finds it: by sorting."""
    able = []
    for each in team:
        load = loads.get(each.identifier, 0)
        if skills <= set(each.skills) and (each.capacity is None or load < each.capacity):
            able.append((each, load))
    if any(each.capacity is None for each, _ in able):
        order = sorted((load, each.identifier) for each, load in able)
    else:
        order = sorted((Fraction(load, each.capacity), each.identifier) for each, load in able)
    return order[0][1] if order else None


@given(teams, load_maps, skill_sets, st.randoms(use_true_random=False))
def test_the_answer_is_that_of_sorting_in_whatever_order_people_are_given(
    team: list[Person], loads: Loads, skills: set[str], chance: random.Random
) -> None:
    decision = balance(team, loads, skills)
    assert decision.answer == who(team, loads, skills)
    assert decision.reasons
    mixed = list(team)
    chance.shuffle(mixed)
    assert balance(mixed, loads, sorted(skills)) == decision


@given(teams, st.lists(skill_sets, max_size=30))
def test_a_stream_of_incidents_overloads_nobody_and_leaves_none_who_has_room(
    team: list[Person], stream: list[set[str]]
) -> None:
    loads: Loads = {}
    for skills in stream:
        chosen = balance(team, loads, skills).answer
        room = [
            each
            for each in team
            if skills <= set(each.skills)
            and (each.capacity is None or loads.get(each.identifier, 0) < each.capacity)
        ]
        assert (chosen is None) is (not room)
        if chosen is not None:
            loads[chosen] = loads.get(chosen, 0) + 1
    for each in team:
        assert each.capacity is None or loads.get(each.identifier, 0) <= each.capacity


@given(teams, st.integers(1, 12), st.sets(st.sampled_from(NAMES)), st.integers(0, 20))
def test_a_group_never_takes_more_than_it_can(
    team: list[Person], capacity: int, members: set[str], count: int
) -> None:
    group = SupportGroup(name="Desk", members=members, capacity=capacity)
    loads: Loads = {}
    for _ in range(count):
        before = sum(loads.values())
        chosen = balance(team, loads, group=group).answer
        expected = who([each for each in team if each.identifier in members], loads, set())
        assert chosen == (expected if before < capacity else None)
        if chosen is not None:
            loads[chosen] = loads.get(chosen, 0) + 1
    assert sum(loads.values()) <= capacity


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 40))
def test_people_without_a_limit_share_alike(few: int, more: int, count: int) -> None:
    team = [person(name) for name in NAMES[: min(few + more, 5)]]
    loads: Loads = {}
    for _ in range(count):
        chosen = balance(team, loads).answer
        loads[chosen] = loads.get(chosen, 0) + 1
    shares = [loads.get(each.identifier, 0) for each in team]
    assert max(shares) - min(shares) <= 1


def test_the_least_in_relation_to_capacity_is_chosen() -> None:
    ada, bob = person("ada", capacity=4), person("bob", capacity=10)
    assert balance([ada, bob], {"ada": 2, "bob": 4}).answer == "bob"
    assert balance([ada, bob], {"ada": 2, "bob": 5}).answer == "ada"
    # A third of something and a float of it differ: shares are compared exactly.
    big = 3 * 10**17
    one, two = person("b", capacity=big), person("a", capacity=3)
    assert balance([one, two], {"b": 10**17 - 1, "a": 1}).answer == "b"


def test_with_somebody_without_a_limit_loads_count_by_themselves() -> None:
    team = [person("ada", capacity=10), person("bob"), person("eve", capacity=3)]
    loads = {"ada": 4, "bob": 3, "eve": 2}
    assert balance(team, loads).answer == "eve"
    assert texts(team, loads) == ["eve has 2, the least of 3 people who may take it"]
    assert balance(team, {**loads, "eve": 3}).answer == "bob"  # eve is full by now


def test_who_may_not_take_it_is_told() -> None:
    team = [person("ada", "vpn", capacity=2), person("bob", "mail"), person("eve", capacity=1)]
    loads = {"ada": 2, "eve": 4}
    assert balance(team, loads, ["vpn", "mail"]).answer is None
    assert texts(team, loads, ["vpn", "mail"]) == [
        "ada lacks mail",
        "ada is full: 2 of 2",
        "bob lacks vpn",
        "eve lacks mail and vpn",
        "eve is full: 4 of 1",
    ]
    assert texts(team, {}, "vpn") == [
        "ada has 0 of 2, and is the only one who may take it",
        "bob lacks vpn",
        "eve lacks vpn",
    ]
    assert texts([], {}) == ["there are no candidates"]


def test_only_members_of_a_group_with_room_may_take_it() -> None:
    team = [person("ada"), person("bob")]
    group = SupportGroup(name="Desk", members=["bob", "joe"], capacity=5)
    decision = balance(team, {"bob": 2, "joe": 2, "ada": 9}, group=group)
    assert decision.answer == "bob"
    assert decision.reasons[1].text == "ada is not in Desk"
    full = balance(team, {"bob": 2, "joe": 3}, group=group)
    assert full.answer is None
    assert [each.text for each in full.reasons] == ["Desk is full: its members have 5 of 5"]
    assert full.version == decision.version
    assert (
        balance(team, {"bob": 99}, group=SupportGroup(name="Desk", members="bob")).answer == "bob"
    )


def test_one_person_and_the_same_person_twice_will_do() -> None:
    assert balance(person("ada"), {}).answer == "ada"
    assert balance([person("ada"), person("ada")], {}) == balance([person("ada")], {})


def test_wrong_calls_say_all_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as error:
        balance(
            [person("ada"), "bob", person("ada", "vpn")],
            {"eve": True, "bob": 1.5, "ada": -1, "joe": 0},
            ["", 5],
            "Desk",
        )
    assert [defect.path for defect in error.value.defects] == [
        "candidates[1]",
        "candidates[2]",
        "loads.ada",
        "loads.bob",
        "loads.eve",
        "skills[0]",
        "skills[1]",
        "group",
    ]
    with pytest.raises(InvalidInput) as error:
        balance(5, [("ada", 1)], 7)
    assert [defect.path for defect in error.value.defects] == ["candidates", "loads", "skills"]
