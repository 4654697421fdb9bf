# Mails einer Instanz: eine Gruppe je Mail. Betreffzeilen sind einzeilig; jeder Absatz ist eine eigene Nachricht.

mail-greeting = Hallo { $name },
mail-closing = Sie erhalten diese Mail, weil Sie Mitglied bei { $tenant } sind oder darum gebeten haben.
mail-closing-reviewer = Sie erhalten diese Mail, weil Sie bei { $tenant } über Anfragen entscheiden dürfen.

mail-requests-subject = { $n ->
    [one] { $first } möchte { $tenant } beitreten
   *[other] { $n } Personen möchten { $tenant } beitreten
}
mail-requests-text = { $n ->
    [one] Jemand möchte { $tenant } beitreten und wartet auf Ihre Antwort:
   *[other] { $n } Personen möchten { $tenant } beitreten und warten auf Ihre Antwort:
}
mail-requests-person = { $name } ({ $email })
mail-requests-more = { $n ->
    [one] … und eine weitere Person.
   *[other] … und { $n } weitere.
}
mail-requests-action = Anfragen öffnen

mail-approved-subject = Sie sind dabei: { $tenant }
mail-approved-text = Ihre Anfrage, { $tenant } beizutreten, wurde angenommen.
mail-approved-roles = Ihre Rolle dort: { $roles }.
mail-approved-action = { $tenant } öffnen

mail-rejected-subject = Ihre Anfrage bei { $tenant }
mail-rejected-text = Ihre Anfrage, { $tenant } beizutreten, wurde abgelehnt. Das ist die Begründung:
mail-rejected-again = Sie können später noch einmal anfragen. Melden Sie sich an, um zu sehen, ab wann.
mail-rejected-action = Stand der Anfrage ansehen

mail-locked-subject = Sie wurden bei { $tenant } gesperrt
mail-locked-text = Jemand aus der Administration von { $tenant } hat Sie dort gesperrt. Sie können { $tenant } nicht öffnen, bis die Sperre aufgehoben wird. Ihr Konto und Ihre anderen Instanzen sind nicht betroffen.

mail-unlocked-subject = Sie können { $tenant } wieder öffnen
mail-unlocked-text = Jemand aus der Administration von { $tenant } hat die Sperre aufgehoben.
mail-unlocked-action = { $tenant } öffnen

mail-deleted-subject = Sie gehören nicht mehr zu { $tenant }
mail-deleted-text = Sie wurden aus { $tenant } entfernt. Was Sie dort angelegt haben, bleibt bei { $tenant }. Ihr Konto und Ihre anderen Instanzen sind nicht betroffen.

mail-deletion-asked-subject = { $person } bittet um Löschung bei { $tenant }
mail-deletion-asked-text = { $person } ({ $email }) hat darum gebeten, bei { $tenant } gelöscht zu werden. Bis Sie entscheiden, bleibt der Zugang gesperrt.
mail-deletion-asked-next = Sie können löschen oder den Zugang wieder öffnen.
mail-deletion-asked-action = Entscheiden
mail-closing-manager = Sie erhalten diese E-Mail, weil Sie bei { $tenant } Mitglieder verwalten dürfen.
