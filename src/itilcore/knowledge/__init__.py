"""Articles: what fits a question, what resolutions teach, what publishing one would save."""

from __future__ import annotations

from .articles import Article, ArticleMatch, ArticleQuestion, Articles, KnowledgeBase, match
from .learning import Repeat, deflection, draft_of, resolved_by_article, top_repeats

__all__ = [
    "Article",
    "ArticleMatch",
    "ArticleQuestion",
    "Articles",
    "KnowledgeBase",
    "Repeat",
    "deflection",
    "draft_of",
    "match",
    "resolved_by_article",
    "top_repeats",
]
