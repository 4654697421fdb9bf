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

recovery-asked-subject = Wählen Sie ein neues Passwort
recovery-asked-what = Die Administration von { $door } bittet Sie, ein neues Passwort für Ihr { $product }-Konto zu wählen. Bis dahin öffnet Ihr Passwort { $door } nicht mehr; alles andere öffnet es wie bisher. Folgen Sie dem Link, um ein neues zu wählen. Er gilt 15 Minuten, einmal, auf jedem Gerät, und beendet alle Sitzungen Ihres Kontos.
recovery-asked-else = Ist der Link zu alt, melden Sie sich bei { $door } an: Dort bekommen Sie einen neuen.
recovery-asked-action = Neues Passwort wählen

recovery-unknown-subject = Kein Konto mit dieser Adresse
recovery-unknown-what = Jemand, vermutlich Sie selbst, wollte auf dem Weg zu { $door } ein neues Passwort für diese Adresse. Es gibt kein Konto mit ihr: Vielleicht hat Ihres eine andere Adresse, oder Sie haben noch keines.
recovery-unknown-else = Wenn Sie das nicht waren, tun Sie nichts. Es ist nichts geschehen.

recovery-by-provider-subject = { $provider } öffnet Ihr Konto
recovery-by-provider-what = Jemand, vermutlich Sie selbst, wollte auf dem Weg zu { $door } ein neues Passwort für diese Adresse. Ihr Konto hat zurzeit keines: Die Administration von { $product } hat entschieden, dass allein { $provider } es öffnet. Wählen Sie auf der Anmeldeseite „Weiter mit { $provider }“. Lässt { $provider } Sie nicht ein, fragen Sie dort.
recovery-by-provider-else = Wenn Sie das nicht waren, tun Sie nichts. Es ist nichts geschehen, und diese Mail öffnet nichts.
recovery-by-provider-action = Anmelden

password-changed-subject = Ihr Passwort wurde geändert
password-changed-what = Das Passwort Ihres { $product }-Kontos wurde soeben geändert, und jede Sitzung außer der, die es geändert hat, ist beendet.
password-changed-else = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie sofort ein neues Passwort: Das beendet wieder jede Sitzung.
password-changed-action = Das war ich nicht
greeting-name = Guten Tag { $name },

invitation-subject = { $door } lädt Sie ein
invitation-what = { $door } lädt Sie ein beizutreten. Folgen Sie dem Link, um die Einladung anzunehmen. Er gilt sieben Tage, einmal, auf jedem Gerät. Wenn Sie ein { $product }-Konto haben, behalten Sie es mit seinem Passwort; wenn nicht, legen Sie dort eines an.
invitation-by-provider = { $door } lädt Sie ein beizutreten. Sie melden sich dort über { $provider } an, als { $email }; ein Passwort müssen Sie hier nicht setzen. Folgen Sie dem Link, um die Einladung anzunehmen. Er gilt sieben Tage, einmal, auf jedem Gerät.
invitation-by = Nach Angabe von { $door } kommt die Einladung von { $by }.
invitation-message = { $door } gibt diese Worte weiter:
invitation-else = Wenn Sie nicht wissen, worum es geht, tun Sie nichts: Ohne den Link wird niemand Mitglied.
invitation-action = Einladung ansehen

administrator-added-subject = { $name } betreibt jetzt { $product } mit
administrator-added-what = { $name } ({ $email }) gehört jetzt zur Administration der Plattform und kann alle Mandanten, alle Anwendungen und die Administration selbst verwalten.
administrator-added-else = Wenn Sie davon wissen, ist nichts zu tun. Wenn nicht, entziehen Sie das Recht auf dieser Seite und fragen Sie, wer es gegeben hat.
administrator-added-action = Administration ansehen

administrator-you-added-subject = Sie können jetzt { $product } betreiben
administrator-you-added-what = Sie gehören jetzt zur Administration der Plattform und können ihre Mandanten, ihre Anwendungen und die Administration verwalten.
administrator-you-added-else = Wenn Sie das nicht erwartet haben, fragen Sie in der Administration, worum es geht.
administrator-you-added-action = Administration ansehen

