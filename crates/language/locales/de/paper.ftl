### What is printed: return slips, packing instructions, receipts.

paper-page = Seite { $page } von { $pages }
paper-case = Fallnummer
paper-order = Bestellung
paper-send-by = Absenden bis
paper-send-to = Senden an
paper-article = Artikel
paper-serial = Seriennummer
paper-pieces = Stück
paper-contents = Im Paket
paper-contents-unit = das Gerät
paper-code = Scannen: Stand der Dinge
paper-barcode-shows = Strichcode der Fallnummer { $case }
paper-qr-shows = QR-Code mit { $text }

## The return slip.

paper-slip-title = Rücksendeschein
paper-slip-about = Rücksendeschein { $case }
paper-slip-do = Drucken Sie diesen Schein aus und legen Sie ihn zur Ware in das Paket. Wenn Sie nicht drucken können, schreiben Sie die Fallnummer auf ein Blatt Papier und außen auf das Paket.
paper-slip-freight = Wer die Fracht zahlt
paper-slip-units = Was zurückkommt
paper-slip-clauses = Worauf diese Rücksendung beruht
paper-freight-merchant = Wir: zahlen Sie dem Paketdienst nichts
paper-freight-buyer = Sie zahlen den Weg zu uns
paper-freight-shared = Sie zahlen den Weg zu uns, wir den Weg zu Ihnen

## How to pack.

paper-pack-title = Packanleitung
paper-pack-about = Packanleitung { $case }
paper-pack-steps = Schritt für Schritt
paper-pack-step-clean = Nehmen Sie die Geräte bei abgeschaltetem Strom aus der Anlage, und schreiben Sie nichts darauf: Etiketten und Seriennummern müssen bleiben, wie sie sind.
paper-pack-step-optics = Verschließen Sie jeden optischen Anschluss und jedes Faserende mit seiner Staubkappe. Staub und Fingerabdrücke auf Optiken gelten als Schaden.
paper-pack-step-static = Legen Sie jedes Gerät in seinen antistatischen Beutel oder seine Schale. Wenn beides fehlt, wickeln Sie es in Papier; Kunststofffolie darf Kontakte nicht berühren.
paper-pack-step-cushion = Nehmen Sie die Originalverpackung, wenn Sie sie haben. Sonst lassen Sie auf jeder Seite 5 cm Polster, damit sich nichts bewegt, wenn Sie das Paket schütteln.
paper-pack-step-slip = Legen Sie den Rücksendeschein obenauf in das Paket.
paper-pack-step-outside = Entfernen oder überkleben Sie alte Etiketten, und schreiben Sie die Fallnummer { $case } außen auf das Paket.
paper-pack-step-proof = Heben Sie den Beleg des Paketdienstes auf, bis die Rücksendung erledigt ist, und nennen Sie uns die Sendungsnummer.
paper-pack-check = Nicht vergessen
paper-pack-check-slip = Der Rücksendeschein { $case }
paper-pack-check-unit = { $article }, Seriennummer { $serial }
paper-pack-check-pieces = { $article }, { $pieces } Stück
paper-pack-check-part = { $article }: { $part }

## The receipt of a withdrawal.

paper-withdrawal-title = Bestätigung Ihres Widerrufs
paper-withdrawal-about = Bestätigung des Widerrufs der Bestellung { $order }
paper-withdrawal-says = Sie haben uns erklärt, dass Sie den Vertrag unten widerrufen. Diese Erklärung ist bei uns eingegangen; bitte heben Sie diese Bestätigung auf.
paper-withdrawal-received = Eingegangen
paper-withdrawal-buyer = Erklärt von
paper-withdrawal-email = Bestätigung gesendet an
paper-withdrawal-units = Was Sie widerrufen
paper-withdrawal-whole = Die ganze Bestellung.
paper-withdrawal-words = Ihre Worte
paper-withdrawal-merchant = Erklärt gegenüber
