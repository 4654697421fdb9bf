# Mitglieder aus einer Datei
members-import = Importieren
members-export-csv = Als CSV
members-export-jsonl = Als JSON-Zeilen
back-to-imports = Zurück zu den Importen
import-title = Mitglieder importieren
import-lead = Holen Sie Ihre Leute aus einem anderen System, oder ändern Sie viele auf einmal.
import-file = Datei
import-file-help = CSV oder JSON-Zeilen, in UTF-8, bis { $most } MB.
import-invite = Die Neuen einladen
import-invite-help = Sie bekommen eine Einladung per E-Mail, sobald der Import läuft. Sonst bekommt niemand eine E-Mail; einladen können Sie sie später in der Liste.
import-look = Erst ansehen
import-look-help = Die nächste Seite zeigt, was jede Zeile bewirkt und was falsch ist. Vorher geschieht nichts.
import-columns = Was in der Datei steht
import-columns-help = Die erste Zeile einer CSV-Datei nennt die Spalten, in beliebiger Reihenfolge. Bei JSON-Zeilen ist jede Zeile ein Objekt mit diesen Namen. Was die Datei nicht nennt, bleibt, wie es ist.
import-column-email = Wer es ist. In jeder Zeile nötig; jede Adresse nur einmal.
import-column-names = Oder „name“ für beide zusammen. Gilt, bis sich jemand angemeldet hat; danach nennen die Leute ihre Namen selbst.
import-column-language = Zum Beispiel en oder de.
import-column-state = Eines von:
import-column-roles = Durch Leerzeichen getrennt; „-“ heißt: gar keine, und was leer ist, bleibt, wie es ist. Von da an diese Rollen und keine anderen:
import-column-provider = Der eine Anbieter, über den sich jemand Neues anmeldet; meist leer.
import-column-keeper = Wer den Eintrag einer neuen Person anderswo führt; meist leer. Für Personen, die schon hier sind, geht das auf ihrer Seite.
import-column-fields = Profilfelder. Was leer ist, bleibt, wie es ist; in JSON-Zeilen können sie zusammen als „fields“ stehen.
import-nobody-in = Wer neu ist, kommt durch eine angenommene Einladung herein, was auch in der Datei steht; wer anderswo aktiv ist, ist hier eingeladen. Eine Datei löscht niemanden, und sie lässt niemanden wieder herein, wenn Sie es auf der nächsten Seite nicht sagen.
import-example = Ein Beispiel herunterladen
import-past = Bisherige Importe
import-lines = Zeilen
import-line = Zeile
import-no-name = Ohne Namen
import-problem = Anmerkung
import-invitations = Einladungen
import-invites = Wer neu ist, bekommt eine
import-invites-not = Niemand bekommt eine
import-ignored = Spalten, die nicht gelesen werden
import-state-receiving = Kommt an
import-state-looking = Wird angesehen
import-state-ready = Wartet auf Sie
import-state-ready-other = Wartet auf { $name }
import-state-running = Läuft
import-state-done = Erledigt
import-state-cancelled = Angehalten
import-looked = { $n } von { $all } Zeilen angesehen
import-affects = Das bewirkt etwas bei { $n } von { $all } Zeilen.
import-nothing-yet = Noch ist nichts geschehen. Falsche Zeilen werden ausgelassen; berichtigen Sie sie und importieren Sie die Datei noch einmal: Was schon so ist, bleibt, wie es ist.
import-progress = { $n } von { $all } Zeilen durchgegangen
import-left = Der Import wurde angehalten, bevor er alle Zeilen erreicht hatte. Nicht mehr erreicht: { $n }.
import-start = { $n ->
    [one] Eine Zeile importieren
   *[other] { $n } Zeilen importieren
}
import-start-now = Import starten
import-reopen = { $n ->
    [one] Auch ein Mitglied wieder hereinlassen
   *[other] Auch { $n } Mitglieder wieder hereinlassen
}
import-reopen-help = Sie sind hier gesperrt, deaktiviert oder gelöscht, und die Datei ist älter oder sagt etwas anderes. Ohne das bleiben sie, wie sie sind.
import-reopening = Wieder hereinlassen
import-reopens = Wo die Datei es sagt
import-reopens-not = Niemanden; wer ausgeschlossen ist, bleibt es
import-report-wrong = Was falsch ist, herunterladen
import-not-looked = Noch nicht angesehen
import-will-new = Kommt dazu
import-will-changed = Wird geändert
import-will-reopened = Käme wieder herein
import-will-unchanged = Schon so
import-will-wrong = Falsch
import-was-new = Dazugekommen
import-was-changed = Geändert
import-was-reopened = Wieder hereingelassen
import-was-unchanged = Schon so
import-was-wrong = Nicht geschehen
import-not_reached = Nicht mehr erreicht
import-becomes = Wird: { $state }
import-signs-in = Meldet sich an über: { $provider }
import-fills-in = Ausgefüllt: { $fields }
import-details = Anderer Name oder andere Sprache
import-name-stays = Der Name bleibt: Die Person selbst oder ihr Anbieter nennt ihn
import-unless = Wenn keine Zeile davor das ändert, geschieht es nicht. { $problem }
import-in-column = { $column }: { $problem }
event-imported = Aus einer Datei importiert
event-imported-as = Aus einer Datei importiert als { $roles }
event-import-lines = { $lines ->
    [one] 1 Zeile
   *[other] { $lines } Zeilen
}
event-import-plan = { $lines ->
    [one] 1 Zeile
   *[other] { $lines } Zeilen
}, { $new } neu, { $changed } zu ändern
event-import-result = { $new } neu, { $changed } geändert, { $reopened } wieder eingelassen, { $unchanged } schon so, { $wrong } nicht getan
event-details-imported = Name oder Sprache durch eine Datei geändert

