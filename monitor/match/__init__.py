"""Article x rules -> Matches: the rule language and the index that holds 100,000 rules against an article.

Position: after `dedupe`, before `compose`. Pure; the language is described in docs/rules.md.

How: a query is cut into lexemes (`lexer`), read as a tree (`parser`, `nodes`) and filed under words that
any article it matches must hold (`anchors`). An article is cut into words once (`document`), so only the
rules whose words it holds are asked (`ruleset`), and what they marked is shown in its sentence
(`excerpts`).
"""

from monitor.match.anchors import required_terms
from monitor.match.parser import Query, Remark, parse_query
from monitor.match.ruleset import RuleSet, matches_query

__all__ = ["Query", "Remark", "RuleSet", "matches_query", "parse_query", "required_terms"]
