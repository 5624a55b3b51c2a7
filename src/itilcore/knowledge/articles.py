"""Knowledge articles: what is written down, and which of it fits an incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from math import fsum, log
from typing import Any, Final, Protocol

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct
from itilcore.incident import Incident

from .words import words_of

__all__ = ["Article", "ArticleMatch", "ArticleQuestion", "Articles", "KnowledgeBase", "match"]

_WORDS, _CATEGORY, _SERVICE = 0.5, 0.3, 0.2
"""What each part of a score is worth."""
_SHOWN: Final = 5
"""So many words does a reason name."""


@frozen(kw_only=True)
class Article:
    """An article of the knowledge base.

    ``categories`` such as ``"Network > VPN"`` are those that it helps with, with what lies
    below them, ``services`` and ``keywords`` likewise; the order within each means nothing.
    A ``draft`` was not reviewed yet.  ``made_from`` is the reference of the incident that
    taught it.  Raises `itilcore.errors.InvalidInput` with everything that is blank, of another
    type, or no category.

    >>> Article(identifier="KB1", title="No VPN", categories="Network>VPN").categories
    ('Network > VPN',)
    """

    identifier: str
    title: str
    text: str = ""
    categories: tuple[str, ...] = field(default=(), converter=distinct)
    services: tuple[str, ...] = field(default=(), converter=distinct)
    keywords: tuple[str, ...] = field(default=(), converter=distinct)
    draft: bool = False
    made_from: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("identifier", self.identifier)
        defects += blank_defects("title", self.title)
        if not isinstance(self.text, str):
            defects.append(Defect("text", f"is {self.text!r:.60}: give a text"))
        if not isinstance(self.draft, bool):
            defects.append(Defect("draft", f"is {self.draft!r:.60}: give True or False"))
        if self.made_from is not None:
            defects += blank_defects("made_from", self.made_from)
        for name in ("services", "keywords"):
            for index, value in enumerate(getattr(self, name)):
                defects += blank_defects(f"{name}[{index}]", value)
        categories: list[str] = []
        for index, value in enumerate(self.categories):
            read = _category(f"categories[{index}]", value)
            if isinstance(read, Category):
                categories.append(str(read))
            else:
                defects += read
        if defects:
            raise InvalidInput("article", defects)
        object.__setattr__(self, "categories", tuple(sorted(set(categories))))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of title, keywords and text, folded; of each as many as are read."""
        parts = (self.title, " ".join(self.keywords), self.text)
        return frozenset().union(*map(words_of, parts))

    @cached_property
    def _paths(self) -> tuple[Category, ...]:
        return tuple(map(Category.parse, self.categories))

    def category_for(self, category: Category) -> Category | None:
        """The narrowest of its categories that *category* is or lies below; ``None`` if none.

        >>> article = Article(identifier="KB1", title="No VPN", categories="Network")
        >>> article.category_for(Category("Network", "VPN"))
        Category('Network')
        """
        fitting = [each for each in self._paths if each.contains(category)]
        return max(fitting, key=lambda each: each.depth, default=None)


def _category(path: str, value: object) -> Category | list[Defect]:
    """The category, or the defects of what is none."""
    if not isinstance(value, str):
        return blank_defects(path, value)
    try:
        return Category.parse(value)
    except InvalidInput as error:
        return [Defect(path, f"is {value!r:.60}: {each.problem}") for each in error.defects]


class KnowledgeBase(Protocol):
    """Where articles come from: a wiki, a table, a folder of files.

    >>> base: KnowledgeBase = Articles()
    >>> list(base.articles())
    []
    """

    def articles(self) -> Iterable[Article]:
        """All articles, in any order."""
        ...


def _by_identifier(given: Any) -> tuple[Any, ...]:
    found = tuple(given) if isinstance(given, Iterable) else (given,)
    if all(isinstance(each, Article) for each in found):
        return tuple(sorted(found, key=lambda each: each.identifier))
    return found


@frozen
class Articles:
    """A knowledge base in memory.

    Raises `itilcore.errors.InvalidInput` for what is no `Article` and for an identifier that
    two have.

    >>> [each.title for each in Articles([Article(identifier="KB1", title="No VPN")]).articles()]
    ['No VPN']
    """

    kept: tuple[Article, ...] = field(default=(), converter=_by_identifier)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"[{index}]", f"is {each!r:.60}: give an Article")
            for index, each in enumerate(self.kept)
            if not isinstance(each, Article)
        ]
        if not defects:
            times = Counter(each.identifier for each in self.kept)
            twice = [identifier for identifier, count in times.items() if count > 1]
            defects = [Defect(f"{identifier:.60}", "comes more than once") for identifier in twice]
        if defects:
            raise InvalidInput("articles", defects)

    def articles(self) -> tuple[Article, ...]:
        """All of them, by identifier."""
        return self.kept


