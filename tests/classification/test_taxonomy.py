"""Taxonomies: no category is ever lost, and no change is made without a person and a reason."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.classification.remapping import Remapped
from itilcore.classification.taxonomy import Taxonomy
from itilcore.classification.taxonomy_node import TaxonomyChange, TaxonomyNode
from itilcore.errors import InvalidInput, NaiveInstant

ADA = Actor.person("ada")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOW = {"at": MONDAY, "by": ADA, "why": "asked for"}


def node(identifier: str, name: str, parent: str | None = None, **more: object) -> TaxonomyNode:
    return TaxonomyNode(identifier=identifier, name=name, parent=parent, **more)


PLAIN = Taxonomy(
    [node("n", "Network"), node("v", "VPN", "n"), node("w", "Wi-Fi", "n"), node("m", "Mail")]
)
NODES = ("n", "v", "w", "m", "a", "b")
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "rename", "move", "retire"]),
        st.sampled_from(NODES),
        st.sampled_from(["Network", "network", "Net", "VPN", "Mail", "Fax"]),
        st.none() | st.sampled_from(NODES),
    ),
    max_size=12,
)


def walk(steps: list[tuple[str, str, str, str | None]]) -> list[Taxonomy]:
    """Every taxonomy on the way; steps that are refused are not taken."""
    line = [PLAIN]
    for number, (what, identifier, name, other) in enumerate(steps):
        now, how = line[-1], {**HOW, "at": MONDAY + timedelta(hours=number)}
        try:
            if what == "add":
                line.append(now.add(identifier, name, other, **how))
            elif what == "rename":
                line.append(now.rename(identifier, name, **how))
            elif what == "move":
                line.append(now.move(identifier, other, **how))
            else:
                line.append(now.retire(identifier, replaced_by=other, **how))
        except InvalidInput:
            pass
    return line


def paths(taxonomy: Taxonomy) -> dict[str, Category]:
    """The path of each node, from the nodes alone."""
    known = {each.identifier: each for each in taxonomy.nodes}

    def names(at: str | None) -> list[str]:
        return [] if at is None else [*names(known[at].parent), known[at].name]

    return {name: Category(*names(name)) for name in known}


def heir(taxonomy: Taxonomy, at: str) -> str:
    known = {each.identifier: each for each in taxonomy.nodes}
    return heir(taxonomy, known[at].replaced_by or known[at].parent) if known[at].retired else at


@given(steps)
def test_after_any_walk_every_category_it_ever_had_resolves_to_what_stands(
    taken: list[tuple[str, str, str, str | None]],
) -> None:
    line = walk(taken)
    last = line[-1]
    ends = paths(last)
    assert last.number == len(line) - 1
    for each in line:
        for identifier, category in paths(each).items():
            found = last.resolve(category)
            assert found.answer in last.standing
            assert found.answer == ends[heir(last, identifier)]
            assert found.reasons
    rest = [each for each in last.standing if last.resolve(each).answer != each]
    assert rest == []


@given(steps, st.randoms(use_true_random=False))
def test_the_order_of_nodes_means_nothing(
    taken: list[tuple[str, str, str, str | None]], chance: object
) -> None:
    last = walk(taken)[-1]
    nodes = list(last.nodes)
    chance.shuffle(nodes)
    again = Taxonomy(nodes, last.changes)
    assert again == last
    assert again.version == last.version
    assert json.loads(json.dumps(last.content)) == last.content


categories = st.sampled_from(
    [
        None,
        *(
            Category.parse(text)
            for text in ("Network", "network > vpn", "Mail", "Fax", "VPN", "Network > Fax")
        ),
    ]
)


@given(steps, st.lists(categories, max_size=20))
def test_a_remap_conserves_counts(
    taken: list[tuple[str, str, str, str | None]], history: list[Category | None]
) -> None:
    last = walk(taken)[-1]
    found = last.remap(iter(history))
    assert found.n == len(history) == found.kept + found.moved + found.unknown + found.without
    by_hand = Counter(each and last.resolve(each).answer for each in history)
    assert dict(found.counts) == by_hand
    assert {row.category: row.count for row in found.rows} == Counter(history)
    assert found == last.remap(history[::-1])
    assert json.loads(json.dumps(found.to_dict()))["n"] == len(history)


def test_a_category_by_all_its_ways() -> None:
    changed = PLAIN.rename("n", "Networking", **HOW)
    changed = changed.add("r", "Remote", None, **HOW).move("v", "r", **HOW)
    changed = changed.retire("w", **HOW).retire("m", replaced_by="v", **HOW)
    told = {
        "Network > VPN": ["Network > VPN is called Remote > VPN now"],
        "Remote > VPN": ["Remote > VPN stands as it is"],
        "remote > vpn": ["remote > vpn is written Remote > VPN now"],
        "Network > Wi-Fi": [
            "Network > Wi-Fi is called Networking > Wi-Fi now",
            "Networking > Wi-Fi is retired and lies in Networking",
        ],
        "MAIL": ["MAIL is written Mail now", "Mail is retired replaced by Remote > VPN"],
        "Fax": ["Fax is unknown"],
        "Network > LAN > Cable": [
            "Network > LAN > Cable is unknown; known is what it would lie in, Networking"
        ],
    }
    for text, reasons in told.items():
        assert list(map(str, changed.resolve(Category.parse(text)).reasons)) == reasons
    assert [change.what for change in changed.changes] == [
        "renamed Network to Networking (n)",
        "added Remote at the top (r)",
        "moved Networking > VPN to Remote (v)",
        "retired Networking > Wi-Fi (w)",
        "retired Mail (m) for Remote > VPN",
    ]
    assert str(changed.changes[0]) == (
        "2026-03-02T09:00:00+00:00 ada: renamed Network to Networking (n) (asked for)"
    )
    assert changed.category("w") == Category("Networking", "Wi-Fi")
    assert changed.node("m").replaced_by == "v"
    assert changed.node("x") is None
    assert list(map(str, changed.standing)) == ["Networking", "Remote", "Remote > VPN"]
    back = changed.move("v", None, **HOW)
    assert back.changes[-1].what == "moved Remote > VPN to the top (v)"


def test_a_name_may_come_back_to_its_node_and_go_to_no_other() -> None:
    changed = PLAIN.rename("m", "Messages", **HOW)
    with pytest.raises(InvalidInput, match="has or had the path mail"):
        changed.add("x", "mail", **HOW)
    back = changed.rename("m", "Mail", **HOW)
    assert back.node("m").renamed_from == (Category("Messages"),)
    spelt = back.rename("m", "MAIL", **HOW)
    assert spelt.resolve(Category("Mail")).answer == Category("MAIL")


def refused(call: object, **how: object) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        call(**how)
    return [str(defect) for defect in error.value.defects]


@pytest.mark.parametrize(
    ("what", "arguments", "problem"),
    [
        ("add", ("n", "Other"), "identifier: is 'n', as another"),
        ("add", ([], "Other"), "identifier: is []: it must be a text that is not blank"),
        ("add", ("x", "vpn", "n"), "x: has or had the path Network > vpn, as v has or had"),
        ("add", ("x", "LAN", "N"), "parent: is 'N', which is unknown; did you mean 'n'?"),
        ("rename", ("n", " Network "), "name: is ' Network ' already"),
        ("rename", ("n", "a > b"), "name: is 'a > b', which has a '>' in it"),
        ("rename", ("x", "a"), "identifier: is 'x', which is unknown; there are m, n, v, w"),
        ("rename", (None, "a"), "identifier: is None: it must be a text that is not blank"),
        ("move", ("n", "v"), "n.parent: goes round: n > v > n"),
        ("move", ("n", "n"), "parent: is the node itself"),
        ("move", ("n", None), "parent: is None already"),
        ("retire", ("n",), "identifier: has VPN, Wi-Fi below it: retire or move that first"),
        ("retire", ("m",), "m.replaced_by: is missing: it is retired, and lies in nothing"),
    ],
)
def test_what_cannot_be_changed_is_refused(
    what: str, arguments: tuple[object, ...], problem: str
) -> None:
    assert refused(lambda: getattr(PLAIN, what)(*arguments, **HOW)) == [problem]


def test_what_is_retired_stays_as_it_is() -> None:
    changed = PLAIN.retire("w", **HOW)
    for call in (
        lambda: changed.rename("w", "x", **HOW),
        lambda: changed.move("w", None, **HOW),
        lambda: changed.retire("w", **HOW),
    ):
        assert refused(call) == ["identifier: is 'w': retired"]
    assert refused(lambda: changed.retire("m", replaced_by="w", **HOW)) == [
        "replaced_by: is retired itself"
    ]
    assert refused(lambda: changed.add("x", "a", "w", **HOW)) == [
        "x.parent: is Wi-Fi, which is retired"
    ]


def test_a_change_needs_a_person_a_reason_and_an_instant() -> None:
    assert refused(lambda: PLAIN.rename("m", "Post", at=MONDAY, by="ada", why=" ")) == [
        "why: is ' ': it must be a text that is not blank",
        "by: is 'ada': give an Actor",
    ]
    with pytest.raises(NaiveInstant):
        PLAIN.rename("m", "Post", at=datetime(2026, 3, 2), by=ADA, why="so")
    changed = PLAIN.rename("m", "Post", **HOW)
    earlier = {**HOW, "at": MONDAY - timedelta(hours=1)}
    assert refused(lambda: changed.rename("m", "Mail", **earlier)) == [
        "changes[1].at: is 2026-03-02T08:00:00+00:00, before the change at "
        "2026-03-02T09:00:00+00:00"
    ]


def test_ten_names_are_enough() -> None:
    line = [node(f"c{n}", f"C{n}", f"c{n - 1}" if n else None) for n in range(10)]
    assert Taxonomy(line).standing[-1].depth == 10
    assert refused(lambda: Taxonomy([*line, node("d", "D", "c9"), node("e", "E", "d")])) == [
        "d: lies deeper than 10",
        "e: lies deeper than 10",
    ]


@pytest.mark.parametrize(
    ("nodes", "problems"),
    [
        ([node("a", "A"), node("a", "B")], ["a: stands twice"]),
        ([node("a", "A", "b")], ["a.parent: is 'b', which is unknown; there are a"]),
        (
            [node("a", "A", retired=True, replaced_by="b")],
            ["a.replaced_by: is 'b', which is unknown; there are a"],
        ),
        (
            [node("c", "C", "b"), node("b", "B", "a"), node("a", "A", "c"), node("d", "D", "a")],
            ["a.parent: goes round: a > c > b > a"],
        ),
        (
            [node("a", "Straße"), node("b", "STRASSE")],
            ["b: has or had the path STRASSE, as a has or had"],
        ),
        (
            [node("a", "A", renamed_from="X"), node("b", "B", renamed_from=["x", "Y"])],
            ["b: has or had the path x, as a has or had"],
        ),
        (
            [
                node("a", "A", retired=True, replaced_by="b"),
                node("b", "B", retired=True, replaced_by="a"),
                node("c", "C", "a", retired=True),
            ],
            ["a.replaced_by: goes round: a > b > a"],
        ),
        (
            [node("a", "A", retired=True), node("b", "B", "a")],
            [
                "a.replaced_by: is missing: it is retired, and lies in nothing",
                "b.parent: is A, which is retired",
            ],
        ),
    ],
)
def test_nodes_that_do_not_hold_together_are_refused(
    nodes: list[TaxonomyNode], problems: list[str]
) -> None:
    assert refused(lambda: Taxonomy(nodes)) == problems
    assert refused(lambda: Taxonomy(nodes[::-1])) == problems


def test_no_defect_hides_another() -> None:
    deep = [node(f"d{n}", f"D{n}", f"d{n - 1}" if n else None) for n in range(11)]
    nodes = [
        node("a", "A", "b"),
        node("b", "B", "a"),
        node("c", "C", "b"),
        node("n", "Net"),
        node("o", "NET"),
        node("p", "Net", "nowhere"),
        node("r", "R", retired=True),
        node("s", "S", "r"),
        node("t", "T", retired=True, replaced_by="u"),
        node("u", "U", retired=True, replaced_by="t"),
        *deep,
    ]
    late, soon = (TaxonomyChange(at, ADA, "w", "x") for at in (MONDAY + timedelta(days=1), MONDAY))
    found = refused(lambda: Taxonomy([*nodes, node("n", "Net"), 3], [late, soon, "change"]))
    assert [each.split(":")[0] for each in found] == [
        "nodes[22]",
        "changes[2]",
        "n",
        "p.parent",
        "a.parent",
        "d10",
        "r.replaced_by",
        "s.parent",
        "t.replaced_by",
        "o",
        "changes[1].at",
    ]


def test_wrong_values_are_refused_whole() -> None:
    assert [each.split(":")[0] for each in refused(lambda: Taxonomy([3], "change"))] == [
        "nodes[0]",
        "changes[0]",
    ]
    found = refused(
        lambda: TaxonomyNode(
            identifier=" ",
            name="x" * 201,
            parent="",
            retired=1,
            renamed_from=["a > ", 3],
            replaced_by=4,
        )
    )
    assert [each.split(":")[0] for each in found] == [
        "identifier",
        "name",
        "parent",
        "replaced_by",
        "retired",
        "renamed_from[0]",
        "renamed_from[1]",
    ]
    assert refused(lambda: node("a", None)) == [
        "name: is None: it must be a text that is not blank"
    ]
    assert refused(lambda: node("a", "A", replaced_by="b")) == [
        "replaced_by: is given, and the node is not retired"
    ]
    assert refused(lambda: TaxonomyChange("now", ADA, "", "x"))[0].startswith("why")
    assert refused(lambda: PLAIN.resolve("Network")) == ["category: is 'Network': give a Category"]
    assert refused(lambda: PLAIN.remap([[], None, "a"])) == [
        "categories[0]: is []: give a Category, or None",
        "categories[2]: is 'a': give a Category, or None",
    ]
    assert refused(lambda: PLAIN.remap(5)) == ["categories: is 5: give several"]
    assert refused(lambda: PLAIN.category("x"))


def test_one_node_and_one_former_path_stand_for_themselves() -> None:
    one = Taxonomy(node("a", "A", renamed_from=Category("B", "C")))
    assert one.resolve(Category("b", "c")).answer == Category("A")
    assert str(Remapped(None, None, 2)) == "no category -> no category: 2"


def test_names_of_any_length_are_only_unknown() -> None:
    begun = perf_counter()
    assert PLAIN.resolve(Category("\u0301\u0300" * 500_000)).answer is None
    assert PLAIN.resolve(Category(*"ab" * 50_000)).answer is None
    assert perf_counter() - begun < 2


def test_what_lies_in_a_renamed_node_is_found_under_the_former_name() -> None:
    taxonomy = Taxonomy(
        [
            TaxonomyNode(identifier="n", name="Network", renamed_from="Net"),
            TaxonomyNode(identifier="v", name="VPN", parent="n", renamed_from="Net > Tunnel"),
            TaxonomyNode(identifier="c", name="Client", parent="v"),
        ]
    )
    for path in ("Net > VPN", "net > vpn", "Network > VPN", "Net > Tunnel"):
        assert taxonomy.resolve(Category.parse(path)).answer == Category("Network", "VPN")
    for path in ("Net > VPN > Client", "Net > Tunnel > Client"):
        assert taxonomy.resolve(Category.parse(path)).answer == Category("Network", "VPN", "Client")
    for path in ("Net > Client", "Tunnel > Client", "Net > VPN > Client > X", "VPN"):
        assert taxonomy.resolve(Category.parse(path)).answer is None


def test_what_is_kept_of_long_histories_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itilcore.classification.taxonomy._MOST_KEPT", 2)
    taxonomy = Taxonomy([TaxonomyNode(identifier="n", name="Network", renamed_from="Net")])
    for name in ("Net", "Fax", "Network", "Net", "Fax"):
        category = Category(name)
        assert taxonomy.counts_for(category) == taxonomy.resolve(category).answer
    assert len(taxonomy._counted) <= 2
