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
recovery-subject = Wählen Sie ein neues Passwort
recovery-what = Jemand, vermutlich Sie selbst, hat auf dem Weg zu { $door } das Passwort zu dieser Adresse vergessen. Folgen Sie dem Link, um ein neues zu wählen. Er gilt 15 Minuten, einmal, auf jedem Gerät, und beendet alle Sitzungen Ihres Kontos.
recovery-else = Wenn Sie das nicht waren, tun Sie nichts. Ihr Passwort ist unverändert, und niemand außer Ihnen kann diesem Link folgen.
recovery-action = Neues Passwort wählen

recovery-unknown-subject = Kein Konto mit dieser Adresse
recovery-unknown-what = Jemand, vermutlich Sie selbst, wollte auf dem Weg zu { $door } ein neues Passwort für diese Adresse. Es gibt kein Konto mit ihr: Vielleicht hat Ihres eine andere Adresse, oder Sie haben noch keines.
recovery-unknown-else = Wenn Sie das nicht waren, tun Sie nichts. Es ist nichts geschehen.

password-changed-subject = Ihr Passwort wurde geändert
password-changed-what = Das Passwort Ihres { $product }-Kontos wurde soeben geändert, und jede Sitzung außer der, die es geändert hat, ist beendet.
password-changed-else = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie sofort ein neues Passwort: Das beendet wieder jede Sitzung.
password-changed-action = Das war ich nicht
greeting-name = Guten Tag { $name },

invitation-subject = { $by } lädt Sie zu { $door } ein
invitation-what = { $by } lädt Sie ein, { $door } beizutreten. Folgen Sie dem Link, um die Einladung anzunehmen. Er gilt sieben Tage, einmal, auf jedem Gerät. Wenn Sie ein { $product }-Konto haben, behalten Sie es mit seinem Passwort; wenn nicht, legen Sie dort eines an.
invitation-message = { $by } schreibt:
invitation-else = Wenn Sie nicht wissen, worum es geht, tun Sie nichts: Ohne den Link wird niemand Mitglied.
invitation-action = Einladung ansehen
