# Taten
nav-jobs = Aufträge
save = Speichern
back-to-member = Zurück zum Mitglied
back-to-jobs = Zurück zu den Aufträgen
deed-invite = Einladen
deed-withdraw = Einladungen zurückziehen
deed-approve = Annehmen
deed-reject = Ablehnen
deed-roles = Rollen zuweisen
deed-lock = Sperren
deed-unlock = Entsperren
deed-suspend = Deaktivieren
deed-resume = Wieder aktivieren
deed-keep = Behalten
deed-reactivate = Zurückholen
deed-delete = Löschen
roles-change = Rollen ändern
role-out-of-reach = Nur wer alle ihre Rechte hat, kann sie geben oder nehmen.
assign-heading = Rollen von { $name }
delete-heading = { $name } löschen?
delete-now = { $name } löschen
delete-out = Der Zugang endet sofort, ebenso alle Sitzungen hier. Es geht keine E-Mail hinaus.
delete-out-told = Der Zugang endet sofort, ebenso alle Sitzungen hier. Darüber geht eine E-Mail hinaus.
delete-invited = Die Einladung wird ungültig.
delete-window = { $days ->
    [one] Einen Tag lang können Sie alles so zurückholen, wie es war. Danach wird alles über diese Person gelöscht.
   *[other] { $days } Tage lang können Sie alles so zurückholen, wie es war. Danach wird alles über diese Person gelöscht.
}
delete-for-good = Alles über diese Person wird jetzt endgültig gelöscht.
delete-account-stays = Das eigene Konto und andere Instanzen bleiben unberührt.
member-erased-at = Lässt sich zurückholen. Alles über diese Person wird endgültig gelöscht am:
member-asked-deletion = Diese Person hat um Löschung gebeten. Löschen Sie sie, oder behalten Sie sie: dann kann sie wieder herein.
member-kept-by = Dieser Eintrag wird von { $by } geführt. Er kann hier weder geändert noch gelöscht werden.
keeper-title = Anderswo geführt
keeper-by = Wer diesen Eintrag führt
keeper-help = Zum Beispiel Lohnbüro. Von da an kann ihn hier niemand ändern oder löschen; Rollen lassen sich weiter ändern, und sperren lässt sich die Person auch.
keeper-name = Von jetzt an dort führen
keeper-release = Freigeben
keeper-wrong = Wer einen Eintrag führt, steht in einer Zeile mit 1 bis 80 Zeichen.
event-keeper-named = Wird seitdem anderswo geführt
event-released = Freigegeben: wird wieder hier geführt
done-keeper = Der Eintrag wird von jetzt an dort geführt.
done-released = Freigegeben. Der Eintrag wird wieder hier geführt.
event-suspended = Deaktiviert
event-resumed = Wieder aktiviert
event-deletion-asked = Hat um Löschung gebeten
event-kept = Doch behalten
event-deleted = Gelöscht
event-reactivated = Zurückgeholt
event-purged = Endgültig gelöscht
event-roles-changed = Rollen geändert
event-roles-given = { $n ->
    [one] Rolle { $roles } gegeben
   *[other] Rollen { $roles } gegeben
}
event-roles-taken = { $n ->
    [one] Rolle { $roles } genommen
   *[other] Rollen { $roles } genommen
}
event-roles-given-taken = Rollen geändert ({ $given } gegeben, { $taken } genommen)
done-suspended = Deaktiviert. Die Sitzungen hier sind beendet.
done-resumed = Wieder aktiviert. Der Zugang ist wieder offen.
done-deleted = Gelöscht. Die Sitzungen hier sind beendet.
done-reactivated = Zurückgeholt, so wie es war.
done-kept = Behalten. Eine E-Mail ist unterwegs, und der Zugang ist wieder offen.
done-roles = Die Rollen wurden geändert.
lifecycle-purged = Endgültig gelöscht
lifecycle-not_deleted = Nicht gelöscht

