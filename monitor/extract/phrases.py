# ruff: noqa: E501  (word tables read best a language to the line)
"""Lines that are chrome by what they say, in many languages.

Position: asked by `decide` about short blocks, after `tickers` and `weather`. Tables and one look-up.

Each list holds wordings that sites of any kind use. They only ever judge short lines that are no
sentences, or that open with an invitation ("Read also: ..."), so a story about advertising is safe.
"""

from __future__ import annotations

import re

from monitor.extract.page import Reason
from monitor.extract.wordings import Wordings, fold_line, split_alternatives

MAX_LINE_CHARS = 160
"""Longer lines are never judged by their words."""

MAX_HEADING_WORDS = 9
"""A heading over a list of links is not longer ("Other materials on this subject")."""

_RELATED = r"""
other (?:materials|articles|stories|news|posts)(?: .*)? | related(?: (?:articles?|stor(?:y|ies)|posts?|news|content|topics?|
 materials?|links?|reading|coverage|searches|items|videos?|to this.*))? | (?:read|see|watch|view) (?:also|more|next|this next|related)
 | also (?:read|see|on|in) .{0,60} | more (?:\w+ )?(?:articles|stories|posts) (?:by|from|like) .{0,60} | more (?:on|from|in|about|like|stories|news|articles|headlines|coverage|to read|to explore|for you)(?: .{0,60})?
 | you (?:may|might) (?:also |want to )?(?:like|be interested|enjoy|have missed|read)(?: .*)? | recommended(?: (?:for you|reading|stories|articles|posts|by|by our editors))?
 | further reading | don[’']t miss.{0,20} | popular(?: (?:posts|stories|articles|now|on|in|news))?(?: .*)? | most (?:read|popular|viewed|shared)(?: .*)?
 | trending(?: (?:now|stories|news|topics))? | latest(?: (?:news|stories|articles|posts|headlines|from|in|on))?(?: .*)? | what to read next | keep reading
 | top stories | editor[’']?s[’']? (?:picks?|choice) | in case you missed it | up next | around the web | from around the web | you[’']ll also like
 | similar (?:articles|stories|posts|news) | previous (?:article|post|story) | next (?:article|post|story) | read next.{0,30} | explore more.{0,30} | in other news
 | լրահոս | նորությունների հոսք | այլ նյութեր.{0,40} | (?:կարդացեք|կարդալ|դիտեք|տես) նաև.{0,20} | (?:առնչվող|նման|նմանատիպ|կապված) (?:նյութեր|հոդվածներ|լուրեր|նորություններ)
 | (?:այս )?թեմայ\w{1,4} .{0,30}նյութեր | վերջին (?:նորություններ|լուրեր) | ամենաընթերցված.{0,20}
 | (?:другие|ещё|еще|все) (?:материалы|новости|статьи|публикации)(?: .{0,40})? | (?:материалы|новости|статьи|публикации|сюжеты|также) (?:по|на) (?:этой |эту )?тем[еу]
 | по теме | читайте (?:также|ещё|еще|по теме).{0,20} | читать также | смотрите также | похожие (?:материалы|новости|статьи|записи) | последние новости | рекомендуем.{0,30}
 | самое (?:читаемое|популярное) | популярное | главное сейчас | ещё по теме | еще по теме | вам может быть интересно | свежие новости | лента новостей | новости партн[её]ров | новости сми2? | главные новости | важн(?:ое|ые новости) | топ новостей
 | інші (?:матеріали|новини)(?: .{0,30})? | читайте (?:також|ще).{0,20} | за темою
 | (?:weitere|mehr|andere|ähnliche|verwandte|aktuelle|neueste|die neuesten) (?:artikel|beiträge|meldungen|themen|nachrichten|texte|materialien|news|berichte|informationen|infos|links)(?: .{0,40})?
 | mehr (?:zum thema|dazu|über|aus|von|zu)(?: .{0,50})? | (?:lesen sie|lies) (?:auch|mehr|dazu|hier).{0,30} | das könnte (?:sie|dich|ihnen|dir) auch (?:interessieren|gefallen)
 | auch interessant | zum (?:thema|weiterlesen) | weiterlesen | siehe auch | lesetipps? | lesen sie auch | meistgelesen(?:e artikel)? | beliebte (?:artikel|beiträge) | passend dazu | themen
 | empfehlungen(?: .*)? | empfohlen(?:e artikel)? | vorheriger (?:artikel|beitrag) | nächster (?:artikel|beitrag) | das könnte sie interessieren | aus dem ressort
 | (?:à )?lire (?:aussi|également) | à (?:lire|voir|découvrir)(?: .{0,40})? | (?:sur|dans) le même (?:sujet|thème) | (?:articles|contenus) (?:liés|similaires|associés|récents|recommandés)
 | voir (?:aussi|plus) | (?:d[’'])?autres (?:articles|actualités|contenus)(?: .{0,40})? | les plus (?:lus|lues|populaires) | vous aimerez aussi | sur le sujet | en lien
 | (?:lea|lee|leer|vea|ver|mira|mire) (?:también|más|además) | (?:te|le) puede interesar.{0,20} | (?:te|le) recomendamos | (?:noticias|artículos|temas|contenidos?|notas|entradas) relacionad[ao]s?
 | relacionad[ao]s | más (?:noticias|sobre|información|leídas|en|de)(?: .{0,40})? | otr[ao]s (?:noticias|artículos|materiales)(?: .{0,40})? | lo más (?:leído|visto|nuevo) | últimas noticias
 | (?:leia|veja|saiba|assista|ouça) (?:também|mais|ainda) | (?:notícias|matérias|artigos|conteúdos?|materiais) relacionad[ao]s? | mais (?:lidas|notícias|sobre|vistas)(?: .{0,40})? | outr[ao]s (?:artigos|notícias)(?: .{0,40})?
 | (?:leggi|vedi|guarda) (?:anche|pure) | (?:ti )?potrebbe(?:ro)? interessar(?:ti|vi|e)(?: anche)? | (?:articoli|notizie|contenuti|post) correlat[ie] | altr[ie] (?:articoli|notizie)(?: .{0,40})? | sullo stesso (?:tema|argomento)
 | correlati | i più letti | ultime notizie
 | (?:ilgili|diğer|benzer|son|öne çıkan) (?:haberler|haber|yazılar|içerikler|konular) | (?:bunlar|bu haberler) da ilginizi çekebilir | ayrıca (?:okuyun|bakınız) | ilginizi çekebilir | bunu da okuyun | en çok okunanlar
 | (?:اقرأ|إقرأ|شاهد|اقرأوا|طالع) (?:أيضا|أيضاً|أيضًا|ايضا|المزيد|كذلك) | (?:مواضيع|أخبار|مقالات|موضوعات|مواد|محتوى) (?:ذات صلة|متعلقة|أخرى|مرتبطة|مشابهة) | قد يهمك.{0,20} | قد يعجبك أيضا | الأكثر قراءة | آخر الأخبار
 | مطالب (?:مرتبط|مشابه) | (?:بیشتر|همچنین) بخوانید | (?:相关|相關|延伸|推荐|推薦|更多|热门|熱門|其他|其它|最新|猜你)(?:新闻|新聞|阅读|閱讀|文章|推荐|推薦|链接|連結|报道|報導|内容|內容|资讯|消息|喜欢|主题|话题|搜索)
 | (?:関連|人気|最新|おすすめ|その他)(?:記事|ニュース|リンク|する記事|の記事|情報|キーワード|の関連記事) | あわせて読みたい | こちらもおすすめ | 他の記事
 | (?:lees|bekijk) (?:ook|meer|verder).{0,20} | gerelateerd(?:e .{0,20})? | meer (?:over|nieuws|artikelen).{0,40} | (?:czytaj|zobacz|przeczytaj|sprawdź) (?:także|też|również|więcej|również) | powiązane.{0,20} | podobne.{0,20} | polecane.{0,20}
 | (?:läs|se) (?:också|mer|även|vidare) | relaterat | (?:læs|se) (?:også|mere) | (?:les|se) (?:også|mer) | lue (?:myös|lisää) | aiheesta lisää
 | (?:čtěte|přečtěte si|viz) (?:také|též|více|i) | související.{0,20} | (?:citește|citiți|citeşte|vezi) (?:și|şi|mai mult) | (?:olvassa el|olvasd el|kapcsolódó).{0,30}
 | (?:διαβάστε|δείτε) (?:επίσης|ακόμη|ακόμα|και|περισσότερα) | σχετικά (?:άρθρα|θέματα|νέα) | სხვა მასალები.{0,30} | (?:აგრეთვე|ასევე) წაიკითხეთ | მსგავსი (?:სიახლეები|მასალები)
 | (?:כתבות|חדשות) (?:נוספות|קשורות) | (?:קראו|ראו) (?:גם|עוד) | 관련 ?(?:기사|뉴스|글) | 추천 ?기사 | (?:xem|đọc) thêm | (?:tin|bài) (?:liên quan|khác|mới) | (?:baca|lihat|simak) juga | (?:artikel|berita) (?:terkait|lainnya)
 | (?:यह|ये) भी (?:पढ़ें|देखें) | संबंधित (?:खबरें|समाचार|लेख) | আরও পড়ুন
"""

