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
mail-requests-person-stated = { $name } ({ $email }), laut { $provider }: Dass die Adresse dieser Person gehört, ist nicht bestätigt
mail-address-stated = { $email }, nach Angabe von { $provider }: Niemand hat bewiesen, dass sie ihnen gehört
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

mail-switched-subject = Ihre Anmeldung bei { $tenant } hat sich geändert
mail-switched-text = Sie melden sich bei { $tenant } jetzt über { $provider } an. Das hat jemand aus der Administration von { $tenant } umgestellt.
mail-switched-back = Sie melden sich bei { $tenant } wieder mit Ihrem eigenen Konto an. Das hat jemand aus der Administration von { $tenant } umgestellt.
mail-switched-next = Ihre Sitzungen dort sind beendet. Ihr Konto und Ihre anderen Instanzen sind nicht betroffen.
mail-switched-action = Bei { $tenant } anmelden

mail-glass-set-subject = { $person } kommt zu { $tenant } auch, wenn Anbieter ausfallen
mail-glass-set-text = { $person } ({ $email }) ist jetzt Notfallmitglied von { $tenant }: Notfallmitglieder werden nie auf einen Anbieter umgestellt, damit jemand hineinkommt, wenn einer ausfällt.
mail-glass-unset-subject = { $person } ist kein Notfallmitglied von { $tenant } mehr
mail-glass-unset-text = { $person } ({ $email }) ist kein Notfallmitglied von { $tenant } mehr.
mail-glass-used-subject = { $person } hat sich bei { $tenant } als Notfallmitglied angemeldet
mail-glass-used-text = { $person } ({ $email }) ist Notfallmitglied von { $tenant } und hat sich gerade angemeldet.
mail-glass-next = Wenn Sie keinen Grund dafür kennen, gehen Sie dem jetzt nach.
mail-glass-action = { $person } ansehen
mail-closing-administrator = Sie erhalten diese E-Mail, weil Sie { $tenant } verwalten.
