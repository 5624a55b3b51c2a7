"""People and groups: what holds together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.routing import Directory, Person, SupportGroup

NAMES = "abcde"


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


def test_a_person_of_wrong_parts_is_told_whole() -> None:
    wrong: Any = Person
    assert defects(
        lambda: wrong(
            identifier="ada", name=" ", manager="ada", tier=0, capacity=True, skills=[""], is_vip=1
        )
    ) == [
        "name: is ' ': it must be a text that is not blank",
        "tier: is 0: give a whole number from 1 on, or None",
        "capacity: is True: give a whole number from 1 on, or None",
        "skills[0]: is '': it must be a text that is not blank",
        "is_vip: is 1: give True or False",
        "manager: is the person themselves",
    ]


def test_a_group_of_wrong_parts_is_told_whole() -> None:
    wrong: Any = SupportGroup
    assert defects(
        lambda: wrong(
            name="", tier="2", members=[" "], categories=["", "a >"], hours="Mon", capacity=0
        )
    ) == [
        "name: is '': it must be a text that is not blank",
        "tier: is '2': give a whole number from 1 on, or None",
        "capacity: is 0: give a whole number from 1 on, or None",
        "members[0]: is ' ': it must be a text that is not blank",
        "categories[0]: is '': it must be a text that is not blank",
        "categories[1]: is blank",
        "hours: is 'Mon': give a BusinessCalendar",
    ]


def test_a_directory_that_does_not_hold_together_is_told_whole() -> None:
    people = [
        Person(identifier="ada", manager="bob"),
        Person(identifier="bob", manager="cy"),
        Person(identifier="cy", manager="bob"),
        Person(identifier="cy"),
        Person(identifier="dee", manager="eve"),
    ]
    groups = [SupportGroup(name="Desk", members="zoe"), SupportGroup(name="Desk")]
    assert [each.split(":")[0] for each in defects(lambda: Directory(people, groups))] == [
        "people.cy",
        "groups.Desk",
        "people.dee.manager",
        "groups.Desk.members",
    ]
    wrong: Any = ["x"]
    assert defects(lambda: Directory(wrong, wrong)) == [
        "people[0]: is 'x': give a Person",
        "groups[0]: is 'x': give a SupportGroup",
    ]
    nothing: Any = None
    assert len(defects(lambda: Directory(nothing, nothing))) == 2
    assert len(defects(lambda: Person(identifier="x", skills=nothing))) == 1


def test_what_is_in_a_directory() -> None:
    directory = Directory(Person(identifier="ada"), SupportGroup(name="Desk", members="ada"))
    assert directory.person("ada") == Person(identifier="ada")
    assert directory.person("bob") is None
    assert directory.group("none") is None
    assert directory.members("none") == ()
    assert directory.managers_of("bob") == ()
    assert directory.version != Directory().version


managers = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=5)


@given(managers)
def test_managers_go_up_or_the_directory_is_not_there(above: dict[str, str]) -> None:
    above = {name: boss for name, boss in above.items() if name != boss}

    def chain(name: str) -> list[str]:
        found = []
        while name in above and len(found) <= len(NAMES):
            name = above[name]
            found.append(name)
        return found

    people = [Person(identifier=name, manager=above.get(name)) for name in NAMES]
    if any(len(chain(name)) > len(NAMES) for name in NAMES):
        assert all("goes round" in each for each in defects(lambda: Directory(people)))
        return
    directory = Directory(reversed(people))
    assert directory == Directory(people)
    for name in NAMES:
        assert [each.identifier for each in directory.managers_of(name)] == chain(name)
