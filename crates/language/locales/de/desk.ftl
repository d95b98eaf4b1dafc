### Die Seiten der Sachbearbeitung.

cases-title = Fälle
cases-empty = Noch kein Fall
cases-empty-text = Fälle erscheinen hier, wenn Käufer eine Rücksendung beantragen oder Sie einen für sie eröffnen.
cases-case = Fall
cases-state = Stand
cases-opened = Eröffnet
cases-due = Fällig
