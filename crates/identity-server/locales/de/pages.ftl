# Anmelden
login-title = Anmelden
login-heading = Bei { $door } anmelden
login-lead = Mit Ihrem { $product }-Konto. Ein Konto öffnet alle Ihre Instanzen.
signing-in-to = Anmeldung bei { $door }
email = E-Mail
email-wrong = Geben Sie eine E-Mail-Adresse ein, zum Beispiel mina@example.com.
continue = Weiter
new-here = Neu hier?
create-account = Konto anlegen
password-heading = Willkommen zurück
password = Passwort
not-you = Nicht Sie?
sign-in = Anmelden
password-refused = E-Mail und Passwort passen nicht zusammen. Nach { $tries } falschen Versuchen ruht die Anmeldung bis zu { $minutes } Minuten; ein neues Passwort per Mail hilft sofort. Referenz: { $reference }
forgotten = Passwort vergessen?
remember = Angemeldet bleiben
remember-help = Auf einem Gerät, das sonst niemand benutzt.
accounts-title = Konto wählen
accounts-heading = Wer sind Sie?
continue-as = Weiter als { $name }
use-another-account = Ein anderes Konto verwenden
use-another = Anderes Konto
account-gone = Dieses Konto ist hier nicht mehr angemeldet.
sign-in-again = Erneut anmelden

# Registrieren
signup-heading = Konto anlegen
signup-lead = Ein Konto öffnet alle Ihre Instanzen. Wir schicken einen Link, der Ihre Adresse bestätigt; danach wählen Sie ein Passwort.
signup-send = Link schicken
have-account = Sie haben ein Konto?
check-mail-title = Sehen Sie in Ihr Postfach
check-mail-lead = Wir haben eine Mail an { $email } geschickt. Folgen Sie dem Link darin, auf welchem Gerät auch immer; er gilt 24 Stunden.
check-mail-help = Nichts da? Sehen Sie im Spam-Ordner nach, oder lassen Sie sie noch einmal schicken. Mehrere Versuche in kurzer Zeit ergeben nur wenige Mails.
confirmed-sign-in = Erledigt, jetzt anmelden
send-again = Noch einmal schicken
other-address = Andere Adresse verwenden
confirm-title = E-Mail-Adresse bestätigen
confirm-heading = Gleich geschafft
confirm-lead = Ihre Adresse { $email } ist bestätigt. Sagen Sie uns Ihren Namen, und wählen Sie ein Passwort.
given-name = Vorname
family-name = Nachname
name-missing = Geben Sie einen Namen ein.
name-wrong = Ein Name hat höchstens 100 Zeichen und keine Zeilenumbrüche.
your-language = Sprache
locale-wrong = Wählen Sie eine der Sprachen.
choose-password = Passwort
password-help = Mindestens { $number } Zeichen. Am besten ein paar Wörter, die Sie sich merken. Das Konto ist nur für Sie: wer noch eines braucht, bekommt ein eigenes.
password-too-short = Bitte mindestens { $number } Zeichen.
password-too-long = Bitte höchstens { $number } Zeichen.
password-is-address = Ihre Adresse ist kein Passwort. Wählen Sie etwas, das andere nicht kennen.
signup-spent-title = Dieser Link gilt nicht mehr
signup-spent = Er wurde schon benutzt, ist älter als 24 Stunden, oder ein neuerer hat ihn ersetzt.
sign-in-or-begin-again = Anmelden oder neu beginnen
welcome-title = Ihr Konto ist fertig
welcome-lead = Auf diesem Gerät sind Sie angemeldet.
welcome-elsewhere = Haben Sie auf einem anderen Gerät begonnen? Melden Sie sich dort mit dem neuen Passwort an, und Sie kommen zu { $door }.
open-door = { $door } öffnen
see-account = Zu Ihrem Konto