# Warum etwas nicht geschah
refusal-nothing_to_decide = Es gibt keine offene Anfrage mehr: jemand anderes hat entschieden, oder sie hat sich inzwischen geändert.
refusal-not_rejected = Die Anfrage wurde nicht abgelehnt.
refusal-not_yet = Dafür ist es zu früh.
refusal-already_so = Das ist schon so.
refusal-locked = Das Mitglied ist gesperrt. Entsperren Sie es zuerst.
refusal-suspended = Das Mitglied ist deaktiviert. Aktivieren Sie es zuerst wieder.
refusal-deleted = Das Mitglied ist gelöscht. Holen Sie es zuerst zurück.
refusal-too_late = Die Zeit zum Zurückholen ist vorbei.
refusal-purged = Alles über diese Person ist gelöscht.
refusal-asked_for_deletion = Diese Person hat um Löschung gebeten. Löschen oder behalten Sie sie.
refusal-not_asked = Diese Person hat nicht um Löschung gebeten.
refusal-not_here = Das gibt es in dieser Instanz nicht.
refusal-not_invited = Diese Person ist schon da; es gibt nichts, wozu man sie einladen könnte.
refusal-yourself = Das macht niemand bei sich selbst. Bitten Sie eine andere Administratorin oder einen anderen Administrator.
refusal-superior = Diese Person hat Rechte, die Ihnen fehlen.
refusal-out_of_reach = Eine dieser Rollen hat Rechte, die Ihnen fehlen, oder wird nur übergeben.
refusal-kept_elsewhere = Dieser Eintrag wird anderswo geführt.
refusal-last_administrator = Niemand bliebe übrig, der Mitglieder und Rollen verwalten darf.

# Auswahl
select-page = Alle auf dieser Seite auswählen
select-all = Alle, die passen, auf allen Seiten
select-all-number = Alle { $n }, die passen
selection = Ausgewählt