_READ_ALSO = r"""
(?:read|see|watch|listen)(?: also| more| next| this)? ?[:|»>–—-] | (?:also read|read also|read more|see also|related|more|watch|recommended|must read|don[’']t miss)(?: (?:story|stories|articles?|news|coverage|reading|video))? ?[:|»>–—-]
 | կարդացեք նաև | (?:читайте|смотрите|читать) (?:также|также по теме)\b | читайте (?:також|ще) | (?:lesen sie|lies|mehr|siehe)(?: auch| dazu| zum thema)? ?: | lesen sie (?:auch|hier)\b | mehr zum thema ?: | (?:à )?lire (?:aussi|également)\b | >> lire
 | (?:lea|lee|leer|ver|vea|mira)(?: también| más| además) ?: | puedes ver ?: | para saber más\b | te puede interesar ?: | leia (?:também|mais) ?: | veja também ?: | leggi anche\b | (?:اقرأ|إقرأ|شاهد) (?:أيضا|أيضاً|أيضًا|المزيد) ?:? | (?:lees|bekijk) ook\b | (?:czytaj|zobacz|przeczytaj) (?:także|też|również|więcej)\b ?:? | (?:läs|læs|les) (?:också|også|även|mer|mere)\b ?: | lue (?:myös|lisää) ?:
 | (?:čtěte|přečtěte si) (?:také|též|více)\b | (?:citește|citiți|citeşte) (?:și|şi) ?: | διαβάστε (?:επίσης|ακόμη) ?: | baca juga ?: | xem thêm ?: | (?:延伸阅读|延伸閱讀|相关阅读|相关新闻|相關新聞|推荐阅读|更多阅读) ?[:：] | (?:関連記事|あわせて読みたい) ?[:：] | (?:ilgili|bağlantılı) haber(?:ler)?\b | (?:بیشتر|همچنین) بخوانید ?: | (?:տես|կարդալ|դիտեք) նաև\b | ayrıca (?:okuyun|bakınız) ?: | यह भी पढ़ें
 | (?:կարդացեք|կարդալ|դիտեք|տե՛?ս) նա(?:և|եվ)\b | թեմայի (?:վերաբերյալ|շուրջ) ?[՝:] | (?:առավել|ավելի) մանրամասն ?[՝:]
 | (?:подробнее|читайте подробнее|по теме|также по теме) ?: | материалы? по теме ?: | см\. ?(?:также|тж)\b | ранее (?:мы )?писали ?:
 | (?:auch interessant|passend dazu|mehr dazu) ?: | (?:pour aller plus loin|notre dossier|voir aussi|à voir (?:aussi|également).{0,20}) ?:
 | (?:leé|leer|mirá|conocé|conoce|conozca) (?:también|además|más) ?: | (?:más información|relacionad[oa]s?|seguí leyendo|sigue leyendo) ?:
 | (?:saiba mais|confira(?: também)?|entenda|assista(?: também)?) ?: | (?:(?:per )?approfondi(?:re|mento)|guarda anche|vedi anche|potrebbe interessarti|ti potrebbe interessare) ?:
 | bu(?:nlar| haber(?:ler)?)? (?:da|de) ilginizi çekebilir | bunu da oku(?:yun)? ?: | (?:طالع|قد يهمك) (?:أيضا|أيضاً|أيضًا) ?: | (?:更多(?:新闻|新聞|内容|內容|精彩)?|点击查看更多|點擊查看更多) ?[:：]
 | (?:関連記事|関連ニュース|あわせて読みたい) ?】
"""

