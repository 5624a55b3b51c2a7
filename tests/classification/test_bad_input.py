"""Bad input at every door of classification, intake, problems and knowledge.

Each door is handed every text: it answers, or raises one clear error.  How long it takes is not
timed but counted: calls, which must not grow with what lies behind the part that is read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from itilcore.classification import (
    Category,
    KindRule,
    KindRules,
    OutageRules,
    Taxonomy,
    TaxonomyNode,
    Ticket,
    TicketKind,
    drift,
    propose,
)
from itilcore.decision import Decision
from itilcore.errors import InvalidInput
from itilcore.incident import Classified, Incident, Logged, Resolved
from itilcore.intake import (
    Asset,
    AssetRegister,
    Diagnostic,
    Form,
    FormField,
    Forms,
    Service,
    ServiceCatalogue,
    VagueRules,
    asset_context,
    read_alertmanager,
)
from itilcore.knowledge import Article, ArticleQuestion, draft_of, match, top_repeats
from itilcore.problems import (
    Alert,
    AlertPolicy,
    Occurrence,
    Problem,
    Report,
    SimilarReports,
    fingerprint,
    group_alerts,
    precedence,
    recurrences,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
INCIDENT = TicketKind.INCIDENT
MB = 1_000_000


def similar(text: str) -> object:
    index = SimilarReports(HOUR, 0.1)
    index.add(Report(reference="A", at=NINE, text=text))
    return index.suggest(Report(reference="B", at=NINE, text=f"{text} again"), NINE)


def recurring(text: str) -> object:
    seen = [Occurrence(f"{text}{n}", NINE + n * HOUR, {"item": text}) for n in range(5)]
    return recurrences(seen, (NINE, NINE + DAY), (NINE - WEEK, NINE))


def incident(text: str) -> Incident:
    said = Logged(NINE, text), Classified(NINE, service=text)
    events = [*said, Resolved(NINE + HOUR, notes=text)]
    return Incident.replay("INC1", events)


def webhook(text: str) -> object:
    alert = {
        "status": "firing",
        "labels": {"alertname": "Down", "service": text},
        "annotations": {"summary": text},
        "fingerprint": "f1",
        "startsAt": "2026-01-05T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
    }
    return read_alertmanager({"version": "4", "status": "firing", "alerts": [alert]})


def own_phrase(text: str) -> object:
    rule = KindRule(name="own", kind=INCIDENT, confidence=0.9, phrases=[text])
    return KindRules(rule).decide(Ticket(title=text))


def placed(text: str) -> object:
    return Taxonomy([TaxonomyNode(identifier="n", name="Net")]).resolve(Category(text))


DOORS: dict[str, Callable[[str], object]] = {
    "kind by title": lambda text: KindRules.default().decide(Ticket(title=text)),
    "kind by text": lambda text: KindRules.default().decide(Ticket(text=text)),
    "kind by field": lambda text: KindRules.default().decide(Ticket(fields={text: text})),
    "kind by source": lambda text: KindRules.default().decide(Ticket(source=text)),
    "a rule of one's own": own_phrase,
    "outage": lambda text: OutageRules().decide(Ticket(title=text)),
    "category": Category,
    "category as text": Category.parse,
    "taxonomy": lambda text: Taxonomy([TaxonomyNode(identifier="n", name=text)]),
    "place in a taxonomy": placed,
    "proposal": lambda text: str(propose([Category(text)] * 3)),
    "drift": lambda text: str(drift([Category(text)], [Category("Net")])),
    "form": lambda text: Form(name="f", fields=[FormField("symptoms", text)]),
    "answer to a form": lambda text: Forms.default().check({"symptoms": text}, INCIDENT, None),
    "answer nobody asked for": lambda text: Forms.default().check({text: "x"}, INCIDENT, None),
    "choice of a form": lambda text: FormField("user", choices=("yes", "no")).look(text),
    "vague": lambda text: VagueRules().check(text),
    "vague, with names": lambda text: VagueRules().check("it is slow", None, [text]),
    "diagnostic": lambda text: Diagnostic(categories=text, questions=text),
    "device": lambda text: asset_context(text, AssetRegister([Asset(identifier="a")]), at=NINE),
    "service": lambda text: ServiceCatalogue([Service(name=text)]).service(text),
    "webhook": webhook,
    "webhook as bytes": lambda text: read_alertmanager(text.encode("utf-8", "surrogatepass")),
    "webhook in JSON": lambda text: read_alertmanager(json.dumps(text).encode()),
    "fingerprint": lambda text: fingerprint(text, {"alertname": text}),
    "alerts": lambda text: group_alerts(
        [Alert(fingerprint=text, at=NINE, title=text)], AlertPolicy(window=HOUR)
    ),
    "similar reports": similar,
    "recurrences": recurring,
    "precedence": lambda text: precedence({NINE: [text]}, [(NINE, text)], WEEK),
    "problem": lambda text: Problem(reference=text, title=text, opened_at=NINE),
    "article": lambda text: Article(identifier="KB1", title=text, text=text),
    "question for an article": lambda text: match(
        ArticleQuestion(text=text, service=text),
        [Article(identifier="KB1", title="No VPN", text=text)],
    ),
    "draft of an article": lambda text: draft_of(incident(text)),
    "repeats": lambda text: top_repeats([incident(text).facts]),
}

TEXTS = {
    "empty": "",
    "blank": " \t\n\u2003",
    "a word of 1 MB": "a" * MB,
    "words of 1 MB": "no mail " * (MB // 8),
    "words of 1 MB, all different": " ".join(f"w{n}" for n in range(MB // 7)),
    "Chinese": "三楼的打印机坏了",
    "Chinese of 1 MB": "打印机坏了" * (MB // 5),
    "Thai": "เครื่องพิมพ์ชั้นสามเสีย",
    "Hindi": "प्रिंटर काम नहीं\u200d कर रहा",
    "Arabic": "الطابعة في الطابق الثالث لا تعمل",
    "Hebrew with an override": "\u202eהמדפסת לא עובדת\u202c abc",
    "emoji": "🔥 👩🏽‍💻 is down 😀",
    "emoji of 1 MB": "👩🏽‍💻" * (MB // 4),
    "control characters": "\x00\x1b[31mvpn\x07\x7f\x85 down\r\n",
    "control characters of 1 MB": "\x00" * MB,
    "not seen at all": "\u200b\u2060\ufeff",
    "half a sign": "\ud800 down",
    "marks of 1 MB": "e" + "\u0301\u0323" * (MB // 2),
    "signs that fold to eighteen": "\ufdfa" * (MB // 3),
    "a regular expression": r"(a+)+$",
    "what one never ends on": "a" * 5_000 + "!",
    "markup": "<script>alert(1)</script>' OR 1=1 -- ${x} %s {0}",
    "a path of 1 MB": "a > " * (MB // 4) + "a",
}


def counted(door: Callable[[str], object], text: str) -> tuple[object, int]:
    """What the door answers, an error as well, and how many calls it took."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        answer = door(text)
    except InvalidInput as error:
        answer = error
    finally:
        sys.setprofile(None)
    return answer, calls


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_door_answers_or_says_what_is_wrong(door: str, text: str) -> None:
    answer, calls = counted(DOORS[door], TEXTS[text])
    assert calls < MB + MB // 2
    if isinstance(answer, InvalidInput):
        assert answer.defects and all(each.problem for each in answer.defects)
        assert len(str(answer)) < 5_000
    elif isinstance(answer, Decision):
        assert answer.reasons and len(answer.explain()) < 5_000
        assert answer.explain() == DOORS[door](TEXTS[text]).explain()