# Aufträge
jobs-empty = Noch nichts
jobs-empty-help = Wählen Sie in der Mitgliederliste Personen aus, und dann, was geschehen soll.
job-what = Was
job-when = Wann
job-by = Von
job-done-of = Erledigt
job-of = { $n } von { $all }
job-search = Alle, die passen
job-everybody = alle
job-invite = Einladen
job-approve = Anfragen annehmen
job-reject = Anfragen ablehnen
job-lock = Mitglieder sperren
job-unlock = Mitglieder entsperren
job-suspend = Mitglieder deaktivieren
job-resume = Mitglieder wieder aktivieren
job-delete = Mitglieder löschen
job-reactivate = Mitglieder zurückholen
job-keep = Mitglieder behalten
job-withdraw = Einladungen zurückziehen
job-roles = Rollen zuweisen
job-exchange = Rollen ändern
job-undo-of = Rückgängig: { $deed }
job-retry-of = Noch einmal: { $deed }
job-takes-back = Nimmt zurück
job-taken-back = Zurückgenommen durch
job-may-be-taken-back = Soll zurückgenommen werden durch
job-retries = Versucht noch einmal, was übrig blieb von
job-state-gathering = Sucht
job-state-ready = Wartet auf Sie
job-state-ready-other = Wartet auf { $name }
job-state-running = Läuft
job-state-done = Erledigt
job-state-cancelled = Angehalten
job-affects = Das betrifft { $n } von { $all }.
job-nothing-yet = Noch ist nichts geschehen. Was bei jemandem nicht geht, wird ausgelassen; unten steht, bei wem und warum.
job-gathering = Die Suche läuft noch; die Zahlen wachsen.
job-progress = { $n } von { $all } erledigt
job-result = Geändert: { $changed }. Schon so: { $unchanged }. Nicht geschehen: { $refused }.
job-left = Der Auftrag wurde angehalten, bevor er bei allen war. Nicht mehr erreicht: { $n }.
job-start = { $n ->
    [one] Für eine Person ausführen
   *[other] Für { $n } Personen ausführen
}
job-start-delete = { $n ->
    [one] Eine Person löschen
   *[other] { $n } Personen löschen
}
job-start-reject = { $n ->
    [one] Eine Person ablehnen
   *[other] { $n } Personen ablehnen
}
job-delete-window = { $days ->
    [one] Einen Tag lang lassen sie sich zurückholen, wie sie waren. Danach wird alles über sie endgültig gelöscht.
   *[other] { $days } Tage lang lassen sie sich zurückholen, wie sie waren. Danach wird alles über sie endgültig gelöscht.
}
job-delete-for-good = Alles über sie wird sofort und endgültig gelöscht. Niemand kann das rückgängig machen.
job-reject-final = Niemand kann das rückgängig machen: Alle lesen den Grund auf ihrer Seite und in einer E-Mail.
job-reject-again = { $days ->
    [one] Nach einem Tag können sie noch einmal anfragen.
   *[other] Nach { $days } Tagen können sie noch einmal anfragen.
}
job-reject-never = Sie können nicht noch einmal anfragen.
job-no-roles = Keine
job-choose-roles = Wählen Sie mindestens eine Rolle.
job-roles-none = Keine Rolle ist gewählt: Jede Person verliert alle Rollen, die von Hand gegeben wurden.
job-mails = Wer hereingekommen ist oder darum gebeten hat, bekommt eine E-Mail.
job-mails-invitation = Jede Person bekommt eine Einladung per E-Mail.
job-mails-nobody = Niemand bekommt eine E-Mail.
job-compromised = Die jetzigen Nachweise
job-compromised-yes = Kompromittiert: Sie beweisen nichts mehr
job-compromised-no = Nicht kompromittiert
job-change = Was sich ändert
job-gets = Erhält: { $roles }
job-loses = Verliert: { $roles }
job-moves = { $from } → { $to }
job-cancel = Anhalten
job-undo = Rückgängig machen
job-retry = Den Rest noch einmal versuchen
only-unread = „{ $value }“ ist nichts, was aus einer Zeile wird. Wählen Sie eine der Zahlen auf der Seite.
only-all = Alle zeigen
job-report = Bericht herunterladen
job-look = Erst ansehen
job-look-help = Die nächste Seite zeigt, wen es betrifft und wie. Vorher geschieht nichts.
job-outcomes = Ergebnisse
job-outcome = Ergebnis
job-people = Personen
job-nobody-there = Niemand mit dieser Kennung ist hier
job-nobody = Wählen Sie zuerst jemanden aus.
job-too-many = Mehr als 1.000 Personen wurden einzeln genannt. Nehmen Sie stattdessen „Alle, die passen“.
job-too-many-open = Zwanzig Aufträge warten schon oder laufen. Starten oder beenden Sie zuerst einige davon.
job-nothing-left = Es gibt nichts zurückzunehmen oder noch einmal zu versuchen.
job-moved-on = Dieser Auftrag ist weiter, als er beim Öffnen der Seite war.
roles-how = Wie
roles-how-add = Hinzufügen
roles-how-add-help = Die Rollen kommen zu den vorhandenen dazu.
roles-how-remove = Entfernen
roles-how-remove-help = Die Rollen werden weggenommen, wo es sie gibt.
roles-how-set = Ersetzen
roles-how-set-help = Von da an genau diese Rollen und keine anderen.
outcome-fits = Vorgesehen
outcome-not_reached = Nicht mehr erreicht
outcome-changed = Erledigt
outcome-unchanged = Schon so
outcome-gone = Nicht hier
outcome-not_allowed = Nicht mehr erlaubt
outcome-changed_since = Seither geändert oder beansprucht
outcome-nothing_to_decide = Keine offene Anfrage
outcome-not_rejected = Nicht abgelehnt
outcome-not_yet = Zu früh
outcome-already_so = Schon so
outcome-locked = Gesperrt
outcome-suspended = Deaktiviert
outcome-deleted = Gelöscht
outcome-too_late = Zu spät
outcome-purged = Endgültig gelöscht
outcome-asked_for_deletion = Hat um Löschung gebeten
outcome-not_asked = Hat nicht gefragt
outcome-not_here = Gibt es hier nicht
outcome-not_invited = Ist schon da
outcome-yourself = Das sind Sie
outcome-superior = Hat Rechte, die Ihnen fehlen
outcome-out_of_reach = Rolle außer Reichweite
outcome-kept_elsewhere = Anderswo geführt
outcome-last_administrator = Letzte Administration
members-export = Herunterladen