administrator-removed-subject = { $name } betreibt { $product } nicht mehr
administrator-removed-what = { $name } ({ $email }) gehört nicht mehr zur Administration der Plattform. Das Konto bleibt, wie es ist.
administrator-removed-else = Wenn Sie davon wissen, ist nichts zu tun. Wenn nicht, sehen Sie nach, wer geblieben ist, und fragen Sie, wer das Recht entzogen hat.
administrator-removed-action = Administration ansehen

administrator-you-removed-subject = Sie betreiben { $product } nicht mehr
administrator-you-removed-what = Sie gehören nicht mehr zur Administration der Plattform. Ihr Konto bleibt, wie es ist.
administrator-you-removed-else = Wenn Sie das nicht erwartet haben, fragen Sie in der Administration, worum es geht.

# Where nothing of a name can stand in a mail
provider-nameless = Anbieter ohne Namen

way-in-added-subject = { $provider } öffnet jetzt Ihr { $product }-Konto
way-in-added-what = Ihre Anmeldung bei { $provider } wurde soeben mit Ihrem { $product }-Konto verknüpft: Ab jetzt öffnet sie Ihr Konto.
way-in-added-else = Waren Sie es, so ist nichts zu tun. Waren Sie es nicht, so lösen Sie die Verknüpfung sofort auf dieser Seite und ändern Sie Ihr Passwort.
way-in-added-action = Ansehen, wie Sie sich anmelden

way-in-removed-subject = { $provider } öffnet Ihr { $product }-Konto nicht mehr
way-in-removed-what = Ihre Anmeldung bei { $provider } wurde soeben von Ihrem { $product }-Konto gelöst, und jede Sitzung, die sie geöffnet hatte, ist beendet.
way-in-removed-else = Waren Sie es, so ist nichts zu tun. Waren Sie es nicht, so sehen Sie nach, was Ihr Konto jetzt öffnet, und ändern Sie Ihr Passwort.
way-in-removed-action = Ansehen, wie Sie sich anmelden

way-in-here-added-subject = { $provider } öffnet Ihnen jetzt { $door }
way-in-here-added-what = Ihre Anmeldung bei { $provider } wurde soeben bei { $door } mit Ihnen verknüpft: Ab jetzt öffnet sie { $door } und sonst nichts von Ihrem { $product }-Konto.
way-in-here-added-else = Waren Sie es, so ist nichts zu tun. Waren Sie es nicht, so lösen Sie die Verknüpfung sofort auf dieser Seite und ändern Sie Ihr Passwort.
way-in-here-added-action = Ansehen, wie Sie sich anmelden

way-in-here-removed-subject = { $provider } öffnet Ihnen { $door } nicht mehr
way-in-here-removed-what = Ihre Anmeldung bei { $provider } wurde soeben bei { $door } von Ihnen gelöst, und jede Sitzung, die sie dort geöffnet hatte, ist beendet.
way-in-here-removed-else = Waren Sie es, so ist nichts zu tun. Waren Sie es nicht, so sehen Sie nach, was Ihr Konto jetzt öffnet, und ändern Sie Ihr Passwort.
way-in-here-removed-action = Ansehen, wie Sie sich anmelden

account-made-subject = { $provider } öffnet Ihr neues { $product }-Konto
account-made-what = Sie haben eine Einladung angenommen, und für diese Adresse wurde ein { $product }-Konto angelegt. Ihre Anmeldung bei { $provider }, als { $who }, öffnet es, und sonst nichts.
account-made-else = Sind das dort nicht Sie, so setzen Sie sofort ein Passwort („Passwort vergessen?“) und lösen Sie diese Anmeldung auf der Seite Ihres Kontos.
account-made-action = Ansehen, wie Sie sich anmelden

prove-address-subject = Bestätigen Sie Ihre Adresse für { $product }
prove-address-what = Sie kommen von { $provider }. Folgen Sie dem Link im selben Browser, um zu bestätigen, dass diese Adresse Ihre ist, und um fortzufahren. Er gilt eine Stunde lang, einmal.
prove-address-of-tenant = Sie kommen von der Anmeldung von { $tenant }, die dort „{ $provider }“ heißt. Folgen Sie dem Link im selben Browser, um zu bestätigen, dass diese Adresse Ihre ist, und um fortzufahren. Er gilt eine Stunde lang, einmal.
prove-address-else = Waren Sie es nicht, so tun Sie nichts: Ohne den Link kommt niemand mit Ihrer Adresse weiter.
prove-address-action = Bestätigen und fortfahren

