# Seiten einer Instanz. Worte: kurz, freundlich, genau.

nav-home = Start
nav-request = Ihre Anfrage
nav-requests = Anfragen
nav-members = Mitglieder
nav-roles = Rollen
nav-profile = Ihr Profil

open = Öffnen
yes = ja
no = nein
never = nie
email = E-Mail
first-name = Vorname
last-name = Nachname
column-name = Name
column-state = Zustand
columns = Spalten
column-created = Angelegt
column-roles = Rollen
column-right = Was man darf
next-page = Nächste Seite
previous-page = Vorige Seite
pages = Seiten
cancel = Abbrechen
meanwhile = Inzwischen
manage-account = Konto verwalten
manage-account-help = Das eine Konto hinter allen Ihren Instanzen.
other-instances-help = Sehen Sie, wo Ihr Konto noch eine Tür öffnet.
use-another-account = Anderes Konto benutzen
sign-in-again = Wieder anmelden
try-now = Jetzt versuchen

# Zustände
state-active = Aktiv
state-to_review = Zu prüfen
state-invited = Eingeladen
state-rejected = Abgelehnt
state-locked = Gesperrt
state-suspended = Stillgelegt
state-deleted = Gelöscht
state-not = Nicht „{ $state }“
axis-authorization = Zulassung
authorization-invited = Eingeladen
authorization-to_review = Zu prüfen
authorization-reviewed = Geprüft
authorization-rejected = Abgelehnt
authorization-user_deletion = Hat um Löschung gebeten
axis-locked = Gesperrt
locked-yes = Ja
locked-no = Nein
axis-lifecycle = Lebenszyklus
lifecycle-active = Aktiv
lifecycle-suspended = Stillgelegt
lifecycle-deleted = Gelöscht

# Start
home-hello = Hallo
home-hello-name = Hallo, { $name }
home-roles = Ihre Rolle hier: { $roles }
home-no-role = Sie sind Mitglied, haben aber noch keine Rolle. Bis jemand aus der Administration Ihnen eine gibt, sehen Sie nur Ihr eigenes Profil.
home-to-do = Zu tun
home-requests-wait = Jemand möchte beitreten
home-requests-number = Warten auf Ihre Antwort: { $n }
home-open-requests = Anfragen öffnen
home-rights = Was Sie hier dürfen

# Stand einer Anfrage
standing-title = Ihre Anfrage
standing-heading = Sie möchten { $tenant } beitreten
standing-since = angefragt
standing-step-asked = Sie haben angefragt
standing-step-review = Jemand bei { $tenant } sieht sich Ihre Anfrage an
standing-step-review-help = Sie müssen nicht auf dieser Seite warten.
standing-step-mail = Sie bekommen eine Mail
standing-step-mail-help = Darin steht, ob Sie dabei sind, und sie führt Sie hierher.
standing-message = Sagen Sie der Administration, wer Sie sind
standing-message-label = Ihre Nachricht
standing-message-help = Zum Beispiel, wer Sie eingeladen hat oder was Sie brauchen. Nur wer über Ihre Anfrage entscheidet, liest sie.
standing-message-send = Nachricht speichern
rejected-title = Ihre Anfrage
rejected-heading = Ihre Anfrage bei { $tenant } wurde abgelehnt
rejected-reason = Die Begründung
rejected-next = Was Sie tun können
rejected-ask-now = Sie können noch einmal anfragen.
rejected-ask-again = Noch einmal anfragen
rejected-ask-from = Sie können wieder anfragen ab
rejected-ask-never = Sie können hier nicht noch einmal anfragen. Wenn Sie das für einen Irrtum halten, sprechen Sie mit denen, die diese Instanz betreiben.

