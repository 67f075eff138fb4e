# ruff: noqa: E501  (word tables read best a language to the line)
"""The language of a text is told by its script and its function words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.language import detect_language

SENTENCES = {
    "en": "The council said on Tuesday that it would reopen talks with the operator of the island ferry.",
    "de": "Der Gemeinderat teilte am Dienstag mit, dass er die Gespräche mit dem Betreiber der Fähre wieder aufnehmen will.",
    "fr": "Le conseil a annoncé mardi qu'il allait reprendre les discussions avec l'exploitant du bac de l'île.",
    "es": "El consejo dijo el martes que va a reabrir las conversaciones con la empresa que opera el transbordador.",
    "pt": "O conselho disse na terça-feira que não vai mais esperar e que as conversas com a empresa são para já.",
    "it": "Il consiglio ha detto martedì che riaprirà i colloqui con il gestore del traghetto per l'isola e non solo.",
    "nl": "De raad zei dinsdag dat het de gesprekken met de uitbater van de veerboot naar het eiland wil hervatten.",
    "pl": "Rada poinformowała we wtorek, że wznowi rozmowy z operatorem promu na wyspę, który od zimy nie pływa.",
    "cs": "Rada v úterý uvedla, že obnoví jednání s provozovatelem trajektu na ostrov, který od zimy nejezdí, ale jen pro letošek.",
    "sv": "Rådet sade på tisdagen att det kommer att återuppta samtalen med den som driver färjan till ön, och inte förr.",
    "da": "Rådet sagde tirsdag, at det vil genoptage samtalerne med den, der driver færgen til øen, og at det også blev for dyrt.",
    "fi": "Neuvosto sanoi tiistaina, että se aloittaa uudelleen neuvottelut lautan kanssa, mutta ei ole vielä päättänyt kuin osasta.",
    "ro": "Consiliul a anunțat marți că va relua discuțiile cu operatorul feribotului și că nu mai este dispus să aștepte.",
    "hu": "A tanács kedden közölte, hogy újra megkezdi a tárgyalásokat a komp üzemeltetőjével, és nem vár már tovább.",
    "tr": "Meclis salı günü ada vapuru için görüşmelere yeniden başlayacağını ve bir ay daha beklemeyeceğini açıkladı.",
    "id": "Dewan kota mengatakan pada hari Selasa bahwa pembicaraan dengan perusahaan yang mengelola kapal itu akan dibuka karena tidak ada pilihan.",
    "vi": "Hội đồng cho biết hôm thứ Ba rằng họ sẽ mở lại các cuộc đàm phán với đơn vị vận hành phà trong năm này.",
    "ru": "Совет сообщил во вторник, что возобновит переговоры с оператором парома, который не ходит с зимы.",
    "uk": "Рада повідомила у вівторок, що відновить переговори з оператором порома, який не ходить із зими.",
    "bg": "Съветът съобщи във вторник, че ще поднови преговорите с оператора на ферибота, който не пътува от зимата.",
    "sr": "Савет је у уторак саопштио да ће обновити разговоре са оператером трајекта који од зиме није ишао.",
    "hy": "Խորհուրդը երեքշաբթի հայտնեց, որ կվերսկսի բանակցությունները լաստանավի օպերատորի հետ։",
    "ka": "საბჭომ სამშაბათს განაცხადა, რომ ბორანის ოპერატორთან მოლაპარაკებებს განაახლებს.",
    "el": "Το συμβούλιο ανακοίνωσε την Τρίτη ότι θα ξαναρχίσει τις συνομιλίες.",
    "he": "המועצה הודיעה ביום שלישי כי תחדש את השיחות עם מפעיל המעבורת.",
    "ar": "قال المجلس يوم الثلاثاء إنه سيستأنف المحادثات مع الشركة التي تشغل العبارة بعد أن توقفت في الشتاء.",
    "fa": "شورا روز سه‌شنبه گفت که گفت‌وگوها را با شرکت کشتی از سر می‌گیرد و این کار را برای مردم می‌کند.",
    "ur": "کونسل نے منگل کو کہا کہ وہ فیری کی کمپنی کے ساتھ بات چیت دوبارہ شروع کرے گی۔",
    "hi": "परिषद ने मंगलवार को कहा कि वह नौका कंपनी के साथ बातचीत फिर से शुरू करेगी और इस पर विचार किया है।",
    "zh": "市议会周二表示将重新就渡轮问题展开谈判。",
    "ja": "市議会は火曜日、フェリーの運航会社との協議を再開すると発表した。",
    "ko": "시의회는 화요일에 여객선 운영사와 협상을 다시 시작하겠다고 밝혔다.",
    "th": "สภาเมืองกล่าวเมื่อวันอังคารว่าจะเปิดการเจรจากับผู้ให้บริการเรือข้ามฟากอีกครั้ง",
    "bn": "পরিষদ মঙ্গলবার জানিয়েছে যে তারা ফেরি কোম্পানির সঙ্গে আবার আলোচনা শুরু করবে।",
    "ta": "படகு நிறுவனத்துடன் மீண்டும் பேச்சுவார்த்தை தொடங்கும் என்று சபை செவ்வாயன்று கூறியது.",
    "am": "ምክር ቤቱ ማክሰኞ ዕለት ከጀልባው አንቀሳቃሽ ጋር ድርድር እንደገና እንደሚጀምር አስታወቀ።",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_gives_its_language(language: str) -> None:
    assert detect_language(SENTENCES[language]) == language


def test_foreign_names_do_not_change_the_language() -> None:
    assert (
        detect_language(
            "The mayor of Łódź met Jiří Dvořák and the head of Škoda on the eve of the fair in Győr."
        )
        == "en"
    )
    assert (
        detect_language(
            "谈判由 Maersk Line Limited 与 Saint Orrin Ferries 的代表主持，双方同意春季再次会面。"
        )
        == "zh"
    )


@pytest.mark.parametrize("text", ["", "42", "OK", "12:45 — 13:30", "???"])
def test_too_little_text_gives_none(text: str) -> None:
    assert detect_language(text) is None


@given(st.text(max_size=300))
def test_any_text_gives_a_code_or_none(text: str) -> None:
    language = detect_language(text)
    assert language is None or (len(language) in (2, 3) and language.isalpha())