# Passwort vergessen
recover-title = Passwort vergessen?
recover-lead = Nennen Sie uns Ihre Adresse. Wir schicken einen Link, mit dem Sie ein neues Passwort wählen.
recover-send = Link schicken
recover-remembered = Es fällt Ihnen wieder ein?
recover-sent-lead = Wir haben eine Mail an { $email } geschickt. Folgen Sie dem Link darin, auf welchem Gerät auch immer; er gilt 15 Minuten.
recovered-sign-in = Erledigt, jetzt anmelden
reset-title = Neues Passwort wählen
reset-lead = Für { $email }. Alle Sitzungen dieses Kontos enden; hier werden Sie angemeldet.
new-password = Neues Passwort
recovery-spent = Er wurde schon benutzt, ist älter als 15 Minuten, oder das Passwort wurde inzwischen geändert.
recovery-again = Neuen Link anfordern
password-changed-title = Ihr Passwort ist geändert
password-changed-lead = Hier sind Sie mit dem neuen angemeldet. Wir haben Ihnen eine Mail dazu geschickt.
password-ended = { $count ->
    [0] Keine andere Sitzung war offen.
    [one] Eine Sitzung ist beendet, und mit ihr alles, was sie geöffnet hat:
   *[other] { $count } Sitzungen sind beendet, und mit ihnen alles, was sie geöffnet haben:
}
go-on-to = Weiter zu { $door }

# Zum ersten Mal bei einem Mandanten; Einwilligung
join-heading = { $door } öffnen?
join-lead = Sie kommen zum ersten Mal hierher.
will-see = { $door } sieht
sees-name = Ihren Namen und Ihre E-Mail-Adresse
sees-language = Ihre Sprache und Ihr Bild
sees-not = Nicht Ihr Passwort, Ihre anderen Instanzen oder was Sie dort tun
yours-alone = Ihr Konto ist für Sie allein: Was damit geschieht, steht unter Ihrem Namen. Wer sonst noch hereinmuss, bekommt eine eigene Einladung.
join-approval = Jemand bei { $door } muss Sie hereinlassen. Sie bekommen eine Mail.
ask-to-join = Um Aufnahme bitten
cancel = Abbrechen
consent-heading = Bei { $application } anmelden?
consent-lead = { $application } ist eine Anwendung außerhalb Ihrer Instanzen:
consent-asks = { $application } sieht
scope-openid = Dass Sie es sind, unter einem nur dafür gemachten Namen
scope-profile = Ihren Namen und Ihre Sprache
scope-email = Ihre E-Mail-Adresse
scope-address = Ihre Anschrift
scope-phone = Ihre Telefonnummer
scope-offline = All das auch, während Sie nicht da sind
scope-membership = Ihre Rollen und Gruppen in einer Instanz
scope-members-read = Mitglieder und Rollen dieser Instanz sehen, soweit Sie es dürfen
scope-jobs-read = Sehen, was mit vielen Mitgliedern auf einmal geschieht
scope-audit-read = Das Protokoll der Instanz lesen, soweit Sie es dürfen
scope-members-write = In Ihrem Namen Mitglieder einladen, annehmen, sperren und löschen
scope-settings-write = In Ihrem Namen die Bedingungen der Instanz veröffentlichen und ihre Profilfelder ändern
scope-roles-write = In Ihrem Namen Rollen geben und nehmen
scope-providers-write = In Ihrem Namen einrichten, wer sonst sagen kann, wer die Leute der Instanz sind
consent-lead-acts = { $application } möchte in Ihrem Namen bei { $tenant } handeln:
consent-asks-to-act = { $application } sieht und tut dann
consent-not = Weder Ihr Passwort noch Ihre anderen Instanzen
allow = Erlauben
deny = Nicht erlauben
not-a-member-heading = { $door } ist Ihnen im Moment verschlossen
instance-alone-heading = { $application } bleibt Ihnen verschlossen
instance-alone = Sie sind Notfallmitglied von { $door }: Sie sind dafür da, auch dann hereinzukommen, wenn Anmeldedienste ausfallen. Darum kommen Sie über { $door } selbst herein, jedes Mal mit dem Passwort Ihres Kontos, und über keine andere Anwendung.
not-a-member-unknown = { $application } braucht ein Mitglied von { $door }, und dort waren Sie noch nie. Öffnen Sie zuerst { $door } und bitten Sie um Aufnahme.
not-a-member-to-review = Jemand bei { $door } muss Sie hereinlassen, bevor { $application } sich öffnet. Sie bekommen eine Mail.
not-a-member-locked = Ihre Mitgliedschaft bei { $door } ist gesperrt, darum bleibt { $application } geschlossen. Fragen Sie dort einen Administrator.
not-a-member-closed = Sie sind kein Mitglied von { $door }, darum bleibt { $application } geschlossen.
back-to = Zurück zu { $application }

