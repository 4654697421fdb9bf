# Sätze zu den Problemen der Schnittstelle (RFC 9457).

api-not-found = Unter dieser Adresse oder Kennung ist hier nichts.
api-method = Diese Adresse antwortet nicht auf diese Methode.
api-invalid_token = Das Access-Token fehlt, ist abgelaufen oder gilt nicht für diese Schnittstelle.
api-insufficient_scope = Das Access-Token gilt dafür nicht. Es braucht den Scope { $scope }.
api-not_admitted = Für wen dieses Token spricht, ist zurzeit nicht zugelassen.
api-break_glass_member = Wer durch dieses Token spricht, ist ein Notfallmitglied und handelt nur auf den Seiten.
api-terms_not_accepted = Wer durch dieses Token spricht, muss zuerst neue Bedingungen annehmen.
api-too_many_requests = Zu viele Anfragen. Warten Sie, wie lange Retry-After es sagt.
api-unavailable = Das lässt sich im Augenblick nicht beantworten. Versuchen Sie es in einigen Sekunden erneut.
api-internal = Bei uns ist etwas fehlgeschlagen. Im Protokoll steht es unter der Referenz.
api-unknown_parameter = Einen Parameter { $name } gibt es hier nicht.
api-invalid_parameter = Der Parameter { $name } hat einen Wert, den er nicht haben kann, oder kam doppelt.
api-invalid_cursor = Diesen Cursor hat diese Liste nicht ausgegeben.
api-invalid_body = Der Inhalt entspricht nicht der Beschreibung: { $why }
api-unsupported_media_type = Der Inhalt muss als { $kinds } bezeichnet sein.
api-too_long = Der Inhalt ist zu lang.
api-unknown_role = Eine solche Rolle gibt es hier nicht.
api-in_progress = Dieselbe Anfrage wird in diesem Augenblick ausgeführt.
api-idempotency_key_reused = Dieser Schlüssel wurde für eine andere Anfrage benutzt.
api-provider_wrong = { $field }: { $about }
api-provider_changed = Der Anbieter wurde seit dieser Version geändert. Lesen Sie ihn noch einmal.
api-provider_stranded = { $nowhere } Personen haben keinen anderen Weg hinein, und { $here } Mitglieder sind auf ihn umgestellt. Sagen Sie es mit confirm_stranded, wenn das gewollt ist.
api-terms_changed = Seit der Fassung, die Sie kennen, wurde eine andere veröffentlicht. Lesen Sie sie zuerst.