@frozen(kw_only=True)
class ArticleQuestion:
    """What an article is sought for: a ``text``, a category and a service, ``None`` if unknown.

    Raises `itilcore.errors.InvalidInput` with every part that is of another type.

    >>> ArticleQuestion(text="The tunnel is down", service="vpn").service
    'vpn'
    """

    text: str | None = None
    category: Category | None = None
    service: str | None = None

    def __attrs_post_init__(self) -> None:
        kinds = (("text", str), ("category", Category), ("service", str))
        defects = [
            Defect(name, f"is {getattr(self, name)!r:.60}: give a {kind.__name__}, or None")
            for name, kind in kinds
            if not isinstance(getattr(self, name), kind | None)
        ]
        if defects:
            raise InvalidInput("article question", defects)

    @classmethod
    def of(cls, incident: Incident) -> ArticleQuestion:
        """What *incident* says by now.

        Raises `itilcore.errors.InvalidInput` for what is no incident.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged
        >>> logged = Logged(datetime(2026, 1, 5, tzinfo=UTC), "No VPN")
        >>> ArticleQuestion.of(Incident.replay("INC1", [logged])).text
        'No VPN'
        """
        if not isinstance(incident, Incident):
            problem = f"is {incident!r:.60}: give an Incident"
            raise InvalidInput("article question", [Defect("incident", problem)])
        return cls(text=incident.title, category=incident.category, service=incident.service)


@frozen
class ArticleMatch:
    """An ``article`` that fits, how well (``score``, above 0 up to 1) and why (``reasons``).

    >>> article = Article(identifier="KB1", title="No VPN")
    >>> ArticleMatch(article, 0.2, ("is for the service vpn",)).score
    0.2
    """

    article: Article
    score: float
    reasons: tuple[str, ...]


def match(
    question: ArticleQuestion,
    articles: Iterable[Article],
    *,
    most: int = 10,
    drafts: bool = False,
) -> tuple[ArticleMatch, ...]:
    """The *articles* that fit *question* best, by score and then by identifier, at most *most*.

    A score has three parts.  Half of it are words: a word weighs ``log((1 + N) / n)``, where
    ``n`` of the ``N`` articles have it, and the part is the weight of the words that the
    article shares over the weight of all words of the question that any article has.  Three
    tenths are for a category of the article in which the question lies, two tenths for its
    service.  Articles of score 0 are left out, and drafts are unless *drafts*.  Of a text the
    first 20,000 signs are read.  Raises `itilcore.errors.InvalidInput` for wrong types.

    >>> vpn = Article(identifier="KB1", title="Restart the tunnel", services="vpn")
    >>> mail = Article(identifier="KB2", title="Restart the mail client")
    >>> question = ArticleQuestion(text="My tunnel is down", service="vpn")
    >>> for found in match(question, [mail, vpn]):
    ...     print(found.article.identifier, found.score, *found.reasons, sep="; ")
    KB1; 0.7; shares 1 word: tunnel; is for the service vpn
    """
    known = _asked(question, articles, most, drafts)
    asked = frozenset() if question.text is None else words_of(question.text)
    shared = [asked & each.words for each in known]
    counts = Counter(word for words in shared for word in words)
    weights = {word: log((1 + len(known)) / count) for word, count in counts.items()}
    total = fsum(weights.values())
    found = []
    for article, words in zip(known, shared, strict=True):
        score, reasons = 0.0, []
        if words:
            score += _WORDS * min(fsum(weights[word] for word in words) / total, 1.0)
            reasons.append(_shares(words, weights))
        if question.category is not None:
            category = article.category_for(question.category)
            if category is not None:
                score += _CATEGORY
                reasons.append(f"is for the category {category}")
        if question.service is not None and question.service in article.services:
            score += _SERVICE
            reasons.append(f"is for the service {question.service}")
        if reasons:
            found.append(ArticleMatch(article, score, tuple(reasons)))
    return tuple(sorted(found, key=lambda each: (-each.score, each.article.identifier))[:most])


def _shares(words: frozenset[str], weights: dict[str, float]) -> str:
    rarest = sorted(words, key=lambda word: (-weights[word], word))[:_SHOWN]
    more = ", ..." if len(words) > _SHOWN else ""
    return f"shares {len(words)} word{'' if len(words) == 1 else 's'}: {', '.join(rarest)}{more}"


def _asked(question: Any, articles: Any, most: Any, drafts: Any) -> list[Article]:
    """The articles to look at, or everything that is wrong with what was given."""
    defects: list[Defect] = []
    if not isinstance(question, ArticleQuestion):
        defects.append(Defect("question", f"is {question!r:.60}: give an ArticleQuestion"))
    if type(most) is not int or most < 1:
        defects.append(Defect("most", f"is {most!r:.60}: give a whole number from 1 on"))
    if not isinstance(drafts, bool):
        defects.append(Defect("drafts", f"is {drafts!r:.60}: give True or False"))
    given = list(articles) if isinstance(articles, Iterable) else [articles]
    defects += [
        Defect(f"articles[{index}]", f"is {each!r:.60}: give an Article")
        for index, each in enumerate(given)
        if not isinstance(each, Article)
    ]
    if defects:
        raise InvalidInput("match", defects)
    return [each for each in given if drafts or not each.draft]
