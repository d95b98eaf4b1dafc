### What mails to buyers say.

mail-hello = Guten Tag { $name },
mail-hello-nobody = Guten Tag,
mail-look = Wie es steht und was als Nächstes geschieht, sehen Sie jederzeit hier:
mail-answer = Um zu antworten, antworten Sie auf diese E-Mail und lassen Sie [{ $number }] im Betreff stehen.
mail-answer-page = Bitte antworten Sie nicht auf diese E-Mail: Was dort ankommt, liest niemand. Schreiben Sie uns stattdessen auf der Seite.
mail-case = Fallnummer
mail-order = Bestellung
mail-unit = { $article }, Seriennummer { $serial }
mail-pieces = { $article }, { $pieces } Stück
mail-fact = { $name }: { $value }
mail-units = Worum es geht
mail-clauses = Worauf das beruht
mail-tracking = Sendungsnummer
mail-amount = Betrag
mail-attached = Anhang
mail-more = und { $count } weitere

## The code to sign in.

mail-code-subject = Ihr Code
mail-code-says = Geben Sie diesen Code dort ein, wo Sie ihn angefordert haben:
mail-code-until = Er gilt { $minutes } Minuten und nur einmal.
mail-code-unasked = Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun: Ohne den Code sieht niemand Ihre Bestellung.

## A case came in.

mail-received-subject = Ihr Rückgabewunsch ist bei uns
mail-received-says = Ihr Wunsch, das unten Genannte zurückzugeben, ist bei uns eingegangen. Bitte senden Sie noch nichts: Wir sagen Ihnen zuerst, ob und wohin.
mail-received-next = Als Nächstes sehen wir ihn uns an und schreiben Ihnen.

## Evidence is missing.

mail-evidence-subject = Für Ihre Rückgabe fehlt noch etwas
mail-evidence-says = Um über Ihre Rückgabe zu entscheiden, brauchen wir noch Folgendes:
mail-evidence-how = Fügen Sie es auf der Seite hinzu, oder senden Sie es als Anhang Ihrer Antwort.
mail-need-evidence = Ein Bild: { $name }
mail-need-platform = Die Anlage, in der Sie es verwenden
mail-need-other = { $name }

## The goods may come.

mail-authorised-subject = Ihre Rücksendung ist freigegeben: bitte bis { $day } absenden
mail-authorised-says = Sie können das unten Genannte zurücksenden. Es muss bis { $day } unterwegs sein.
mail-authorised-slip = Legen Sie den angehängten Rücksendeschein in das Paket, und packen Sie, wie die angehängte Anleitung sagt.
mail-authorised-number = Schreiben Sie die Fallnummer auf ein Blatt Papier, und legen Sie es in das Paket.
mail-authorised-send-by = Absenden bis
mail-authorised-address = Senden an
mail-authorised-freight = Wer die Fracht zahlt
mail-authorised-instructions = Von unseren Mitarbeitern:
mail-agreed-subject = Ihre Reklamation ist angenommen
mail-agreed-says = Wir erkennen Ihre Reklamation an. Sie müssen nichts zurücksenden.
mail-freight-merchant = Wir: zahlen Sie dem Paketdienst nichts
mail-freight-buyer = Sie zahlen den Weg zu uns
mail-freight-shared = Sie zahlen den Weg zu uns, wir den Weg zu Ihnen
mail-refund-between = Ihre Erstattung geht zwischen { $from } und { $by } hinaus.

## A claim is declined.

mail-declined-subject = Wir können Ihre Rückgabe nicht annehmen
mail-declined-says = Wir haben Ihren Wunsch geprüft und können ihn für das unten Genannte nicht annehmen.
mail-declined-otherwise = Was es anders gemacht hätte
mail-declined-contest = Wenn Sie es anders sehen, sagen Sie uns, warum: Ein Mensch sieht es sich noch einmal an.

## The goods arrived.

mail-arrived-subject = Ihr Paket ist angekommen
mail-arrived-says = Das unten Genannte ist bei uns angekommen. Als Nächstes prüfen wir es.

## The inspection says something else.

mail-differs-subject = Was wir bei der Prüfung gefunden haben
mail-differs-found = Wir haben geprüft, was Sie gesandt haben, und gefunden: { $findings }.
mail-differs-no-fault = Wir haben geprüft, was Sie gesandt haben, und keinen Fehler gefunden.
mail-differs-other = Wir haben geprüft, was Sie gesandt haben, und es ist nicht so, wie es beschrieben war.
mail-differs-declined = Deshalb können wir die Rückgabe nicht annehmen.
mail-differs-cause = Wir behandeln es deshalb als „{ $cause }“.
mail-differs-review = Ein Mensch sieht es sich an und schreibt Ihnen.
mail-differs-contest = Wenn Sie es anders sehen, sagen Sie es uns: Ein Mensch sieht es sich noch einmal an.

## Money.

mail-refund-sent-subject = Ihre Erstattung ist unterwegs
mail-refund-sent-says = Wir haben Ihre Erstattung auf dem Weg zurückgesandt, auf dem Ihre Zahlung kam. Bis Sie sie sehen, kann es bei Ihrer Bank einige Tage dauern.
mail-refund-sent-bank = Wir haben Ihre Erstattung überwiesen. Bis Sie sie sehen, kann es bei Ihrer Bank einige Tage dauern.
mail-refund-settled-subject = Ihre Erstattung ist erledigt
mail-refund-settled-says = Ihre Erstattung wurde bezahlt. Je nach Bank kann es einige Tage dauern, bis Sie sie sehen.
mail-deduction-subject = Was wir von Ihrer Erstattung abziehen würden
mail-deduction-says = Von Ihrer Erstattung würden wir höchstens den Betrag unten abziehen.

## Goods to the buyer.

mail-replacement-subject = Ihr Ersatz ist unterwegs
mail-replacement-says = Wir haben den Ersatz für Ihre Rücksendung abgeschickt.
mail-replacement-units = Was unterwegs ist
mail-sent-back-subject = Ihre Ware ist auf dem Weg zurück zu Ihnen
mail-sent-back-says = Wir haben Ihnen das unten Genannte zurückgesandt.

## Words of the desk.

mail-message-subject = Eine Nachricht zu Ihrer Rückgabe
mail-message-says = Unsere Mitarbeiter schreiben:
mail-contest-subject = Unsere Antwort auf Ihren Einwand
mail-contest-upheld = Wir haben es uns noch einmal angesehen: Sie haben recht, und der Befund zählt nicht mehr.
mail-contest-stays = Wir haben es uns noch einmal angesehen und bleiben bei unserem Befund.

## The end.

mail-cancelled-subject = Ihre Rückgabe ist storniert
mail-cancelled-says = Die Rückgabe des unten Genannten wurde storniert. Bitte senden Sie es nicht.
mail-expired-subject = Ihre Rückgabe ist abgelaufen
mail-expired-says = Von dem unten Genannten ist nichts rechtzeitig angekommen; die Rückgabe ist damit beendet. Wenn Sie noch einen Grund zur Rückgabe haben, fragen Sie neu an.
mail-withdrawal-subject = Bestätigung Ihres Widerrufs
mail-withdrawal-says = Ihre Erklärung, dass Sie den Vertrag widerrufen, ist bei uns eingegangen. Die Bestätigung ist angehängt; bitte heben Sie sie auf.
mail-withdrawal-received = Eingegangen
mail-withdrawal-whole = Die ganze Bestellung