_FURNITURE = r"""
(?:top|bottom|end|start|beginning) of (?:the )?page | (?:back|return|go|scroll) to (?:the )?top | skip to (?:the )?(?:main )?content | (?:close|menu|search|loading\W*|home|login|log in|sign in|register)
 | էջի (?:սկիզբ|վերջ|սկիզբը|վերջը|վերև|ներքև) | (?:начало|конец|верх|низ) страницы | наверх | вверх | к началу(?: страницы)? | (?:початок|кінець) сторінки
 | (?:seitenanfang|seitenende|nach oben|zum seitenanfang|zum seitenende) | (?:anfang|ende) der seite | (?:haut|bas|début|fin) de (?:la )?page | retour en haut | (?:inicio|principio|final|fin|parte superior|parte inferior) de (?:la )?página | (?:volver )?arriba
 | (?:início|topo|fim|final) da página | (?:voltar ao )?topo | (?:inizio|fine|fondo|cima)(?: della)? pagina | torna su | (?:sayfa|sayfanın) (?:başı|sonu|üstü|altı) | (?:أعلى|أسفل|بداية|نهاية) الصفحة
 | (?:页首|页尾|頁首|頁尾|页面顶部|页面底部|返回顶部|回到顶部|回頂部) | ページの?(?:先頭|トップ|最後|上部|下部)(?:へ(?:戻る)?)? | (?:begin|einde|boven|onder)(?: van de|aan) pagina | (?:góra|dół|początek|koniec) strony | page \d+ of \d+ | (?:we[’']re )?sorry, this feature is (?:currently|temporarily) unavailable.*
"""

