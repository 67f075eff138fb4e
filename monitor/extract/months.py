# ruff: noqa: E501  (word tables read best a language to the line)
"""Names of months and days of the week, in the languages news is written in.

Position: asked by `dates` to read visible dates, and by `template` to mask them. Tables only.
"""

from __future__ import annotations

_MONTHS = """
en January February March April May June July August September October November December
en Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
en - - - - - - - - Sept - - -
de Januar Februar März April Mai Juni Juli August September Oktober November Dezember
de Jänner Feber Mrz - - - - - - Okt - Dez
fr janvier février mars avril mai juin juillet août septembre octobre novembre décembre
fr janv févr - avr - - juil aout - - - déc
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
es ene - - abr - - - ago setiembre - - dic
pt janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
pt - fev - - - - - - set out - dez
it gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
it gen - - - mag giu lug - - ott - -
nl januari februari maart april mei juni juli augustus september oktober november december
pl stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
pl styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
ru января февраля марта апреля мая июня июля августа сентября октября ноября декабря
ru январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
ru янв фев мар апр - июн июл авг сен окт ноя дек
uk січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
bg януари февруари март април май юни юли август септември октомври ноември декември
hy հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր
hy հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի
ka იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი
tr Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık
ar يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
ar - شباط آذار نيسان أيار حزيران تموز آب أيلول - - -
fa ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
he ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
cs ledna února března dubna května června července srpna září října listopadu prosince
cs leden únor březen duben květen červen červenec srpen - říjen - prosinec
sk januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
sv januari februari mars april maj juni juli augusti september oktober november december
da januar februar marts april maj juni juli august september oktober november december
fi tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
ro ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
hu január február március április május június július augusztus szeptember október november december
el Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου
id Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember
lt sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
lv janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris
et jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
is janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember
hi जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
bn জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
"""

_WEEKDAYS = """
en Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun
de Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag
fr lundi mardi mercredi jeudi vendredi samedi dimanche
es lunes martes miércoles jueves viernes sábado domingo
pt segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
it lunedì martedì mercoledì giovedì venerdì sabato domenica
nl maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
pl poniedziałek wtorek środa czwartek piątek sobota niedziela
ru понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье
ru пн вт ср чт пт сб вс
uk понеділок вівторок середа четвер п'ятниця субота неділя
hy երկուշաբթի երեքշաբթի չորեքշաբթի հինգշաբթի ուրբաթ շաբաթ կիրակի
ka ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი პარასკევი შაბათი კვირა
tr Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar
ar الإثنين الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
fa دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه
he ראשון שני שלישי רביעי חמישי שישי שבת
cs pondělí úterý středa čtvrtek pátek sobota neděle
sv måndag tisdag onsdag torsdag fredag lördag söndag
da mandag tirsdag onsdag torsdag fredag lørdag søndag
fi maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
ro luni marți miercuri joi vineri sâmbătă duminică
hu hétfő kedd szerda csütörtök péntek szombat vasárnap
el Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο Κυριακή
id Senin Selasa Rabu Kamis Jumat Sabtu Minggu
hi सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
zh 星期一 星期二 星期三 星期四 星期五 星期六 星期日 周一 周二 周三 周四 周五 周六 周日
ja 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日
"""


def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for line in _MONTHS.strip().splitlines():
        for number, name in enumerate(line.split()[1:], start=1):
            if name != "-":
                names.setdefault(name.casefold(), number)
    return names


MONTHS: dict[str, int] = _months()
"""Month names, casefolded, full and short, to 1 to 12. Names two languages disagree on are left out."""

WEEKDAYS: frozenset[str] = frozenset(
    name.casefold() for line in _WEEKDAYS.strip().splitlines() for name in line.split()[1:]
)
"""Names of days, casefolded."""
