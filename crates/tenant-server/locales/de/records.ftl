# Was getan wurde, und andere Systeme

nav-audit = Protokoll
audit-lead = Wer was wann getan hat. Die Einträge sind verkettet und signiert: Niemand kann einen unbemerkt ändern oder entfernen.
audit-what = Was getan wurde
audit-everything = Alles
audit-since = Vom
audit-until = Bis zum
audit-none = Nichts dergleichen
audit-none-help = Kein Eintrag passt. Nehmen Sie einen Filter weg, oder wählen Sie andere Tage.
audit-unread = Nichts wird gezeigt
audit-unread-help = Ein Teil des Filters ist nicht lesbar; nach dem Rest allein wurde nichts gesucht. Berichtigen Sie ihn, oder sehen Sie alles an.
audit-unread-member = Nicht verstanden: „{ $value }“. Verstanden würde die ID eines Mitglieds.
audit-unread-action = Nicht verstanden: „{ $value }“. Verstanden würde eines aus dieser Liste.
audit-unread-until = Nicht verstanden: „{ $value }“. Verstanden würde ein Tag, etwa 2026-01-31.
audit-unread-second = Nicht verstanden: „{ $value }“ neben etwas anderem. Verstanden würde eines davon: über wen, von wem, was getan wurde.
audit-older = Ältere Einträge
audit-by = Von { $name }
audit-member = Über { $name }
audit-of-member = Alles davon im Protokoll
audit-by-member = Was die Person selbst getan hat
event-members-exported = Nahm die Liste der Mitglieder mit
event-audit-exported = Nahm das Protokoll mit
event-service-account = Ließ ein Dienstkonto ein
event-service-account-as = Ließ ein Dienstkonto als { $roles } ein
event-session-refused = Wurde an der Tür abgewiesen
event-batch-started = Startete einen Auftrag
event-batch-cancelled = Brach einen Auftrag ab
event-import-received = Lud eine Datei mit Mitgliedern hoch
event-import-started = Startete einen Import
event-import-cancelled = Brach einen Import ab
event-import-reported = Nahm den Bericht eines Imports mit
event-batch-reported = Nahm den Bericht eines Auftrags mit
event-acceptances-exported = Nahm die Liste der Zustimmungen mit
event-import-done = Beendete einen Import
event-terms-published = Veröffentlichte Bedingungen
event-terms-published-one = Veröffentlichte { $what }, Fassung { $n }
event-batch-done = Beendete einen Auftrag
event-job-items = { $job } ({ $n })
event-job-lines = { $job } ({ $n ->
    [one] 1 Zeile
   *[other] { $n } Zeilen
})
event-job-outcome = { $job } ({ $changed } von { $n } geändert)

nav-service-accounts = Dienstkonten
service-mark = Dienstkonto
service-lead = Andere Systeme, die an der Schnittstelle für sich handeln. Sie haben Rollen wie Menschen, und nie ein Passwort.
service-none = Keine Dienstkonten
service-none-help = Soll ein anderes System Mitglieder selbst lesen oder ändern, lassen Sie seinen Client unten ein.
service-client = Client-ID
service-since = Seit
service-new = Ein System einlassen
service-how = Registrieren Sie seinen Client zuerst am Identitätsserver:
service-audience = Tokens verlangt es für diese Schnittstelle:
service-document = Was die Schnittstelle kann (OpenAPI)
service-name-help = Wie man das System nennt.
service-create = Einlassen
service-name-wrong = Ein Name von höchstens 80 Zeichen, in einer Zeile.
service-client-wrong = Die Client-ID, wie der Identitätsserver sie vergab.
service-client-here = Dieser Client hat hier schon ein Dienstkonto.
done-service = Das Dienstkonto ist eingelassen.
done-service-lock = Gesperrt. Es kann hier von nun an nichts mehr tun.
done-service-unlock = Entsperrt. Mit neuen Tokens kann es hier wieder handeln.
done-service-suspend = Deaktiviert. Es kann hier von nun an nichts mehr tun.
done-service-resume = Wieder aktiviert. Mit neuen Tokens kann es hier wieder handeln.
done-service-delete = Gelöscht. Es kann hier von nun an nichts mehr tun.
done-service-reactivate = Zurückgeholt, so wie es war. Mit neuen Tokens kann es hier wieder handeln.
audit-by-service = Was es selbst getan hat
service-erased-at = Lässt sich zurückholen. Sein Eintrag wird endgültig gelöscht am:
delete-service-out = Ab der nächsten Anfrage kann es hier nichts mehr tun, welche Tokens es auch hat.
delete-service-window = { $days ->
    [one] Bis morgen lässt es sich zurückholen; danach wird sein Eintrag endgültig gelöscht.
   *[other] { $days } Tage lang lässt es sich zurückholen; danach wird sein Eintrag endgültig gelöscht.
}
delete-service-for-good = Sein Eintrag wird jetzt endgültig gelöscht.
delete-client-stays = Der Client am Identitätsserver bleibt unberührt, und was er getan hat, bleibt im Protokoll.

