"""What is a copy and what is news: the promises of `monitor.dedupe`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.dedupe import ALGORITHM, find_longest_alike, fingerprint_article, judge
from monitor.dedupe.fingerprint import MAX_SKETCH, MIN_SKETCH
from monitor.dedupe.judge import (
    MIN_PART,
    MIN_SIMILARITY,
    MIN_SIMILARITY_AT_HOME,
    MOST,
    Overlap,
    compare_facts,
    compare_leads,
    has_core,
    is_copy,
    measure_overlap,
)
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict
from tests.dedupe.stories import Memory, make_article, write_story

STORY = write_story(1)
OTHER = write_story(2)
LONG_STORY = write_story(1, 60)
PARAGRAPHS = STORY.split("\n\n")
LITTLE = 0.001

TEXTS = st.one_of(
    st.text(),
    st.builds(write_story, st.integers(0, 5), st.integers(1, 30)),
    st.builds(
        lambda seed, start, size: write_story(seed, 30)[start : start + size],
        st.integers(0, 3),
        st.integers(0, 1500),
        st.integers(0, 3000),
    ),
)


def with_hashes(*hashes: int) -> Fingerprint:
    return Fingerprint(algorithm=1, content=1, sketch=hashes, facts=frozenset(), places=bytes(len(hashes)))


def judge_after(first: Article, second: Article) -> Verdict:
    memory = Memory()
    memory.add(first)
    return memory.add(second)


def relation_of(first: str, second: str, *, source: str = "courier") -> Relation:
    return judge_after(make_article(first), make_article(second, page="b", source=source)).relation


def test_an_article_is_new_when_nothing_resembles_it() -> None:
    verdict = judge_after(make_article(STORY), make_article(OTHER, source="courier"))
    assert verdict.relation is Relation.NEW
    assert verdict.of is None
    assert verdict.similarity == 0.0


def test_a_copy_belongs_to_the_story_of_what_it_repeats() -> None:
    memory = Memory()
    first = memory.add(make_article(STORY))
    second = memory.add(make_article(STORY + "\n\nBy our staff.", source="courier"))
    third = memory.add(make_article("\n\n".join(PARAGRAPHS[:5]), source="herald"))
    assert (second.relation, third.relation) == (Relation.COPY, Relation.COPY)
    assert first.story_id == second.story_id == third.story_id
    assert second.of == make_article(STORY).id
    assert 0.9 < second.similarity <= 1.0


def test_a_known_url_is_the_same_page_whatever_it_says() -> None:
    memory = Memory()
    memory.add(make_article(STORY))
    article = make_article(OTHER)
    known = tuple(memory.kept.values())
    verdict = judge(article, fingerprint_article(article), Candidates(articles=known))
    assert verdict.relation is Relation.SAME_PAGE
    assert verdict.of == article.id


def test_the_same_words_in_other_typography_are_an_exact_copy() -> None:
    typed = STORY.replace(" of ", "\u00a0of ").replace("The ", "“The” ").replace("ba", "b\u00ada")
    assert relation_of(STORY, typed) is Relation.EXACT


@pytest.mark.parametrize(
    "copy",
    [
        "\n\n".join(PARAGRAPHS[: len(PARAGRAPHS) // 3]) + "\n\nRead more",
        "\n\n".join(reversed(PARAGRAPHS)),
        "ZEMBLA (Agency) \u2014 " + STORY + "\n\nFollow us.\n\nSubscribe now.\n\nAll rights reserved.",
        STORY + "\n\n" + write_story(3, 12),
        "\n\n".join(PARAGRAPHS[:4]) + "\n\n" + write_story(4, 10),
    ],
    ids=["cut short", "turned round", "with credit and boilerplate", "with more behind", "half of it"],
)
def test_an_edited_copy_of_another_outlet_is_a_copy(copy: str) -> None:
    assert relation_of(STORY, copy) is Relation.COPY
    assert relation_of(copy, STORY) is Relation.COPY


def share(facts: int, leads: int) -> tuple[Fingerprint, Fingerprint]:
    """Two fingerprints that share so many of 10 facts, and of the 20 shingles of their first halves."""
    one, other = (
        Fingerprint(
            algorithm=ALGORITHM,
            content=content,
            sketch=(*range(leads), *range(100 * content, 100 * content + 20 - leads)),
            facts=frozenset(map(str, (*range(facts), *range(100 * content, 100 * content + 10 - facts)))),
            places=bytes(20),
        )
        for content in (1, 2)
    )
    return one, other


@pytest.mark.parametrize(
    ("of_smaller", "facts", "copies"),
    [(MIN_SIMILARITY_AT_HOME, 8, True), (MIN_SIMILARITY_AT_HOME - LITTLE, 10, False), (1.0, 7, False)],
)
def test_two_articles_of_one_outlet_are_copies_when_nearly_all_and_all_facts_are_the_same(
    of_smaller: float, facts: int, copies: bool
) -> None:
    overlap = Overlap(frozenset(), of_smaller, 1.0)
    assert is_copy(*share(facts, 20), frozenset(), overlap, at_home=True) is copies


@pytest.mark.parametrize(
    ("of_smaller", "of_larger", "leads", "facts", "copies"),
    [
        (MIN_SIMILARITY, MIN_PART, 1, 3, True),
        (MIN_SIMILARITY - LITTLE, MIN_PART, 1, 3, False),
        (MIN_SIMILARITY, MIN_PART - LITTLE, 1, 3, False),
        (MIN_SIMILARITY, MIN_PART, 0, 3, False),
        (MIN_SIMILARITY, MIN_PART, 1, 2, False),
        (MOST, MOST, 0, 3, True),
    ],
    ids=["enough", "of the smaller", "of the larger", "of the leads", "of the facts", "moved"],
)
def test_articles_of_two_outlets_are_copies_when_they_share_enough_of_each_kind(
    of_smaller: float, of_larger: float, leads: int, facts: int, copies: bool
) -> None:
    overlap = Overlap(frozenset(), of_smaller, of_larger)
    assert is_copy(*share(facts, leads), frozenset(), overlap, at_home=False) is copies


def test_what_is_common_counts_for_no_lead() -> None:
    one, other = share(10, 10)
    assert compare_leads(one, other, frozenset()) == 10 / 20
    assert compare_leads(one, other, frozenset(range(5))) == 5 / 15


def test_two_reports_of_one_template_are_two_stories() -> None:
    template = (
        "Weather for {0}: {1} will be windy with a high of {2} degrees and a low of {3}. Winds blow at {4} "
        "km/h from the west. The chance of rain is {5} percent through the evening. The service advises "
        "residents to check road conditions before travelling. Tomorrow brings {6} degrees, with sunrise at "
        "{7} and sunset at {8}. Stay with us for the latest forecast and updates throughout the day."
    )
    one = template.format("Zembla", "Monday", 12, 3, 20, 40, 14, "6:10", "18:02")
    other = template.format("Varrow", "Sunday", 25, 9, 35, 80, 27, "5:55", "19:40")
    assert relation_of(one, other, source="gazette") is Relation.NEW


def test_a_short_text_is_the_same_only_under_the_same_title() -> None:
    memory = Memory()
    memory.add(make_article("Watch the video.", page="a", title="Floods in Varrow"))
    other = memory.add(make_article("Watch the video.", page="b", title="Vote in Zembla"))
    same = memory.add(make_article("Watch the video", page="c", title="Floods in Varrow"))
    assert (other.relation, same.relation) == (Relation.NEW, Relation.EXACT)


def test_boilerplate_that_every_story_has_says_nothing() -> None:
    boilerplate = write_story(99, 6)
    memory = Memory()
    for number in range(70):
        memory.add(make_article(write_story(number + 100, 20) + "\n\n" + boilerplate, source=f"s{number}"))
    short = memory.add(make_article(write_story(300, 2) + "\n\n" + boilerplate, source="courier"))
    assert short.relation is Relation.NEW


def test_what_a_copy_added_makes_nothing_else_a_copy() -> None:
    memory = Memory()
    memory.add(make_article(STORY))
    foreign = write_story(7, 8)
    memory.add(make_article(STORY + "\n\n" + foreign, source="courier"))
    assert memory.add(make_article(foreign, source="herald")).relation is Relation.CONTAINS


def test_an_article_with_a_part_of_another_behind_its_own_contains_it() -> None:
    memory = Memory()
    first = memory.add(make_article(STORY))
    verdict = memory.add(make_article(write_story(8, 40) + "\n\n" + STORY, source="courier"))
    assert verdict.relation is Relation.CONTAINS
    assert verdict.of == make_article(STORY).id
    assert verdict.story_id != first.story_id


def test_a_cluster_of_several_is_joined_only_over_what_they_have_in_common() -> None:
    foreign = write_story(7, 10)
    alone, with_others = Memory(), Memory()
    for memory in (alone, with_others):
        memory.add(make_article(foreign + "\n\n" + STORY, source="courier"))
    assert with_others.add(make_article(STORY, source="gazette")).relation is Relation.COPY
    assert alone.add(make_article(foreign, source="herald")).relation is Relation.COPY
    assert with_others.add(make_article(foreign, source="herald")).relation is Relation.CONTAINS


def test_a_core_is_asked_for_as_far_as_the_others_of_the_cluster_reach() -> None:
    candidate, sibling = (
        Candidate(
            article_id=name,
            url=f"https://{name}.example/",
            source=name,
            story_id="s",
            original="a",
            fingerprint=with_hashes(*range(0, MAX_SKETCH * step, step)),
        )
        for name, step in (("a", 100), ("b", 10))
    )
    known = Candidates(articles=(candidate, sibling))
    assert has_core(frozenset({5000, 5100, 5200}), candidate, known)
    assert has_core(frozenset({100, 5000, 5100}), candidate, known)
    assert not has_core(frozenset({1, 2, 5000}), candidate, known)


def test_scripts_without_spaces_have_copies_too() -> None:
    text = (
        "外交部长星期一在首都表示两国将于明年三月举行新一轮会谈并签署关于边境贸易的协议各方对此表示欢迎" * 2
    )
    assert relation_of(text, "本报讯" + text + "编辑") is Relation.COPY


def test_fingerprints_of_two_algorithms_are_never_compared() -> None:
    article = make_article(STORY, page="b")
    fingerprint = fingerprint_article(article)
    old = Fingerprint(
        algorithm=ALGORITHM - 1,
        content=fingerprint.content,
        sketch=fingerprint.sketch,
        facts=fingerprint.facts,
    )
    known = Candidate(
        article_id="x", url="https://x.example", source="x", story_id="s", original="x", fingerprint=old
    )
    assert judge(article, fingerprint, Candidates(articles=(known,))).relation is Relation.NEW


def test_among_equals_the_smallest_id_decides() -> None:
    article = make_article(STORY, page="b")
    fingerprint = fingerprint_article(article)
    known = [
        Candidate(
            article_id=name, url=name, source="x", story_id=name, original=name, fingerprint=fingerprint
        )
        for name in "cab"
    ]
    for order in (known, known[::-1]):
        assert judge(article, fingerprint, Candidates(articles=tuple(order))).of == "a"


@given(TEXTS)
def test_an_article_is_a_copy_of_itself(text: str) -> None:
    assert relation_of(text, text) is Relation.EXACT


@given(TEXTS, TEXTS, st.sampled_from(["gazette", "courier"]))
def test_the_order_of_two_never_changes_whether_they_are_grouped(one: str, other: str, source: str) -> None:
    first, second = make_article(one), make_article(other, page="b", source=source)
    assert judge_after(first, second).relation is judge_after(second, first).relation


@settings(max_examples=40)
@given(st.integers(0, 1000), st.integers(0, 1000), st.lists(st.sampled_from(PARAGRAPHS), max_size=3))
def test_three_lines_of_boilerplate_change_no_verdict(one: int, other: int, lines: list[str]) -> None:
    boilerplate = "".join(f"\n\n{line.split('.')[0]}." for line in lines)
    first, second = write_story(one, 20), write_story(other, 20)
    before = relation_of(first, second)
    assert relation_of(first + boilerplate, second + boilerplate) is before or before is Relation.EXACT


@given(
    st.integers(0, 6000),
    st.integers(800, 9000),
    st.sampled_from([LONG_STORY, STORY, OTHER, LONG_STORY[3000:4500] + OTHER]),
    st.integers(0, 9),
)
def test_what_a_look_up_leaves_out_for_its_length_is_no_copy_nor_a_part_of_a_text_kept_whole(
    start: int, size: int, other: str, step: int
) -> None:
    part = LONG_STORY[start : start + size]
    first, second = make_article(part), make_article(other, page="b", source="courier")
    known, sketch = fingerprint_article(first), fingerprint_article(second)
    shared = frozenset(known.sketch).intersection(sketch.sketch)
    common = frozenset(sorted(shared)[:: step + 1]) if step else frozenset[int]()
    longest = find_longest_alike(sketch, common, len(shared - common))
    candidate = Candidate(
        article_id="x",
        url=first.url,
        source=first.source,
        story_id="s",
        original="x",
        fingerprint=replace(known, content=0),
    )
    verdict = judge(second, sketch, Candidates(articles=(candidate,), common=common))
    if len(known.sketch) > longest:
        assert verdict.relation not in (Relation.COPY, Relation.EXACT)
        assert verdict.relation is Relation.NEW or MAX_SKETCH in (len(known.sketch), len(sketch.sketch))


def test_a_long_text_is_not_compared_for_a_shared_sentence() -> None:
    sketch = fingerprint_article(make_article(write_story(1, 20)))
    assert find_longest_alike(sketch, frozenset(), 3) <= MIN_SKETCH
    assert find_longest_alike(sketch, frozenset(), len(sketch.sketch)) == MAX_SKETCH


def test_of_a_text_that_reaches_less_far_a_shared_hash_stands_for_more() -> None:
    usual, long = (fingerprint_article(make_article(write_story(1, size))) for size in (20, 160))
    assert find_longest_alike(usual, frozenset(), 3) < find_longest_alike(long, frozenset(), 3) < MAX_SKETCH
    assert find_longest_alike(long, frozenset(), 8) == MAX_SKETCH


def test_a_fingerprint_kept_with_more_hashes_is_compared_as_far_as_both_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = write_story(1, 160)
    article, copy = make_article(text[len(text) // 5 :], source="courier"), make_article(text, page="b")
    monkeypatch.setattr("monitor.dedupe.fingerprint.MAX_SKETCH", 2048)
    earlier = fingerprint_article(copy)
    monkeypatch.undo()
    sketch = fingerprint_article(article)
    assert len(earlier.sketch) > 3 * len(sketch.sketch)
    overlap = measure_overlap(sketch, earlier, frozenset())
    assert overlap.of_smaller > 0.95
    assert 0.6 < overlap.of_larger < 0.95


@given(st.lists(st.integers(0, (1 << 64) - 1), unique=True, max_size=40), st.frozensets(st.integers()))
def test_overlap_is_symmetric_and_a_share(numbers: list[int], common: frozenset[int]) -> None:
    one, other = sorted(numbers[:25]), sorted(numbers[15:])
    first, second = (with_hashes(*sketch) for sketch in (one, other))
    overlap = measure_overlap(first, second, common)
    assert overlap == measure_overlap(second, first, common)
    assert 0 <= overlap.of_larger <= overlap.of_smaller <= 1


def test_no_facts_tell_no_difference() -> None:
    assert compare_facts(frozenset(), frozenset({"7"})) == 1.0


@pytest.mark.parametrize(
    "text",
    ["", "word", STORY * 3000, "One sentence, repeated. " * 100_000, "\ud800\x00 \u200b"],
    ids=["nothing", "one word", "5 MB", "one sentence", "no characters"],
)
def test_any_text_gets_a_verdict_and_its_copy_joins_its_cluster(text: str) -> None:
    memory = Memory()
    memory.add(make_article(STORY, page="other"))
    first = memory.add(make_article(text, source="courier"))
    again = memory.add(make_article(text, source="herald"))
    assert again.relation is Relation.EXACT
    assert again.story_id == first.story_id