# Warum eine Datei nicht genommen wird
import-too-large = Die Datei ist größer als { $most } MB. Teilen Sie sie, und importieren Sie die Teile nacheinander.
import-broken = Die Datei ist nicht vollständig angekommen. Versuchen Sie es noch einmal.
import-too-many = Es warten schon viele Importe. Starten oder beenden Sie erst einige davon.
import-file-empty = In dieser Datei steht nichts.
import-file-utf16 = Diese Datei ist in UTF-16. Speichern Sie sie als CSV in UTF-8.
import-file-not_utf8 = Die erste Zeile ist nicht in UTF-8. Speichern Sie die Datei als CSV in UTF-8.
import-file-no_email = In der ersten Zeile fehlt die Spalte „email“.
import-file-column_twice = Die erste Zeile nennt eine Spalte zweimal.
import-file-head_too_long = Die erste Zeile ist länger als 64 kB. Ist es eine CSV-Datei?
import-file-too_many_lines = Die Datei hat mehr als 1.000.000 Zeilen. Teilen Sie sie, und importieren Sie die Teile nacheinander.

# Was an einer Zeile falsch ist
trouble-cell_too_long = Diese Zelle ist länger als jeder Name und jede Adresse: höchstens 2.000 Byte.
trouble-too_long = Die Zeile ist länger als 64 kB. Wird ein Anführungszeichen nie geschlossen?
trouble-not_utf8 = Das ist nicht in UTF-8. Speichern Sie die Datei in UTF-8.
trouble-cell_count = Die Zeile hat eine andere Zahl von Zellen als die erste.
trouble-not_an_object = Das ist kein JSON-Objekt.
trouble-not_text = Hier gehört ein Text hin.
trouble-twice = Das steht zweimal da.
trouble-service_account = Eine Datei lässt kein Dienstkonto ein: das geschieht auf dessen Seite.
trouble-email_missing = Die Adresse fehlt.
trouble-email_wrong = „{ $about }“ ist nicht genau eine einfache Adresse.
trouble-name_wrong = Ein Name ist eine Zeile mit höchstens 200 Zeichen.
trouble-language_wrong = „{ $about }“ ist kein Sprachkürzel wie en oder de.
trouble-state_unknown = Einen Zustand „{ $about }“ gibt es nicht.
trouble-role_unknown = Eine Rolle „{ $about }“ gibt es nicht.
trouble-provider_wrong = „{ $about }“ ist kein Kurzname eines Anbieters.
trouble-keeper_wrong = Wer einen Eintrag führt, steht in einer Zeile mit höchstens 80 Zeichen.
trouble-doubled = In Zeile { $about } steht dieselbe Adresse.
trouble-field_unknown = Ein Profilfeld „{ $about }“ gibt es nicht.
trouble-field_too_long = Höchstens { $about } Zeichen.
trouble-provider_owns = Das gehört { $about } und wird dort geändert.
trouble-too_much = Die Zeile sagt mehr, als es Spalten gibt.
trouble-ambiguous = Mehr als ein Mitglied hat diese Adresse. Ändern Sie sie in der Liste.
trouble-address_not_proved = Wer diese Adresse hat, hat sie allein nach Angabe eines Anbieters: Niemand hat bewiesen, dass sie ihm gehört. Ändern Sie die Person in der Liste, oder laden Sie die Adresse ein.
trouble-needs_account = In diesem Zustand ist niemand, der nie da war. Lassen Sie die Zeile weg, oder laden Sie die Person ein.
trouble-state_stays = In diesen Zustand oder aus ihm kommt niemand durch eine Datei. Entscheiden Sie darüber in der Liste.
trouble-deletes_nobody = Eine Datei löscht niemanden. Löschen Sie in der Liste.
trouble-provider_stays = Wie sich jemand anmeldet, der schon hier ist, ändert eine Datei nicht.
trouble-keeper_stays = Wer den Eintrag von jemandem führt, der schon hier ist, ändert eine Datei nicht. Das geht auf der Seite der Person.
trouble-not_allowed = Das dürfen Sie nicht.

# Wer ausgeschlossen ist und wieder hereinkäme
reopen-will-unlocks = Würde entsperrt.
reopen-will-resumes = Würde wieder aktiviert.
reopen-will-reactivates = Würde nach der Löschung zurückgeholt.
reopen-will-keeps = Würde behalten, obwohl um Löschung gebeten wurde.
reopen-was-unlocks = Entsperrt.
reopen-was-resumes = Wieder aktiviert.
reopen-was-reactivates = Nach der Löschung zurückgeholt.
reopen-was-keeps = Behalten, obwohl um Löschung gebeten wurde.
reopen-left-unlocks = Bleibt gesperrt: Entsperren wurde nicht gewählt.
reopen-left-resumes = Bleibt deaktiviert: Hereinlassen wurde nicht gewählt.
reopen-left-reactivates = Bleibt gelöscht: Hereinlassen wurde nicht gewählt.
reopen-left-keeps = Der Wunsch nach Löschung bleibt: Behalten wurde nicht gewählt.