LONG = {
    "one word": "a" * MB,
    "the same words": "no mail " * (MB // 8),
    "other words": " ".join(f"w{n}" for n in range(MB // 7)),
    "no blanks": "打印机坏了" * (MB // 5),
    "emoji": "👩🏽‍💻" * (MB // 4),
    "marks": "e" + "\u0301\u0323" * (MB // 2),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", LONG)
def test_four_times_the_text_is_not_more_work(door: str, text: str) -> None:
    whole = LONG[text]
    DOORS["kind by title"]("warm")
    counted(DOORS[door], whole[:1_000])
    few, many = (counted(DOORS[door], whole[:n])[1] for n in (MB // 4, MB))
    assert many <= few * 1.05 + 200


def nodes(*rows: tuple[str, str, str | None]) -> list[TaxonomyNode]:
    return [TaxonomyNode(identifier=i, name=name, parent=parent) for i, name, parent in rows]


RING = nodes(*((f"n{n}", f"N{n}", f"n{(n + 1) % 3_000}") for n in range(3_000)))
DEEP = nodes(("n0", "N", None), *((f"n{n}", "N", f"n{n - 1}") for n in range(1, 3_000)))

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a circle": (lambda: Taxonomy(nodes(("a", "A", "b"), ("b", "B", "a"))), "goes round: a > b > a"),
    "a node in itself": (lambda: Taxonomy(nodes(("a", "A", "a"))), "is the node itself"),
    "a circle of 3,000 nodes": (lambda: Taxonomy(RING), "goes round: n0 > n1"),
    "a path of 3,000": (lambda: Taxonomy(DEEP), "deep"),
    "one name twice": (lambda: Taxonomy(nodes(("a", "Net", None), ("b", "NET ", None))), "has or had the path NET"),
    "one name twice within": (
        lambda: Taxonomy(nodes(("n", "N", None), ("a", "ﬁle", "n"), ("b", "FILE", "n"))),
        "N > ",
    ),
    "one identifier twice": (lambda: Taxonomy(nodes(("a", "A", None), ("a", "B", None))), "twice"),
    "a parent nobody knows": (lambda: Taxonomy(nodes(("a", "A", "b"))), "'b'"),
    "a field nobody knows": (
        lambda: Form(name="f", fields=["symptoms", FormField("favourite colour", "Which?")]),
        "no usual name and not in own",
    ),
    "a field almost known": (lambda: Form(name="f", fields=["symptom"]), "did you mean 'symptoms'"),
    "services in a circle": (
        lambda: ServiceCatalogue([Service(name="a", depends_on="b"), Service(name="b", depends_on="a")]),
        "goes round",
    ),
    "a phrase that is none": (lambda: KindRule(name="r", kind=INCIDENT, confidence=0.9, phrases=[7]), "7"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_hold_together_is_one_error(name: str) -> None:
    make, words = WRONG[name]
    with pytest.raises(InvalidInput) as caught:
        make()
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300_000


EXPRESSIONS = ["(a+)+$", "(x+x+)+y", "(?i)down", r"\d+", r"\bdown", "colou?r", "err|fail", "crash*",
               "[a-z]", "[^a]", "a{2,}", "^down", "down$", "C++", "C#", r"a\.b"]  # fmt: skip


@pytest.mark.parametrize("phrase", EXPRESSIONS)
def test_a_phrase_is_words_and_never_an_expression(phrase: str) -> None:
    doors: list[Callable[[], object]] = [
        lambda: KindRule(name="own", kind=INCIDENT, confidence=0.9, phrases=phrase),
        lambda: KindRule(name="own", kind=INCIDENT, confidence=0.9, idle=phrase),
        lambda: OutageRules(over=phrase),
        lambda: VagueRules(phrases=phrase),
        lambda: VagueRules(telling=phrase),
    ]
    for door in doors:
        with pytest.raises(InvalidInput, match="phrases are words, and"):
            door()


USUAL = [".NET", "R&D", "e-mail", "24/7", "can't", "Ctrl+C", "+49 40", "#5", "Ticket#5", "why?",
         "$100", "x^2", "Outlook | error", "[EXTERNAL]", "[follow-up]", r"CORP\jane", r"C:\Temp",
         r"\\server\share", "100 %", "file.txt", "(urgent)", "AC/DC", "C: drive", "«weg»",
         "{name}", "遅い。"]  # fmt: skip


@pytest.mark.parametrize("phrase", USUAL)
def test_what_people_write_is_a_phrase_and_is_found(phrase: str) -> None:
    rules = KindRules(KindRule(name="own", kind=INCIDENT, confidence=0.9, phrases=phrase))
    assert rules.decide(Ticket(title=f"So: {phrase} it is")).answer is INCIDENT
    assert OutageRules(outage=phrase) and VagueRules(phrases=phrase)


@pytest.mark.parametrize("phrase", [".*", "[", "^$", "🔥", "%"])
def test_a_phrase_without_words_is_refused(phrase: str) -> None:
    with pytest.raises(InvalidInput, match="without letter or digit"):
        KindRule(name="own", kind=INCIDENT, confidence=0.9, phrases=[phrase])