# Anfragen
requests-empty = Niemand wartet
requests-empty-help = Wer beitreten möchte, erscheint hier, und Sie bekommen eine Mail.
requests-open = Prüfen
requests-keys = Tasten: j und k gehen durch die Liste, Enter öffnet, a nimmt auf, r lehnt ab.
request-keys = Tasten: a führt zum Aufnehmen, r zum Ablehnen.
back-to-requests = Zurück zu den Anfragen
request-came = Wie sie kamen
request-came-platform = Von selbst, mit eigenem Konto
request-came-stated = Über { $provider }
stated-by = Name und Adresse laut { $provider }. Dass die Adresse dieser Person gehört, ist nicht bestätigt.
stated-by-short = laut { $provider }
request-asked = Angefragt
request-before = Früher abgelehnt
request-message = Die Nachricht
request-duplicates = Vielleicht dieselbe Person, mit derselben Adresse:
approve-heading = Aufnehmen
role = Rolle
role-help = Sie können Rollen geben, deren Rechte Sie selbst haben.
role-choose = Rolle wählen
role-missing = Wählen Sie eine Rolle. Ohne eine wäre nur das eigene Profil zu sehen.
approve = Annehmen
reject-heading = Ablehnen
reason = Begründung
reason-help = Die Person liest sie auf ihrer Seite und in einer Mail.
reason-missing = Schreiben Sie eine Begründung. Die Person wird sie lesen.
reject = Ablehnen
request-decided-by-other = Über diese Anfrage hat gerade jemand anderes entschieden. Ihre Antwort wurde nicht verwendet.
request-decided = Über Ihre Anfrage wurde inzwischen entschieden.
ask-again-not-yet = Es ist noch zu früh für eine neue Anfrage.
member-state-changed = Der Zustand dieses Mitglieds hat sich geändert, seit Sie die Seite geöffnet haben.
see-member = Stand ansehen
see-your-request = Ihre Anfrage ansehen

# Mitglieder
back-to-members = Zurück zu den Mitgliedern
last-sign-in = Letzte Anmeldung
member-nameless = Ohne Namen
member-no-roles = Keine Rolle. Zu sehen ist nur das eigene Profil.
own-no-roles = noch keine
member-since = Hier bekannt seit
what-happened = Was geschah
lock = Sperren
unlock = Entsperren
roles-lead = Rechte hat man nur durch Rollen.
seat = Zählt als
seat-regular = Einfache Nutzung
seat-core = Kernnutzung

# Nach einer Handlung
done-approved = Angenommen. Die Person bekommt eine Mail und ist dabei.
done-rejected = Abgelehnt. Die Person bekommt eine Mail mit Ihrer Begründung.
done-message = Ihre Nachricht wurde gespeichert.
done-asked = Sie haben noch einmal angefragt. Sie bekommen eine Mail, sobald entschieden ist.
done-locked = Gesperrt. Die Sitzungen hier sind beendet, und die Person bekommt eine Mail.
done-unlocked = Entsperrt. Die Person bekommt eine Mail.

# Was einem Mitglied geschah
event-requested = Hat angefragt
event-message = Hat die Nachricht an die Administration geändert
event-approved = Angenommen
event-rejected = Abgelehnt
event-asked-again = Hat noch einmal angefragt
event-invitation-accepted = Hat die Einladung angenommen
event-locked = Gesperrt
event-unlocked = Entsperrt
event-seeded = Vom Betrieb angelegt
event-signed-in = Angemeldet
event-signed-out = Abgemeldet
event-signed-out-everywhere = Überall abgemeldet

# An- und Abmelden
signed-out-title = Abgemeldet
signed-out-heading = Bei { $tenant } abgemeldet
still-signed-in = Bei { $product } sind Sie noch angemeldet. An einem Gerät, das auch andere benutzen, melden Sie sich überall ab.
signed-out-elsewhere = Sie sind abgemeldet. Schließen Sie das Fenster an einem Gerät, das auch andere benutzen.
sign-out-everywhere = Überall abmelden
sign-out-everywhere-help = Beendet Ihre Anmeldung bei allen Instanzen in diesem Browser. Ihre Anwendungen folgen binnen Sekunden; eine, die nicht zuhört, behält ihre, bis Sie sich dort abmelden.
signed-out-meanwhile = Sie sind nicht mehr angemeldet
signed-out-meanwhile-detail = Ihre Anmeldung hier ist zu Ende; was Sie gesendet haben, wurde nicht ausgeführt. Melden Sie sich an und versuchen Sie es noch einmal.
sign-in-over = Diese Anmeldung ist zu Ende
sign-in-over-detail = Sie wurde schon abgeschlossen, hat zu lange gedauert oder begann in einem anderen Browser. Beginnen Sie neu; es dauert nur einen Moment.
sign-in-too-many-title = Zu viele begonnene Anmeldungen
sign-in-too-many-detail = Aus Ihrem Netz wurden viele Anmeldungen begonnen und nicht abgeschlossen. Warten Sie zehn Minuten und beginnen Sie neu, oder nutzen Sie ein anderes Netz.
sign-in-declined = Sie haben sich nicht angemeldet
sign-in-declined-detail = Sie wollten nicht fortfahren. Anmelden können Sie sich jederzeit.
sign-in-failed = Die Anmeldung hat nicht geklappt
sign-in-failed-detail = Die Anmeldeseite konnte nicht abschließen. Beginnen Sie neu.
away-title = Einen Moment, bitte
away-detail = Die Anmeldung für { $tenant } antwortet gerade nicht. Nichts ist verloren.
away-retry = { $n ->
    [one] Diese Seite versucht es in einer Sekunde noch einmal.
   *[other] Diese Seite versucht es alle { $n } Sekunden noch einmal.
}
no-permission = Keine Ihrer Rollen erlaubt das. Fragen Sie die Administration, wenn Sie es brauchen.
not-in-yet = Diese Seite ist für Mitglieder. Ihre Anfrage ist noch nicht angenommen.

