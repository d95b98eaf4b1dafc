### Anmelden.

sign-in-title = Anmelden
sign-in-name = Name
sign-in-password = Passwort
sign-in-button = Anmelden
sign-in-wrong = Name und Passwort passen nicht zusammen.
sign-out = Abmelden
