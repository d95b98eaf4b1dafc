### Die Seiten des Käufers.

portal-policy = Rückgaberegeln
portal-signed-in = Bestellung { $order }
start-title = Etwas zurückgeben
start-text = Sie brauchen die Nummer Ihrer Bestellung und die E-Mail-Adresse, die Sie dabei angegeben haben.