# Warum es keinen Weg hinein gibt
closed-invite-only-title = Nur mit Einladung
closed-invite-only-detail = { $tenant } nimmt nur auf, wen es eingeladen hat. Bitten Sie dort jemanden um eine Einladung.
closed-locked-title = Sie sind hier gesperrt
closed-locked-detail = Jemand aus der Administration von { $tenant } hat Sie gesperrt. Ihr Konto und Ihre anderen Instanzen sind nicht betroffen.
closed-suspended-title = Sie sind hier stillgelegt
closed-suspended-detail = Ihr Platz bei { $tenant } ist stillgelegt. Die Administration dort kann ihn wieder öffnen.
closed-deleted-title = Ihr Konto ist hier inaktiv
closed-deleted-detail = Sie wurden bei { $tenant } entfernt. Die Administration dort kann Sie eine Zeit lang zurückholen.
closed-inactive-title = Ihr Konto ist hier inaktiv
closed-inactive-detail = Sie haben { $tenant } um Löschung gebeten. Die Administration dort schließt sie ab oder holt Sie zurück.

# Die Liste der Mitglieder
members-search = Mitglieder suchen
members-search-hint = Name, E-Mail, role:editor, isLocked:true
filters = Filter
filters-apply = Anzeigen
filters-clear = Alle anzeigen
filter-any = Alle
filter-remove = Filter entfernen: { $filter }
filter-unknown = Nicht verstanden: { $words }. Filter sind isLocked:true, state:…, role:…, lifecycle:…, isDeleted:true, isFederated:true, isReadOnly:true, isSupportUser:true, provider:… und inactiveSince:2026-01-31
filter-unread = Nicht verstanden: { $words }. Verstanden würde: { $fits }
search-too-long = Diese Suche ist zu lang: Höchstens 1000 Zeichen werden gelesen.
filter-support = Support
filter-federated = Föderiert
filter-provider = Anbieter
filter-readonly = Anderswo geführt
filter-inactive = Nicht angemeldet seit
views = Gespeicherte Ansichten
view-shared = geteilt
view-save = Diese Ansicht speichern
view-name = Name der Ansicht
view-name-help = Eine Ihrer Ansichten mit diesem Namen wird ersetzt.
view-share = Alle, die die Mitglieder sehen, sehen diese Ansicht
view-forget = Ansicht vergessen
view-name-detail = Eine Ansicht hat einen Namen von höchstens 60 Zeichen.
view-search-detail = Diese Suche enthält etwas, das kein Filter ist. Öffnen Sie die Liste erneut, und speichern Sie, was sie zeigt.
view-too-many-detail = Sie haben schon 50 Ansichten. Vergessen Sie zuerst eine.
members-none = Niemand passt
members-none-help = Kein Mitglied erfüllt das alles. Nehmen Sie einen Filter weg, oder versuchen Sie den Anfang eines Namens oder einer Adresse.
members-unread = Niemand steht in der Liste
members-unread-help = Ein Teil des Filters ist nicht lesbar; nach dem Rest allein wurde niemand gesucht. Berichtigen Sie ihn oben.
members-none-yet = Bisher niemand
members-none-yet-help = Die Liste ist lang, und auf diesem Stück passt niemand. Die nächste Seite sucht weiter.
members-empty = Noch keine Mitglieder
members-empty-help = Hier erscheinen Personen, die um Beitritt bitten oder eingeladen werden.

