### Die Wörter des Fachs: überall ein Name.

## CaseState

state-awaiting-evidence = wartet auf Nachweise
state-under-review = in Prüfung
state-requested = beantragt
state-authorised = freigegeben
state-in-transit = unterwegs
state-received = eingegangen
state-inspected = geprüft
state-resolved = erledigt
state-declined = abgelehnt
state-expired = verfallen
state-cancelled = zurückgezogen
state-closed = geschlossen
state-merged = zusammengeführt

## Attention

attention-staff = Sachbearbeitung
attention-finance = Buchhaltung
attention-dock = Wareneingang
attention-buyer = Käufer
attention-nobody = niemand

## NextStep

next-step-answer-contest = Einspruch beantworten
next-step-answer-message = Nachricht beantworten
next-step-answer-question = offene Frage beantworten
next-step-authorise = Rücksendung freigeben
next-step-give-credit = Gutschrift erteilen
next-step-allocate-replacement = Ersatz bereitstellen
next-step-approve-refund = Erstattung genehmigen
next-step-resolve-refund = Erstattung klären
next-step-inspect-unit = Ware prüfen
next-step-ship-replacement = Ersatz versenden
next-step-repair-unit = Ware reparieren
next-step-send-back-unit = Ware zurücksenden
next-step-receive-parcel = Paket annehmen
next-step-add-evidence = Nachweise vom Käufer
next-step-send-goods = Ware vom Käufer
next-step-await-refund = Erstattung unterwegs
next-step-await-replacement = Ersatz unterwegs
next-step-nothing = nichts zu tun

## Cause

cause-quality = defekt
cause-compatibility = nicht kompatibel
cause-damaged = beschädigt angekommen
cause-mismatch = nicht das Bestellte
cause-missing = nie angekommen
cause-own-reasons = eigene Gründe

## Remedy

remedy-refund = Erstattung
remedy-replacement = Ersatz
remedy-repair = Reparatur
remedy-credit = Gutschrift

## Condition

condition-unused = unbenutzt
condition-tried = einmal ausprobiert
condition-used = benutzt

## Verdict

verdict-accepted = angenommen
verdict-declined = abgelehnt
verdict-needs = es fehlt etwas
verdict-review = eine Person prüft

## Payer

payer-merchant = der Händler
payer-buyer = der Käufer
payer-shared = jeder zahlt einen Weg

## Voucher

voucher-on-file = die gespeicherte Bestellung
voucher-presented = vom Käufer vorgelegt
voucher-absent = keiner
voucher-forged = gefälscht oder verändert

## Finding

finding-unauthorised-repair = ohne Erlaubnis repariert
finding-alteration = verändert
finding-collision = gestoßen oder gefallen
finding-misuse = falsch benutzt
finding-abuse = mutwillig beschädigt
finding-liquid = Flüssigkeit eingedrungen
finding-improper-installation = falsch eingebaut
finding-instructions-not-followed = Anleitung nicht befolgt
finding-label-torn = Etikett zerrissen
finding-label-altered = Etikett verändert
finding-serial-altered = Seriennummer verändert
finding-serial-mismatch = andere Seriennummer als geliefert
finding-waterproof-mark = Feuchtigkeitsmarke verändert
finding-orientation-mark = Lagemarke verändert
finding-packaging-missing = Originalverpackung fehlt
finding-accessory-missing = Zubehör fehlt
finding-gift-missing = Zugabe fehlt
finding-manual-missing = Anleitung fehlt
finding-appearance-damaged = Äußeres beschädigt

## Goods

goods-with-buyer = beim Käufer
goods-on-its-way = unterwegs
goods-received = eingegangen
goods-inspected = geprüft
goods-restocked = wieder im Lager
goods-scrapped = verschrottet
goods-repaired = repariert
goods-to-supplier = an den Lieferanten
goods-sent-back = zurück an den Käufer

## Disposal

disposal-restock = einlagern
disposal-scrap = verschrotten
disposal-repair = reparieren
disposal-supplier = an den Lieferanten geben

## ReplacementStep

replacement-step-allocated = bereitgelegt
replacement-step-shipped = versandt
replacement-step-delivered = zugestellt
replacement-step-cancelled = abgesagt

## HeldReason

held-reason-unknown-serial = die Seriennummer gehört nicht zur Bestellung
held-reason-already-returned = dieses Stück kam schon zurück
held-reason-not-authorised = dafür wurde keine Rücksendung freigegeben
held-reason-over-delivery = es kam mehr als angekündigt
held-reason-unidentified = niemand konnte es benennen

## Path

path-original = der Weg der Zahlung
path-bank = Überweisung

## Leg

leg-return = der Weg zum Händler
leg-replacement = der Weg des Ersatzes
leg-send-back = der Weg zurück zum Käufer

## EventKind

happened-case-opened = Fall eröffnet
happened-claim-decided = Anspruch nach den Regeln entschieden
happened-claim-narrowed = Anspruch auf Teile eingeschränkt
happened-evidence-added = Nachweis eingegangen
happened-evidence-waived = auf Nachweis verzichtet
happened-decision-overruled = ein Mensch hat anders entschieden
happened-claim-declined = Anspruch abgelehnt
happened-claim-authorised = Rücksendung freigegeben
happened-deduction-told = Käufer über Abzug unterrichtet
happened-claim-cancelled = Anspruch zurückgenommen
happened-claim-expired = Freigabe verfallen
happened-case-closed = Fall geschlossen
happened-claim-reopened = Anspruch wieder aufgenommen
happened-message-written = Nachricht geschrieben
happened-case-assigned = Fall zugeteilt
happened-finding-contested = Befund bestritten
happened-contest-answered = Einspruch beantwortet
happened-cases-merged = Fälle zusammengeführt
happened-case-split = Fall geteilt
happened-parcel-announced = Paket angekündigt
happened-parcel-received = Paket angenommen
happened-unit-received = Stück eingegangen
happened-arrival-held = Eingang zurückgehalten
happened-arrival-matched = Eingang zugeordnet
happened-arrival-sent-back = Eingang zurückgesandt
happened-unit-inspected = Stück geprüft
happened-unit-disposed = über Stück verfügt
happened-unit-sent-back = Stück an Käufer zurückgesandt
happened-replacement-allocated = Ersatz bereitgestellt
happened-replacement-shipped = Ersatz versandt
happened-replacement-delivered = Ersatz zugestellt
happened-replacement-cancelled = Ersatz storniert
happened-refund-proposed = Erstattung vorgeschlagen
happened-refund-approved = Erstattung genehmigt
happened-refund-cancelled = Erstattung storniert
happened-refund-reissued = Erstattung neu ausgestellt
happened-rest-written-off = Rest einer Erstattung abgeschrieben
happened-instruction-submitted = Erstattung an den Anbieter gesandt
happened-instruction-resent = Erstattung erneut an den Anbieter gesandt
happened-instruction-settled = Erstattung angekommen
happened-instruction-failed = Erstattung fehlgeschlagen
happened-instruction-unclear = Ausgang einer Erstattung unklar
happened-instruction-manual = ein Mensch muss eine Erstattung klären
happened-instruction-contradicted = der Anbieter widerspricht sich zu einer Erstattung
happened-chargeback-opened = Rückbuchung eröffnet
happened-chargeback-closed = Rückbuchung abgeschlossen
happened-freight-recorded = Fracht verzeichnet
happened-freight-settled = Fracht beglichen