# Abmelden
logout-heading = Überall abmelden?
logout-lead = Das beendet Ihre { $product }-Sitzung in diesem Browser und sagt es jeder Instanz, die sie geöffnet hat.
sign-out-everywhere = Überall abmelden
stay-signed-in = Angemeldet bleiben
logged-out-heading = Sie sind abgemeldet
logged-out-lead = Ihre Sitzung in diesem Browser ist beendet, und mit ihr jede Instanz, die sie geöffnet hat.

# Konto
nav-overview = Übersicht
nav-instances = Instanzen
hello = Guten Tag, { $name }
account-lead = { $count ->
    [0] Ein Konto, noch keine Instanz.
    [one] Ein Konto, eine Instanz.
   *[other] Ein Konto, { $count } Instanzen.
}
your-instances = Ihre Instanzen
instances-lead = Überall, wo Ihr Konto eine Tür öffnet. Keine Instanz sieht die anderen.
no-instances = Noch keine Instanz
no-instances-help = Eine Instanz erscheint hier, wenn Sie sie zum ersten Mal geöffnet haben.
check-up = Sicherheit
email-proved = Ihre E-Mail-Adresse ist bestätigt
open = Öffnen
state-new = Neu
state-invited = Eingeladen
state-to-review = In Prüfung
state-active = Aktiv
state-rejected = Abgelehnt
state-locked = Gesperrt
state-suspended = Deaktiviert
state-deleted = Gelöscht

# Sitzungen und Passwort
nav-sessions = Sitzungen
your-sessions = Ihre Sitzungen
sessions-count = { $count ->
    [one] Nur hier angemeldet
   *[other] An { $count } Stellen angemeldet
}
look = Ansehen
change = Ändern
password-row = Eine Änderung meldet Sie überall sonst ab
platform-row = Die Plattform
platform-row-help = Sie betreiben sie: Instanzen, Anbieter, Administration, Konten
sessions-lead = Wo Sie gerade angemeldet sind. Beenden Sie, was Sie nicht kennen oder nicht brauchen.
sessions-unknown = Etwas hier sind nicht Sie?
this-browser = Dieser Browser
last-used = Zuletzt benutzt:
since = Angemeldet:
device-both = { $browser } unter { $system }
device-unknown = Unbekanntes Gerät
end-session = Sitzung beenden
end-session-title = Diese Sitzung beenden?
end-session-what = Jener Browser ist sofort abgemeldet, und jede Anwendung, die er geöffnet hat, erfährt es.
end-others = { $count ->
    [one] Die andere Sitzung beenden
   *[other] { $count } andere Sitzungen beenden
}
end-others-title = Alle anderen Sitzungen beenden?
end-others-what = Hier bleiben Sie angemeldet. Jeder andere Browser ist sofort abgemeldet, und jede Anwendung, die er geöffnet hat, erfährt es.
older-sessions = Ältere
no-other-sessions = Sie sind nirgends sonst angemeldet.
session-ended = Diese Sitzung ist beendet.
sessions-ended = Alle anderen Sitzungen sind beendet.
session-gone = Es gibt keine solche Sitzung von Ihnen, oder sie ist schon beendet.
change-password = Passwort ändern
change-password-lead = Jede andere Sitzung Ihres Kontos endet, und jede Anwendung bittet Sie, sich neu anzumelden.
current-password = Aktuelles Passwort
current-wrong = Das ist nicht Ihr aktuelles Passwort.
current-paused = Das war { $tries }-mal falsch. Versuchen Sie es in { $minutes } Minuten wieder, oder wählen Sie per Mail ein neues Passwort.