# Einladen
invite = Person einladen
invite-title = Person einladen
invite-heading = Person zu { $tenant } einladen
invite-email-help = Dorthin geht die Einladung.
invite-by-provider = Die Person kommt über { $provider } herein, und der Anbieter sagt, wie sie heißt. Er muss diese Adresse nennen.
invite-language = Sprache
invite-message = Ihre Nachricht
invite-message-help = Steht in der Mail, als Ihre Worte.
invite-send-now = Einladung sofort senden
invite-send-now-help = Wenn nicht, können Sie das später auf der Seite der Person tun.
invite-create = Einladen
invite-already-here = Mit dieser Adresse ist schon jemand hier.
invite-many = Mehrere auf einmal
invite-many-title = Mehrere Personen einladen
invite-many-heading = Mehrere Personen zu { $tenant } einladen
invite-many-addresses = Ihre Adressen
invite-many-help = So, wie sie kopiert sind: mit Kommas, Strichpunkten oder Zeilenumbrüchen dazwischen, mit Namen wie in „Mina Hollis <mina@example.com>“ oder ohne. Die nächste Seite zeigt, was mit jeder geschieht, bevor etwas geschieht.
invite-many-none = Hier ist noch niemand genannt.
invite-many-look = Ansehen
name-missing = Geben Sie einen Namen ein.
name-wrong = Ein Name hat höchstens 100 Zeichen und keine Zeilenumbrüche.
email-wrong = Geben Sie eine E-Mail-Adresse ein, etwa mina@example.com.
locale-wrong = Wählen Sie eine der Sprachen.
invitations = Einladungen
invitations-none = Es wurde noch keine Einladung gesendet.
invitation-send = Einladung senden
invitation-send-again = Neue Einladung senden
invitation-correct = Adresse berichtigen
invitation-correct-help = Dorthin geht eine neue Einladung; der Link der bisherigen gilt dann nicht mehr.
invitation-correct-send = Berichtigen und senden
invitation-withdraw = Einladung zurückziehen
invitation-made = Eingeladen
invitation-waits = Wartet auf die Übergabe an den Anmeldedienst
invitation-never-sent = Wurde nie an den Anmeldedienst übergeben
invitation-queued = An den Anmeldedienst übergeben, der sie gerade versendet
invitation-sent = Der Mailserver hat die Mail angenommen. Ob sie ankam, sagt er nicht.
invitation-failed = Der Mailserver hat die Mail abgelehnt. Prüfen Sie die Adresse.
invitation-limited = Nicht gesendet: Diese Adresse bekam zuletzt mehrere Einladungen. Versuchen Sie es morgen wieder.
invitation-unmailable = Nicht gesendet: An diese Adresse kann keine Mail gehen. Berichtigen Sie sie.
invitation-opened = Der Link wurde geöffnet; manche Mailprogramme tun das von selbst
invitation-accepted = Angenommen
invitation-accepted-there = Angenommen; mit der nächsten Anmeldung hier ist die Person dabei
invitation-expires = Gilt bis
invitation-expired = Abgelaufen
invitation-withdrawn = Zurückgezogen
invitation-replaced = Durch eine neuere ersetzt
role-granted-by = Vergeben von { $name }
role-granted = Vom Betreiber vergeben
done-created = Angelegt. Die Einladung wurde noch nicht gesendet.
done-invited = Die Einladung ist unterwegs.
done-withdrawn = Zurückgezogen. Der Link in der Mail gilt nicht mehr.
done-corrected = Berichtigt. Eine neue Einladung ist unterwegs.
event-invited = Eingeladen
event-invitation-queued = Einladung auf den Weg gebracht
event-invitation-withdrawn = Einladung zurückgezogen
event-email-corrected = Adresse berichtigt
event-role-not-given = Eine Rolle wurde nicht vergeben: Wer sie gewählt hat, darf sie nicht mehr vergeben
event-merged = Die Einladung ging an jemanden, der hier schon bekannt war
# Wenn die Plattform den Mandanten geschlossen hat
tenant-suspended-title = Diese Instanz ist ausgesetzt
tenant-suspended-detail = Zurzeit kann niemand eintreten. Fragen Sie, wer sie betreibt.
tenant-deleted-title = Diese Instanz gibt es nicht mehr
tenant-deleted-detail = Sie wurde gelöscht und kommt nicht wieder.
