"""Article x rules -> Matches: the rule language and the index that holds 100,000 rules against an article.

Position: after `dedupe`, before `compose`. Pure; the language is described in docs/rules.md.

How: a query is cut into lexemes (`lexer`), read as a tree (`parser`, `words`, `nodes`) and filed under
words that any article it matches must hold (`anchors`). An article is cut into words once (`document`), so
only the rules whose words it holds are asked (`ruleset`), and what they marked is shown in its sentence
(`excerpts`).
"""

from monitor.match.anchors import required_terms
from monitor.match.explain import Clause, clauses_of, explain_query, leave_out, missing_clause, terms_of
from monitor.match.parser import Query, Remark, parse_query, read_rule
from monitor.match.ruleset import RuleSet, matches_query

__all__ = [
    "Clause",
    "Query",
    "Remark",
    "RuleSet",
    "clauses_of",
    "explain_query",
    "leave_out",
    "matches_query",
    "missing_clause",
    "parse_query",
    "read_rule",
    "required_terms",
    "terms_of",
]