switched-subject = { $provider } öffnet jetzt Ihr { $product }-Konto
switched-what = Die Administration von { $product } hat entschieden, dass von nun an { $provider } Ihr Konto öffnet, und nur das. Ihr Passwort gilt nicht mehr, und jede Sitzung ist beendet. Bei der ersten Anmeldung müssen Sie einmal beweisen, dass Sie es sind.
switched-else = Haben Sie damit nicht gerechnet, so fragen Sie, wer { $product } betreibt.
switched-action = Anmelden

switched-back-subject = Ihr { $product }-Konto wird wieder mit Ihrem Passwort geöffnet
switched-back-what = Die Administration von { $product } hat entschieden, dass kein Anbieter mehr allein Ihr Konto öffnet. Ihr Passwort gilt wieder, ebenso was damit verknüpft ist; jede Sitzung ist beendet.
switched-back-else = Haben Sie kein Passwort, so wählen Sie eines per Mail auf der Anmeldeseite.
switched-back-action = Anmelden

how-subject = So melden Sie sich bei { $door } an
how-what = Jemand, vermutlich Sie, hat gefragt, wie man sich mit dieser Adresse bei { $door } anmeldet. Hier ist die Antwort:
how-nobody = Zu dieser Adresse gibt es kein Konto. Vielleicht hat Ihres eine andere Adresse; wenn Sie noch keines haben, legen Sie auf der Anmeldeseite eines an.
how-domain = Oder fahren Sie mit { $provider } fort: Wer eine Adresse dieser Domain hat, meldet sich dort an.
how-alone = Mit { $provider }, und nur damit: Wählen Sie auf der Anmeldeseite „Weiter mit { $provider }“.
how-offered = Mit { $provider }: Auf dem Weg zu { $door } bietet die Anmeldeseite nichts anderes an. Wählen Sie dort „Weiter mit { $provider }“.
how-differ = Die Administration von { $door } verlangt { $provider }, und Ihr Konto wird allein durch { $other } geöffnet. Beides gilt, sodass keines genügt: Fragen Sie die Administration von { $door }.
how-password = Mit dieser Adresse und Ihrem Passwort. Wenn Sie es nicht mehr wissen, wählen Sie auf der Anmeldeseite „Passwort vergessen?“.
how-providers = Mit dem, was mit Ihrem Konto verknüpft ist: { $provider }.
how-no-password = Ihr Konto hat kein Passwort. Über „Passwort vergessen?“ auf der Anmeldeseite bekommt es eines.
how-no-way = Ihr Konto hat kein Passwort, und nichts ist mit ihm verknüpft. Über „Passwort vergessen?“ auf der Anmeldeseite bekommt es eines.
how-else = Wenn Sie es nicht waren, müssen Sie nichts tun. Nichts ist geschehen, und diese Mail öffnet nichts.
how-action = { $door } öffnen
own-account-subject = Bestätigen Sie Ihre Adresse
own-account-what = Jemand, der sich bei { $door } anmeldet, möchte mit dieser Adresse ein eigenes Konto haben. Sind Sie das, so folgen Sie dem Link innerhalb einer Stunde in dem Browser, in dem Sie begonnen haben. In jedem anderen bewirkt er nichts.
own-account-else = Waren Sie das nicht, tun Sie nichts: Dann geschieht auch nichts.
own-account-action = Adresse bestätigen
own-account-made-subject = { $door } gehört jetzt zu Ihrem Konto
own-account-made-what = Die Anmeldung bei { $provider }, die { $door } öffnet, gehört jetzt zu Ihrem { $product }-Konto. Sie öffnet { $door } wie bisher, und sonst nichts.
own-account-made-else = Waren Sie das nicht, so ersetzen Sie Ihr Passwort und sagen Sie es der Administration von { $door }.
own-account-made-action = Ihre Instanzen
