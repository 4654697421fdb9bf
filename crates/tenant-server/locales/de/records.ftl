# Was getan wurde, und andere Systeme

nav-audit = Protokoll
audit-lead = Wer was wann getan hat. Die Einträge sind verkettet und signiert: Niemand kann einen unbemerkt ändern oder entfernen.
audit-what = Was getan wurde
audit-everything = Alles
audit-until = Bis
audit-none = Nichts dergleichen
audit-none-help = Kein Eintrag passt. Nehmen Sie einen Filter weg, oder wählen Sie einen späteren Tag.
audit-older = Ältere Einträge
audit-by = Von { $name }
audit-to = Über { $name }
audit-of-member = Alles davon im Protokoll
event-members-exported = Nahm die Liste der Mitglieder mit
event-audit-exported = Nahm das Protokoll mit
event-service-account = Ließ ein Dienstkonto ein
event-session-refused = Wurde an der Tür abgewiesen
event-batch-started = Startete einen Auftrag
event-batch-cancelled = Brach einen Auftrag ab
event-batch-done = Beendete einen Auftrag

nav-service-accounts = Dienstkonten
service-lead = Andere Systeme, die an der Schnittstelle für sich handeln. Sie haben Rollen wie Menschen, und nie ein Passwort.
service-none = Keine Dienstkonten
service-none-help = Soll ein anderes System Mitglieder selbst lesen oder ändern, lassen Sie seinen Client unten ein.
service-client = Client-ID
service-since = Seit
service-new = Ein System einlassen
service-how = Registrieren Sie seinen Client zuerst am Identitätsserver:
service-audience = Tokens verlangt es für diese Schnittstelle:
service-name-help = Wie man das System nennt.
service-create = Einlassen
service-name-wrong = Ein Name von höchstens 80 Zeichen, in einer Zeile.
service-client-wrong = Die Client-ID, wie der Identitätsserver sie vergab.
service-client-here = Dieser Client hat hier schon ein Dienstkonto.
done-service = Das Dienstkonto ist eingelassen.