# Wenn etwas nicht stimmt
flow-gone-title = Diese Anmeldung ist beendet
flow-gone = Sie wurde in einem anderen Tab abgeschlossen, hat zu lange gedauert oder begann in einem anderen Browser. Gehen Sie dorthin zurück, wohin Sie wollten, und beginnen Sie neu.
flow-gone-next = Zu Ihrem Konto
requests-too-many = Von Ihrem Netz aus wurden sehr viele Anmeldungen begonnen, mit denen niemand weitermachte. Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.
client-gone = Die Anwendung, die Sie hierher geschickt hat, ist nicht mehr registriert.
authorize-refused-title = Der Anfrage dieser Anwendung kann nicht gefolgt werden
authorize-unreadable = Die Anfrage ist nicht lesbar.
authorize-no-client = Die Anfrage sagt nicht, von welcher Anwendung sie kommt (client_id).
authorize-unknown-client = Es gibt keine Anwendung { $client }.
authorize-repeated = Der Parameter { $name } steht mehr als einmal da.
authorize-no-redirect-uri = Die Anfrage sagt nicht, wohin die Antwort geht (redirect_uri).
authorize-redirect-uri = { $client } hat die Adresse { $uri } (redirect_uri) nicht registriert, darum wird nichts dorthin geschickt.
logout-unreadable = Die Abmeldung ist nicht lesbar.

# Einladungen
invitation-title = Einladung
invitation-heading = { $door } beitreten
invitation-lead = { $door } lädt { $email } ein, nach eigener Angabe durch { $by }.
invitation-lead-nobody = { $door } lädt { $email } ein.
invitation-accept = Einladung annehmen
invitation-has-account = Mit dieser Adresse haben Sie ein Konto. Melden Sie sich an und nehmen Sie dann an; Ihr Passwort bleibt, wie es ist.
invitation-sign-in = Anmelden und annehmen
invitation-new = Mit dieser Adresse gibt es noch kein Konto. Ihr Name und ein Passwort genügen; die Adresse ist schon bestätigt.
invitation-create = Konto anlegen und annehmen
invitation-other-account = Anderes Konto verwenden
invitation-provider = Bei { $door } melden Sie sich über { $provider } an, als { $email }. Ein Passwort müssen Sie hier nicht setzen.
invitation-provider-gone = Bei { $door } sollen Sie sich über { $provider } anmelden, und das geht zurzeit nicht. Versuchen Sie es später wieder, oder fragen Sie die Person, die Sie eingeladen hat.
invitation-provider-behind = Danach fragt { $provider }, wer Sie sind: Nur so öffnet sich Ihnen { $door }.
invitation-sign-in-account = Zuerst beim eigenen Konto anmelden
invitation-by-provider = Diese Einladung wird über den Anbieter angenommen, den ihre Seite nennt.
back-to-invitation = Zurück zur Einladung
invitation-not-me = Wenn Sie nicht wissen, worum es geht, schließen Sie diese Seite. Dann geschieht nichts.
invitation-spent-title = Diese Einladung gilt nicht mehr
invitation-spent = Sie wurde schon angenommen, zurückgezogen, ist älter als sieben Tage, oder eine neuere hat sie ersetzt. Bitten Sie die Person, die Sie eingeladen hat, um eine neue.

# Wie sich jemand anmeldet, und was ein Browser davon behält
way-used-last = Zuletzt in diesem Browser benutzt
forget-browser = Vergessen, was in diesem Browser benutzt wurde
how-link = Wie melde ich mich hier an?
how-lead = Nennen Sie uns Ihre Adresse. Wir schicken eine Mail, die sagt, was Ihnen { $door } öffnet: Niemand außer Ihnen kann sie lesen.
how-send = Antwort schicken
how-back = Zurück zur Anmeldung
how-sent-lead = Wir haben eine Mail an { $email } geschickt. Darin steht, wie Sie sich anmelden.
password-is-refused = Eine Ihrer Instanzen lehnt dieses Passwort ab, bis es geändert ist: Wählen Sie ein anderes.
link-password-refused = Eine Ihrer Instanzen lehnt Ihr Passwort ab, bis es geändert ist. Lassen Sie sich eine E-Mail senden, wählen Sie ein neues Passwort, und verbinden Sie danach einen weiteren Weg.
