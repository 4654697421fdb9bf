# Was jede Seite beider Server sagt. Die gleichnamige Meldung eines Servers geht vor.

# Rahmen
skip-to-content = Zum Inhalt springen
menu = Menü
main-navigation = Hauptnavigation
search = Suchen
search-hint = Suchen oder / drücken
other-instances = Andere Instanzen
your-account = Ihr Konto
signed-in-as = Angemeldet als { $name }
your-profile = Ihr Profil
sign-out = Abmelden
secured-by = Gesichert durch { $product }
terms = Nutzungsbedingungen
privacy = Datenschutz
help = Hilfe
home = Start
language = Sprache
language-change = Sprache ändern
theme = Darstellung
theme-system = System
theme-light = Hell
theme-dark = Dunkel
undo = Rückgängig machen
close = Schließen
cancel = Abbrechen
save = Speichern
optional = freiwillig
show-password = Passwort anzeigen
hide-password = Passwort verbergen
resend-wait = Erneut senden in { "{" }seconds{ "}" } s
one-moment = Einen Moment …

# Die Seite zwischen zwei Websites
continue-title = Weiter zu { $host }
continue-detail = Sie sind auf dem Weg dorthin.
continue-button = Weiter zu { $host }

# Zeiten und Zahlen
date = { $day }. { $month } { $year }
date-time = { $date }, { $time } UTC
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sept.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.
ago-moments = gerade eben
ago-minutes = { $n ->
    [one] vor 1 Minute
   *[other] vor { $n } Minuten
}
ago-hours = { $n ->
    [one] vor 1 Stunde
   *[other] vor { $n } Stunden
}
ago-days = { $n ->
    [one] gestern
   *[other] vor { $n } Tagen
}
in-moments = gleich
in-minutes = { $n ->
    [one] in 1 Minute
   *[other] in { $n } Minuten
}
in-hours = { $n ->
    [one] in 1 Stunde
   *[other] in { $n } Stunden
}
in-days = { $n ->
    [one] morgen
   *[other] in { $n } Tagen
}

# Fehlerseiten: was geschah, ob etwas verloren ging, was nun zu tun ist
error-reference = Kennung
error-reference-help = Nennen Sie diese Kennung, wenn Sie um Hilfe bitten. Sie findet diese Anfrage im Protokoll.
error-code = Fehlercode
error-home = Zur Startseite
error-retry = { $n ->
    [one] Versuchen Sie es in 1 Sekunde wieder.
   *[other] Versuchen Sie es in { $n } Sekunden wieder.
}
error-nothing-lost = Es wurde nichts geändert, und nichts ist verloren.
error-perhaps-lost = Ihr letzter Schritt wurde vielleicht nicht gespeichert. Prüfen Sie das, bevor Sie es noch einmal versuchen.

error-400-title = Das konnten wir nicht lesen
error-400-detail = Die Adresse oder das Formular war unvollständig. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-403-title = Das können Sie nicht öffnen
error-403-detail = Sie sind angemeldet, aber diese Seite ist für andere. Fragen Sie eine Administratorin oder einen Administrator, wenn Sie sie brauchen.
error-404-title = Hier ist nichts
error-404-detail = Die Adresse ist vielleicht vertippt, oder die Seite ist umgezogen oder nicht für Sie bestimmt.
error-405-title = Das geht hier nicht
error-405-detail = Diese Adresse gibt es, aber nicht für das, was versucht wurde. Gehen Sie zurück und benutzen Sie die Schaltflächen der Seite.
error-409-title = Das geht jetzt nicht
error-409-detail = Das hat sich geändert, seit Sie die Seite geöffnet haben. Laden Sie sie neu, um den jetzigen Stand zu sehen.
error-410-title = Das ist abgelaufen
error-410-detail = Der Link wurde schon benutzt, oder seine Zeit ist um. Fordern Sie einen neuen an.
error-413-title = Das ist zu groß
error-413-detail = Das Gesendete ist größer, als diese Seite annimmt. Senden Sie weniger oder in Teilen.
error-429-title = Zu viele Versuche
error-429-detail = Zum Schutz Ihres Kontos warten wir ein wenig bis zum nächsten Versuch.
error-500-title = Hier ist etwas schiefgegangen
error-500-detail = Das ist unser Fehler, nicht Ihrer. Wir haben ihn festgehalten.
error-503-title = Wir sind gerade ausgelastet
error-503-detail = Der Server kann im Moment nicht antworten. Meist dauert das nur kurz.
error-stale-form-title = Dieses Formular ist zu alt
error-stale-form = Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal. Das schützt Sie vor anderen Websites, die in Ihrem Namen handeln.
error-unreadable-form = Das Formular war unvollständig oder enthielt etwas, das wir nicht kennen. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-cross-site = Eine andere Website hat das in Ihrem Namen versucht. Wenn Sie es selbst wollten, öffnen Sie diese Website direkt und versuchen Sie es noch einmal.