_AD = r"""
ads? | ads? by .{1,40} | advertisements?(?: .{0,60})? | advertising | advert | sponsored(?: (?:content|by|post|links?|stories)(?: .{0,40})?)? | paid (?:content|post|for by .*) | as an amazon associate.* | promoted(?: .{0,30})? | story continues below.{0,40} | la suite après cette publicité | continua (?:após|depois d)a? ?(?:a )?publicidade | continua a leggere dopo la pubblicità | (?:continúa|sigue) (?:leyendo )?(?:después de|tras) (?:la )?publicidad | haberin devamı(?: .{0,30})? | продолжение (?:ниже|после рекламы) | 記事は下に続きます | 広告の下に.{0,20}続きます | article continues below.{0,40} | remove ads | partner content
 | գովազդ | реклама(?: на сайте)? | на правах рекламы | партн[её]рский материал | anzeigen? | werbung | publicité | annonce | publicidad | anuncio | publicidade | pubblicità | reklam(?:lar|a|y)? | إعلان(?:ات)? | اعلان | تبلیغات | 广告 | 廣告 | 広告 | スポンサー(?:リンク)? | reclame | advertentie | annons | mainos | inzerce | reklāma | διαφήμιση | რეკლამა | פרסומת | 광고 | quảng cáo | iklan | विज्ञापन | বিজ্ঞাপন
"""

_AD_PREFIX = r"""
(?:ad|advert|advertisement|sponsored|promotion) (?:for|by|from) | (?:ad|advertisement|sponsored) ?[:|–—-] | գովազդ ?[՝:–—-] | реклама ?[:–—-] | реклама (?:подписки|от|на)\b | (?:anzeige|werbung) ?[:|–—-] | (?:werbung|anzeige) für\b | publicité (?:pour|de)\b | publicité ?: | publicidad (?:de|para)\b | publicidad ?: | publicidade (?:de|para)\b | publicidade ?: | pubblicità (?:per|di)\b | pubblicità ?: | reklam ?: | إعلان ?[:عن] | (?:广告|廣告|広告) ?[:：]
"""

