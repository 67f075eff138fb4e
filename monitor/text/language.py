# ruff: noqa: E501  (word tables read best a language to the line)
"""Which language a text is in: by its script, then by its function words.

Position: asked by `extract` when it checks what a page claims, and by whoever stems words. Pure; no
model, a tenth of a millisecond a text.

How: the letters' script settles most of the world's languages by itself. Languages that share Latin,
Cyrillic, Arabic or Devanagari are told apart by their most frequent short words, each counting
the more the fewer languages use it, and by letters that only some of them have.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict

SAMPLE_CHARS = 700
"""How much of a text is looked at; more does not change the answer."""

MIN_LETTERS = 12
"""Letters below which nothing is said."""

MIN_SHARE = 0.04
"""Share of a text's words that must speak for a language: running text of any of them has over 20 %."""

SCRIPT_PROBES = 60
"""Letters of the sample whose script is looked up."""

_SCRIPT_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x41, 0x5A, "latin"),
    (0x61, 0x7A, "latin"),
    (0xC0, 0x24F, "latin"),
    (0x370, 0x3FF, "el"),
    (0x400, 0x52F, "cyrillic"),
    (0x531, 0x587, "hy"),
    (0x590, 0x5FF, "he"),
    (0x620, 0x6FF, "arabic"),
    (0x900, 0x97F, "devanagari"),
    (0x980, 0x9FF, "bn"),
    (0xA00, 0xA7F, "pa"),
    (0xA80, 0xAFF, "gu"),
    (0xB80, 0xBFF, "ta"),
    (0xC00, 0xC7F, "te"),
    (0xC80, 0xCFF, "kn"),
    (0xD00, 0xD7F, "ml"),
    (0xD80, 0xDFF, "si"),
    (0xE01, 0xE7F, "th"),
    (0xE80, 0xEFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1200, 0x137F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x1C90, 0x1CBF, "ka"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "el"),
    (0x3041, 0x30FF, "ja"),
    (0x3400, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
"""Unicode blocks, ascending: a script that several languages share, or the language it settles."""

_RANGE_STARTS = [first for first, _, _ in _SCRIPT_RANGES]
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

JAPANESE_SHARE = 0.08
"""Share of kana among kana and Han letters from which a text is Japanese: headlines may have few."""

_FUNCTION_WORDS = {
    "latin": """
en the and of to in that is was for with as on by it from are be has have had this which not at his they but who been will their would
de der die und das den von zu mit ist des sich für auf dem nicht ein eine im auch es an als aus nach bei wird sind einer werden hat wie noch über oder dass zum zur vom einem haben
fr le la les des et en un une du que dans qui pour par sur pas plus est au avec ce il sont cette ont mais aux été son ses leur comme nous vous elle c'est d'une qu'il
es el la los las de que en y un una por con para del se su al es lo como más pero sus fue son este está ha también entre sobre desde años hay
pt o os as de que em e um uma do da dos das para com não por no na se ao mais foi como mas são pela pelo também ser sua seu está à entre isso já nos até
it il lo gli di che e un una per con del della dei delle nel nella sono è non si da al alla come più anche ha ma dal dalla questo degli ai tra suo stato essere
nl de het een van en in is dat op te voor met zijn niet aan er om ook als door naar bij maar uit nog wordt heeft werd deze over hij worden dit tot ze
pl w i na z do się że nie jest o to od za po jak przez oraz dla ale tym są które był było który przy jego tego został może przed
cs a v na se je že do s z o to pro ve jsou který za by po jako ale jeho podle která které byl bylo také už při nebo ze
sk a v na sa je že do s z o to pre vo sú ktorý za by po ako ale jeho podľa ktorá ktoré bol bolo tiež už pri alebo zo
sl in je v na se da za so z ki pa o po tudi ne kot bi bo od iz ali pri še kar do bil bila
hr i u je na se da za su od s o koji što kako a iz koja će nije ne bi kao ali koje nakon te samo biti sve bio
ro și de în la a cu pe din care nu o un este să pentru al au mai fi ce prin că ca sunt fost lui ale această dar
hu a az és hogy nem is egy ez meg volt csak de már mint ki van után szerint még vagy ezt azt lesz el ha amely pedig
fi ja on ei että se oli hän ovat myös mutta joka kun ole kuin sen vuoden mukaan jo vain sekä ollut jos tai niin
et ja on ei et oli see ta kui ka mis aga oma kes ning või selle välja pärast tema seda veel olid aasta
lv un ir ar no par uz kas ka tas bija bet tā gan vai arī lai tika pēc pie jau kā šo nav to gada viņš
lt ir kad yra su į iš tai buvo kaip bet apie jo už dėl o tik nuo taip savo po per jau bus dar šis metų
sv och att det som en på är av för med den till inte om har de ett var jag från men kan så hon när efter vid ska också
da og at det er en til på som den for med af ikke der har de et var kan men jeg fra om han efter også blev vil ved siger
no og i det er på en til som av for at med har de ikke den et var fra men om han kan jeg etter også ble vil ved sier å
is og að í á er sem til um við það en var með hann ekki af fyrir því hafa eru ég þau verið eða eftir þá
tr ve bir bu da de için ile olarak çok daha gibi olan kadar sonra ne ancak ise göre var olduğunu değil en her oldu yeni büyük
az və bir bu da də üçün ilə olan olaraq ki sonra daha çox görə isə edib edilib idi həmin onun olub
id yang dan di ini untuk dengan dari pada tidak itu akan dalam juga ke oleh karena ada telah bisa sebagai sudah mereka adalah saat
ms yang dan di ini untuk dengan dari pada tidak itu akan dalam juga ke oleh kerana ada telah boleh sebagai beliau adalah berkata mereka bagi
vi và của là có trong được cho không với các một người những đã khi này từ đến về ra tại cũng năm đó sẽ vào
sq dhe të në e një për me që është nga si janë por ka do nuk më ai kjo edhe i së ishte
ca el la els les de que i en un una per amb del al és no ha són més però va dels també aquest entre seva l'any
gl o os a as de que e en un unha do da dos das para con non por no na ao máis foi como pero son pola tamén súa
eu eta da ez du bat dira izan dute baina ere hori egin zen den duen dela baino beste bere
af die van en het in is dat nie vir met te aan om ook wat word as op by sy was hulle deur hy sal maar
sw na ya wa kwa ni katika la za cha kuwa hiyo huo alisema baada pia hata lakini kama ambao watu yake hii
tl ang ng sa na mga at ay ni para hindi ito ko siya kung may naman din lang nang mula
cy y yn a i o ar mae ei bod wedi gan yr am ac ond hefyd fod oedd eu gyda
ga an na agus ar go i is a le do bhí sé tá ag leis don sa faoi níl iad
zu ukuthi futhi kodwa uma ngoba nge kanye umuntu abantu lokhu kwe yena uthe
xh ukuba kwaye kodwa xa ngokuba nge kunye umntu abantu oku kwi yena uthe ngokuthi
so ee oo ka iyo uu ku in ay waxaa waa ayaa la si kale laga
eo la de kaj en estas ne al por ke kiu sed kun ĝi ili oni pri estis ankaŭ
""",
    "cyrillic": """
ru и в не на что с по как это а из к за от для его он было но же все так о при также был который после до только
uk і в не на що з та як це у за до від для його він але про які що був був також після який через або ще під
be і ў не на што з па як гэта за да ад для яго ён але пра якія быў таксама пасля які праз або яшчэ
bg и в на да се за от не с че е са по като това но който която ще до си беше при има след те
sr и у је на се да за су од с о који што како а из која ће није не би као али које након или
mk и во на да се за од не со дека е са по како но кој која ќе до ги беше при има по што тоа
kk және бұл мен бір үшін деп болып да де ол еді бар жылы бойынша туралы деген
ky жана бул менен бир үчүн деп болуп да де ал эле бар жылы боюнча тууралуу деген
mn нь юм байна гэж бол энэ тэр ба болон хийж байсан өөр дээр
tg ва дар аз ба ки бо ин барои он аст ҳам буд худ
""",
    "arabic": """
ar في من على إلى أن التي الذي عن مع هذا هذه كان بعد قد ما لا كما أو بين ذلك كانت وقال لم قبل خلال
fa در به از که این را با است برای آن یک خود تا کرد شده بر هم نیز های می شد دارد
ur کے کی میں ہے کا اور سے نے کو پر ہیں یہ کہ اس کر تھا بھی ایک گیا نہیں
ps د په او چې کې ته یې له دا سره هم شوي دي وي کړي
ckb لە بە کە و ئەو بۆ لەگەڵ ئەم دا هەر بوو کرد یان
""",
    "devanagari": """
hi के में की है से का और को पर ने कि यह हैं भी इस एक नहीं था कर हो लिए
mr आणि आहे या च्या ने हे की नाही ते होते व एक होता आहेत तर करण्यात मध्ये
ne र छ को मा ले हो पनि भएको लाई गर्न यो छन् तथा एक थियो
""",
}

_TELLING_LETTERS = (
    ("ї", "uk"), ("є", "uk"), ("ў", "be"), ("ђ", "sr"), ("ћ", "sr"), ("ѓ", "mk"), ("ќ", "mk"), ("ң", "kk"), ("қ", "kk"), ("ӯ", "tg"),
    ("پ", "fa"), ("گ", "fa"), ("ے", "ur"), ("ٹ", "ur"), ("ړ", "ps"), ("ە", "ckb"), ("ñ", "es"), ("ã", "pt"), ("ő", "hu"), ("ă", "ro"),
    ("ț", "ro"), ("ł", "pl"), ("ř", "cs"), ("ě", "cs"), ("ľ", "sk"), ("ß", "de"), ("ı", "tr"), ("ğ", "tr"), ("ə", "az"), ("ð", "is"),
    ("đ", "vi"), ("ơ", "vi"), ("ė", "lt"), ("ų", "lt"), ("ē", "lv"), ("ķ", "lv"), ("õ", "et"), ("ĝ", "eo"),
)  # fmt: skip
"""Letters that speak for one language among those of a script."""

LETTER_WEIGHT = 0.25
"""What one telling letter counts, in words that only one language uses."""

MAX_LETTER_SCORE = 0.03
"""How much letters may add at most, as a share of the words: names bring foreign letters."""


def _word_weights() -> dict[str, dict[str, tuple[tuple[str, float], ...]]]:
    """Return for each script what each function word says for which language."""
    tables = {}
    for script, lines in _FUNCTION_WORDS.items():
        users: dict[str, list[str]] = {}
        for line in lines.strip().splitlines():
            language, *words = line.split()
            for word in dict.fromkeys(words):
                users.setdefault(word, []).append(language)
        tables[script] = {
            word: tuple((name, 1 / len(names)) for name in names) for word, names in users.items()
        }
    return tables


_WEIGHTS = _word_weights()


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language most of `text` is in, None when it cannot be told."""
    sample = text[:SAMPLE_CHARS]
    words = _WORD.findall(sample.casefold().replace("’", "'"))
    script = _script("".join(words))
    if script is None or script not in _WEIGHTS:
        return script
    weights = _WEIGHTS[script]
    scores: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(words).items():
        for language, weight in weights.get(word, ()):
            scores[language] += times * weight
    for letter, language in _TELLING_LETTERS if not sample.isascii() else ():
        if letter in sample and (scores[language] or script != "latin"):
            scores[language] += min(LETTER_WEIGHT * sample.count(letter), MAX_LETTER_SCORE * len(words))
    best, score = max(scores.items(), key=lambda pair: pair[1], default=("", 0))
    return best if score >= MIN_SHARE * len(words) else None


def _script(letters: str) -> str | None:
    """Return the script most of the letters are in, or the language when the script has but one."""
    if len(letters) < MIN_LETTERS:
        return None
    if len(letters.encode("ascii", "ignore")) >= PLAIN_SHARE * len(letters):
        return "latin"
    counts: Counter[str] = Counter()
    for char in letters[:: len(letters) // SCRIPT_PROBES + 1]:
        first, last, name = _SCRIPT_RANGES[max(bisect_right(_RANGE_STARTS, ord(char)) - 1, 0)]
        if first <= ord(char) <= last:
            counts[name] += 1
    east_asian = counts["ja"] + counts["zh"]
    if east_asian:
        winner = "ja" if counts["ja"] > JAPANESE_SHARE * east_asian else "zh"
        counts["ja"] = counts["zh"] = 0
        counts[winner] = east_asian * HAN_WEIGHT
    return max(counts, key=lambda name: counts[name], default=None)


PLAIN_SHARE = 0.8
"""Share of plain Latin letters from which the rest cannot outweigh them, Han letters neither."""

HAN_WEIGHT = 3
"""A Han letter is a word: a Chinese text full of Latin names stays Chinese."""
