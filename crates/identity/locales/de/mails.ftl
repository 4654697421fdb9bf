greeting = Guten Tag,
closing = { $product }

sign-up-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $door }
sign-up-what = Noch ein Schritt bis { $door }. Folgen Sie dem Link, um diese Adresse zu bestätigen und Namen und Passwort festzulegen. Er gilt 24 Stunden, einmal, auf jedem Gerät.
sign-up-else = Wenn Sie das nicht angefordert haben, tun Sie nichts: Ohne den Link bekommt niemand ein Konto mit Ihrer Adresse.
sign-up-action = E-Mail-Adresse bestätigen

account-exists-subject = Sie haben bereits ein Konto
account-exists-what = Jemand, vermutlich Sie selbst, wollte auf dem Weg zu { $door } ein neues Konto mit dieser Adresse anlegen. Es gibt schon eines: Melden Sie sich wie gewohnt damit an.
account-exists-else = Wenn Sie das nicht waren, tun Sie nichts. Ihr Konto ist unverändert.
account-exists-action = Anmelden

greeting-name = Guten Tag { $name },

invitation-subject = { $by } lädt Sie zu { $door } ein
invitation-what = { $by } lädt Sie ein, { $door } beizutreten. Folgen Sie dem Link, um die Einladung anzunehmen. Er gilt sieben Tage, einmal, auf jedem Gerät. Wenn Sie ein { $product }-Konto haben, behalten Sie es mit seinem Passwort; wenn nicht, legen Sie dort eines an.
invitation-message = { $by } schreibt:
invitation-else = Wenn Sie nicht wissen, worum es geht, tun Sie nichts: Ohne den Link wird niemand Mitglied.
invitation-action = Einladung ansehen