_SHARE = r"""
shares?(?: (?:this|on|via|the|article|story|post|with|to|it|link|now).{0,60})? | tweet(?: this)? | follow (?:us|me|.{1,40} on (?:twitter|facebook|instagram|x|google news|telegram|linkedin|whatsapp|threads|bluesky|youtube)).{0,80} | like us on .{0,40} | print(?: this)?(?: article| page| story)? | e-?mail(?: this)?(?: article| story)? | copy(?: the)? link | link copied\W* | save(?: this)?(?: article| story)? | facebook | twitter | x | whatsapp | telegram | linkedin | pinterest | reddit | messenger | bluesky | threads | instagram | join (?:us|our) .{0,60}(?:telegram|whatsapp|channel).{0,20} | add (?:us )?(?:as|on|to) .{0,40}google.{0,30} | listen to (?:this )?article.{0,30} | gift this article
 | (?:տարածել|կիսվել|կիսվեք|տպել).{0,40} | (?:поделиться|расскажите друзьям|отправить|распечатать|подписывайтесь на).{0,60} | поділитися.{0,40} | (?:artikel )?(?:teilen|drucken|weiterleiten|merken|versenden)(?: .{0,40})? | folgen sie uns.{0,60} | (?:partager|imprimer|envoyer|suivez-nous)(?: .{0,50})? | (?:compartir|compartilhar|compartilhe|comparte|síguenos|siga-nos|imprimir|enviar)(?: .{0,50})? | (?:condividi|stampa|seguici|invia)(?: .{0,50})?
 | (?:paylaş|yazdır|takip et).{0,30} | (?:شارك|مشاركة|شاركها|تابعونا|طباعة).{0,40} | (?:分享|转发|轉發|打印|收藏|点赞|分享到.{0,20}|扫一扫.{0,20}) | (?:シェア|ツイート|共有|印刷|フォローする|シェアする) | delen(?: .{0,20})? | (?:udostępnij|drukuj|podziel się)(?: .{0,40})? | (?:dela|del|jaa|sdílet|κοινοποίηση|გაზიარება|공유|chia sẻ|bagikan|शेयर करें)
"""

_NEWSLETTER = r"""
(?:sign|signing) up (?:for|to|here|now|today)\b.* | subscribe(?: (?:to|now|here|for|today)\b.*)? | (?:our|the|daily|weekly|free|get (?:the|our)).{0,40}newsletters?\b.* | newsletters? | get (?:the latest|our|daily|breaking|more).{0,60}(?:inbox|email|e-mail|newsletter|delivered|alerts?|app)\b.* | (?:click|tap) here to (?:subscribe|sign up|join|read more|donate).* | support (?:us|our (?:work|journalism)|independent .{0,30})(?: .{0,40})? | become a (?:member|subscriber|supporter).* | (?:article )?réservé aux abonnés | (?:exklusiv|nur) für abonnenten | already a (?:member|subscriber).* | download (?:our|the) .{0,20}app.* | enter your e-?mail.* | (?:make a )?donat(?:e|ion)(?: (?:now|today|here).*)?
 | (?:բաժանորդագրվ|աջակց).{0,60} | (?:подпис(?:ывайтесь|аться|ка|ывайся|итесь)).{0,80} | (?:jetzt )?(?:abonnieren|newsletter|anmelden)\b.{0,60} | melden sie sich.{0,80}newsletter.{0,40} | (?:abonnez-vous|inscrivez-vous|s[’']abonner).{0,80} | (?:suscr[ií]b(?:ete|ase|irse)|reg[ií]stra(?:te|rse)).{0,80} | (?:assine|inscreva-se|cadastre-se).{0,80} | (?:iscriviti|abbonati).{0,80} | (?:abone ol).{0,60} | (?:اشترك|سجل).{0,60} | (?:订阅|訂閱|关注我们|關注我們).{0,30} | (?:メルマガ|会員登録|ログイン).{0,30} | (?:zapisz się|prenumerata|zasubskrybuj).{0,60} | (?:prenumerera|abonner på|tilaa uutiskirje).{0,60} | (?:aanmelden|abonneer).{0,60}
"""

