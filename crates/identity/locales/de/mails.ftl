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

replayed-subject = Wir haben den Zugang von { $door } zu Ihrem Konto beendet
replayed-what = { $door } hat uns einen Schlüssel zu Ihrem Konto gezeigt, der schon gegen einen neuen getauscht war. Das geschieht, wenn jemand den Schlüssel kopiert hat. Wir haben ihn deshalb gesperrt, für die Anwendung und für alle, die ihn sonst haben könnten. Ihr Passwort ist nicht betroffen.
replayed-else = Melden Sie sich bei { $door } wieder an, wenn Sie es brauchen. Kommt diese Mail öfter, sagen Sie es denen, die { $door } betreiben: Eine Kopie der Schlüssel könnte in anderen Händen sein.
replayed-action = Mein Konto ansehen
