"""Lines that are chrome by what they say, amid a story and below it, in the languages news is written in."""

from __future__ import annotations

import pytest

from monitor.extract.page import Reason
from monitor.extract.phrases import names_poll, read_line
from tests.extract.conftest import Reader

READ_ALSO = [
    "READ MORE: Ten facts about bridges",
    "Auch interessant: Zehn Fakten über Brücken",
    "Passend dazu: Zehn Fakten über Brücken",
    "Pour aller plus loin : Dix choses à savoir",
    "Lire aussi - Dix choses à savoir",
    "Leé también: Diez datos sobre los puentes",
    "Mirá también: Diez datos sobre los puentes",
    "MÁS INFORMACIÓN: Diez datos sobre los puentes",
    "Saiba mais: Dez fatos sobre pontes",
    "Confira: Dez fatos sobre pontes",
    "Per approfondire: Dieci cose da sapere",
    "Guarda anche: Dieci cose da sapere",
    "Potrebbe interessarti: Dieci cose da sapere",
    "Bu haber de ilginizi çekebilir: Köprüler hakkında",
    "İLGİLİ HABER: Köprüler hakkında",
    "Подробнее: Десять фактов о мостах",
    "Материал по теме: Десять фактов о мостах",
    "См. также: Десять фактов о мостах",
    "Ранее мы писали: Десять фактов о мостах",
    "Կարդացեք նաև. Տասը փաստ կամուրջների մասին",
    "ԿԱՐԴԱԼ ՆԱԵՎ՝ Տասը փաստ կամուրջների մասին",
    "Տե՛ս նաև՝ Տասը փաստ կամուրջների մասին",
    "Առավել մանրամասն՝ Տասը փաստ կամուրջների մասին",
    "طالع أيضا: عشر حقائق عن الجسور",
    "قد يهمك أيضا: عشر حقائق عن الجسور",
    "بیشتر بخوانید: ده نکته درباره پل‌ها",
    "更多新闻：关于桥梁的十个事实",
    "點擊查看更多：關於橋樑的十個事實",
    "【関連記事】橋についての十の事実",
    "▼関連記事：橋についての十の事実",
    "Διαβάστε επίσης: Δέκα πράγματα για τις γέφυρες",
]
ADS = [
    "La suite après cette publicité",
    "Continua após a publicidade",
    "Continua a leggere dopo la pubblicità",
    "Haberin Devamı",
    "Продолжение после рекламы",
    "記事は下に続きます",
]
SENTENCES = [
    "The reader who wants more on bridges has to ask the council.",
    "Saiba que a ponte fechou ontem",
    "Auch interessant war, was der Rat nicht sagte.",
    "Подробнее об этом расскажет мэр на встрече в понедельник.",
    "Тема встречи пока неизвестна",
    "关于桥梁的十个事实",
]


@pytest.mark.parametrize("line", READ_ALSO)
def test_an_invitation_to_another_story_is_known(line: str) -> None:
    assert read_line(line) is Reason.RELATED


@pytest.mark.parametrize("line", ADS)
def test_what_stands_above_an_ad_is_known(line: str) -> None:
    assert read_line(line) is Reason.AD


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_that_opens_alike_is_none(line: str) -> None:
    assert read_line(line) is None


@pytest.mark.parametrize(
    "line", ["Poll", "Հարցում", "Опрос дня", "OY VER", "استطلاع رأي", "投票", "アンケート"]
)
def test_the_words_of_a_poll_are_known(line: str) -> None:
    assert names_poll(line)
    assert not names_poll(f"{line} of the council says otherwise")


@pytest.mark.parametrize(
    "line",
    [
        "Get the day's top stories in your inbox every morning.",
        "Hat Ihnen der Artikel gefallen?",
        "（新华社北京12月29日电）",
        "Our Standards: The Example Trust Principles.",
    ],
)
def test_what_agencies_and_papers_say_below_a_story_goes(line: str, read: Reader) -> None:
    story = [
        f"The council decided in round {n} what is to become of the bridge, and of all." for n in range(6)
    ]
    html = "".join(f"<p>{paragraph}</p>" for paragraph in (*story, line))
    assert read(f"<h1>Council decides on the bridge</h1>{html}").article.text.split("\n\n") == story