_COMMENTS = r"""
(?:\d+ )?comments?(?: \(?\d+\)?)? | (?:leave|post|add|write) a (?:comment|reply).* | (?:view|show|read|see)(?: all| \d+)? comments.* | join the (?:conversation|discussion).* | comments are closed.* | no comments(?: yet)? | (?:your|ihre|deine) e-?mail(?:-adresse| address)? (?:will not|wird nicht)\b.* | e-?mail \(.{0,60}(?:required|published|benötigt|veröffentlicht|erforderlich).{0,40} | be the first to comment.* | (?:\d+ )?(?:մեկնաբանություն|комментари|коментар|kommentar|commentaire|comentario|comentário|commenti|yorum)\w*(?: \(?\d+\)?)? | (?:مەیل )?تعليق(?:ات)? | (?:评论|評論|コメント)(?:\s?\(?\d+\)?)? | (?:оставить комментарий|jetzt kommentieren|kommentar schreiben|laisser un commentaire|deja un comentario|deixe um comentário|lascia un commento|yorum yap|发表评论|reageer|dodaj komentarz).*
"""

_COOKIES = r"""
(?:accept|reject|allow)(?: all)?(?: cookies)? | privacy (?:policy|settings)
"""

_TAGS = r"""
(?:tags?|topics?|filed under|keywords?|categor(?:y|ies)|posted in|labels?|more about|temas?|теги|ключевые слова|метки|темы|թեգեր|պիտակներ|schlagw(?:orte|örter)|stichw(?:orte|örter)|mots[- ]clés|etiquetas|argomenti|etiketler|الوسوم|كلمات مفتاحية|标签|標籤|关键词|タグ|キーワード|tagi|štítky) ?[:：].{0,140} | (?:tags|topics|теги|թեգեր|schlagworte|mots-clés|etiquetas|tag|etiketler|标签|關鍵字)
"""

_POLL = r"""
(?:(?:online|quick|daily|reader|opinion) )?polls? | poll of the (?:day|week) | cast your vote | vote(?: now)? | (?:(?:view|see|show) )?results? | հարցում | քվեարկ(?:ել|ություն) | արդյունքներ(?:ը)?
 | опрос(?: дня| недели)? | (?:про)?голосовать | голосование | (?:показать )?результаты | опитування | (?:umfrage|frage)(?: der woche| des tages)? | abstimm(?:en|ung) | (?:zum |zu den )?ergebnis(?:se|sen)?(?: anzeigen)?
 | sondage(?: du jour)? | votez?r? | (?:voir les )?résultats | encuesta(?: del día)? | votar | (?:ver )?resultados? | enquete(?: do dia)? | sondagem | (?:ver )?resultado parcial | sondaggio | vota | (?:vedi i )?risultati
 | anket(?: sonuçları)? | oy ver | oyla | sonuçlar | استطلاع(?: (?:رأي|الرأي))? | (?:صوت|تصويت) | (?:عرض )?النتائج | نظرسنجی | 投票 | (?:网络|網路|在线|民意)?(?:调查|調查) | 提交 | (?:查看|显示)结果 | アンケート | 投票する | 結果(?:を見る)?
"""

_COPYRIGHT = r"""
(?:©|\(c\)|copyright\b|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|todos os direitos|tutti i diritti|все права защищены|բոլոր իրավունքները|tüm hakları|جميع الحقوق|版权所有|無断転載).{0,150}
"""

_RIGHTS_RESERVED = (
    *("rights reserved", "rechte vorbehalten", "droits réservés", "права защищены"),
    "derechos reservados",
)
"""Anywhere in a line these claim a copyright."""

MIN_CLAIM_CHARS = min(map(len, _RIGHTS_RESERVED))

_CAPTION = r"""
(?:photo|photos|image|picture|pictured|foto|fotos|bild|video|credit|source|photograph|illustration|фото|լուսանկար|immagine|imagen|crédit|zdjęcie|fotoğraf|照片|图片来源|写真)(?: credit| courtesy| source| by)? ?[:：/©|].{0,120}
"""