# Warum eine Anmeldung hier endete
ended-link = Warum endete eine Anmeldung hier?
ended-lead = Wer sich nicht anmelden konnte, hat eine Referenznummer gesehen. Geben Sie sie ein, um den Grund zu lesen, oder sehen Sie die Liste durch.
ended-reference = Referenznummer
ended-reference-help = Zehn Buchstaben und Ziffern, etwa 4K7QX-2M9TB.
ended-find = Finden
ended-unknown = Von { $reference } ist hier nichts bekannt
ended-unknown-help = Sie gehört zu keiner Anmeldung, die auf dem Weg zu { $tenant } endete, oder ist älter als 90 Tage. Wer die Plattform betreibt, weiß vielleicht mehr.
ended-none = Keine Anmeldung endete auf dem Weg hierher
ended-none-help = Was in den letzten 90 Tagen abgewiesen wurde, steht hier mit seinem Grund.
ended-away = Die Plattform ist zurzeit nicht zu fragen, sodass fehlt, was dort endete. Versuchen Sie es später noch einmal.
ended-here = An der eigenen Tür dieser Instanz
ended-there = Auf dem Weg hierher
ended-older = Ältere
ended-by = Über { $provider }
ended-about = Betrifft { $name }
ended-provider-unusable = Der Anbieter war abgeschaltet oder wurde währenddessen geändert.
ended-linked-elsewhere = Diese Anmeldung beim Anbieter gehört schon jemand anderem.
ended-another-identity = Mit dem Konto ist eine andere Anmeldung dieses Anbieters verknüpft, und es kam eine zweite.
ended-member-elsewhere = Ein anderer Anbieter öffnet ihnen diese Instanz: So sagt es ihr Anmeldeweg hier.
ended-account-elsewhere = Die Regel des Kontos selbst, die die Plattform bestimmt, lässt diesen Anbieter nicht zu.
ended-not-opened = Der Anbieter hat eine Adresse genannt und öffnet diese Instanz nicht für die Person, der sie gehört.
ended-policies-differ = Der Anmeldeweg hier und die Regel des Kontos nennen verschiedene Anbieter. Beides gilt, sodass keines genügt: Ändern Sie den Weg hier, oder fragen Sie die Plattform.
ended-not-invited = Die Person folgte einer Einladung, und der Anbieter nennt eine andere Adresse als die eingeladene. Laden Sie die Adresse ein, die er nennt, oder die Person meldet sich dort als die eingeladene an.
ended-claimed = Eine andere Anmeldung bei diesem Anbieter gehört schon zu diesem Mitglied. Hat es dort das Konto gewechselt, stellen Sie es neu um.
ended-held = Auf diesen Anbieter umgestellt, und nichts ist übrig, womit sich das Mitglied ausweisen könnte, oder es hat gelöst, was es beansprucht hatte. Stellen Sie es auf einen anderen Weg und danach wieder auf diesen Anbieter um, oder nennen Sie sein Subject dort.
ended-away-there = Der Anbieter antwortete nicht.
ended-refused = Der Anbieter meldete nicht an, oder dort wurde abgelehnt.
ended-unreadable = Die Antwort des Anbieters ist nicht lesbar.
ended-oversized = Der Anbieter antwortete mit mehr, als gelesen wird.
ended-untrusted = Die Antwort des Anbieters bestand eine Prüfung nicht: Sie kann gefälscht sein.
ended-misconfigured = Die Einstellungen des Anbieters passen nicht.
ended-other-provider = Sie kamen über einen anderen Anbieter als den, der ihnen diese Instanz öffnet.
ended-switch-not-told = Die Plattform hatte noch nicht gehört, dass ihr Anmeldeweg geändert wurde.
ended-proof-not-fresh = Ein Notfallmitglied weist sich jedes Mal neu aus, und dieser Nachweis war älter.
ended-invite-only = Sie waren nicht eingeladen, und sonst wird niemand eingelassen.
ended-locked = Sie sind gesperrt.
ended-suspended = Sie sind deaktiviert.
ended-deleted = Sie wurden entfernt.
ended-inactive = Sie baten um ihre Löschung.