def _spread(pattern: str) -> str:
    """Return alternatives that are written over several lines as one pattern; single spaces inside them stay."""
    return " ".join(pattern.split()).replace(" | ", "|")


_ANYWHERE = (
    (Reason.FURNITURE, _spread(_FURNITURE)),
    (Reason.AD, _spread(_AD)),
    (Reason.SHARE, _spread(_SHARE)),
    (Reason.COMMENTS, _spread(_COMMENTS)),
    (Reason.TAGS, _spread(_TAGS)),
    (Reason.COPYRIGHT, _spread(_COPYRIGHT)),
    (Reason.NEWSLETTER, _spread(_NEWSLETTER)),
    (Reason.RELATED, _spread(_RELATED)),
)
_LINES = Wordings(_ANYWHERE)
_EDGE_LINES = Wordings(
    [
        *((Reason.AD, f"{opening}.*") for opening in split_alternatives(_spread(_AD_PREFIX))),
        (Reason.COOKIES, _spread(_COOKIES)),
        *_ANYWHERE,
    ]
)
_RELATED_HEADINGS = Wordings(_ANYWHERE[-1:])
_READ_ALSO_OPENINGS = Wordings([(Reason.RELATED, _spread(_READ_ALSO))])
_POLL_LINES = Wordings([(Reason.POLL, _spread(_POLL))])
_CAPTIONS = Wordings([(Reason.CAPTION, _spread(_CAPTION))])
_COOKIE_LINE = re.compile(r".{0,60}\bcookies?\b.{0,100}")
_EDGES = " \t:：.…!?›»>→▸•-–—|*"
_BULLETS = "•-–—>»*| ([\u200b【▼▶■◆●＞》"
_FULL_STOPS = (".", "。")


def read_line(text: str) -> Reason | None:
    """Return what a short line is by its words, None when they say nothing.

    For a line anywhere in a page: only wordings that no sentence of a story has.
    """
    return _read(text, _LINES) if len(text) <= MAX_LINE_CHARS else None


def read_edge_line(text: str) -> Reason | None:
    """Return what a line above or below the story is by its words: wordings a story may have are chrome there."""
    if len(text) > MAX_LINE_CHARS:
        return None
    reason = _read(text, _EDGE_LINES)
    if reason is not Reason.AD and "ookie" in text and _COOKIE_LINE.fullmatch(text.casefold().strip(_EDGES)):
        return Reason.COOKIES
    return reason


def _read(text: str, wordings: Wordings) -> Reason | None:
    """Return what a short line is by some wordings, and by those that need not be all of it."""
    folded = fold_line(text)
    line = folded.strip(_EDGES)
    if not line:
        return Reason.FURNITURE
    reason = wordings.fullmatch(line)
    if reason is not None and reason is not Reason.RELATED:
        return reason
    for claim in _RIGHTS_RESERVED if len(line) >= MIN_CLAIM_CHARS else ():
        if claim in line:
            return Reason.COPYRIGHT
    if reason is not None and _may_be_heading(text):
        return reason
    return _READ_ALSO_OPENINGS.match(folded.lstrip(_BULLETS))


def heads_related(text: str) -> bool:
    """Return whether a line is a heading over links to other stories."""
    return _may_be_heading(text) and _RELATED_HEADINGS.fullmatch(fold_line(text).strip(_EDGES)) is not None


def names_poll(text: str) -> bool:
    """Return whether a line is the heading of a poll, or what its buttons say."""
    return len(text) <= MAX_LINE_CHARS and _POLL_LINES.fullmatch(fold_line(text).strip(_EDGES)) is not None


def asks(text: str) -> bool:
    """Return whether a line is a question. Armenian and Greek mark it in the word, or by another sign."""
    return text.endswith(("?", "؟", "？")) or "՞" in text


def _may_be_heading(text: str) -> bool:
    return (
        len(text) <= MAX_LINE_CHARS and text.count(" ") < MAX_HEADING_WORDS and text[-1:] not in _FULL_STOPS
    )


def is_caption(text: str) -> bool:
    """Return whether a line opens like a caption or a picture's credit."""
    return len(text) <= MAX_LINE_CHARS and _CAPTIONS.fullmatch(fold_line(text)) is not None
