### The field's words: one name for each, everywhere.

## Where a case stands.

state-awaiting-evidence = awaiting evidence
state-under-review = under review
state-requested = requested
state-authorised = authorised
state-in-transit = in transit
state-received = received
state-inspected = inspected
state-resolved = resolved
state-declined = declined
state-expired = expired
state-cancelled = cancelled
state-closed = closed
state-merged = merged

## Attention

attention-staff = representative
attention-finance = finance
attention-dock = dock
attention-buyer = buyer
attention-nobody = nobody

## NextStep

next-step-answer-contest = answer the objection
next-step-answer-message = answer the message
next-step-answer-question = answer the open question
next-step-authorise = authorise the return
next-step-give-credit = give the credit
next-step-allocate-replacement = set a replacement aside
next-step-approve-refund = approve the refund
next-step-resolve-refund = see the refund through
next-step-inspect-unit = inspect the goods
next-step-ship-replacement = send the replacement
next-step-repair-unit = repair the goods
next-step-send-back-unit = send the goods back
next-step-receive-parcel = receive the parcel
next-step-add-evidence = evidence from the buyer
next-step-send-goods = goods from the buyer
next-step-await-refund = the refund is on its way
next-step-await-replacement = the replacement is on its way
next-step-nothing = nothing to do

## Why a unit comes back.

cause-quality = faulty
cause-compatibility = not compatible
cause-damaged = arrived damaged
cause-mismatch = not what was ordered
cause-missing = never arrived
cause-own-reasons = own reasons

## What the buyer gets.

remedy-refund = refund
remedy-replacement = replacement
remedy-repair = repair
remedy-credit = credit

## How far a unit was used.

condition-unused = unused
condition-tried = tried once
condition-used = in use

## What a decision comes to.

verdict-accepted = accepted
verdict-declined = declined
verdict-needs = something is missing
verdict-review = a person looks at it

## Who pays.

payer-merchant = the merchant
payer-buyer = the buyer
payer-shared = each pays one way

## The proof of purchase.

voucher-on-file = the order on file
voucher-presented = presented by the buyer
voucher-absent = none
voucher-forged = forged or altered

## What an inspection found.

finding-unauthorised-repair = repaired without authorisation
finding-alteration = altered
finding-collision = hit or dropped
finding-misuse = used wrongly
finding-abuse = abused
finding-liquid = liquid got in
finding-improper-installation = installed wrongly
finding-instructions-not-followed = instructions not followed
finding-label-torn = label torn
finding-label-altered = label altered
finding-serial-altered = serial number altered
finding-serial-mismatch = another serial number than was shipped
finding-waterproof-mark = waterproof mark changed
finding-orientation-mark = orientation mark changed
finding-packaging-missing = original packaging missing
finding-accessory-missing = accessory missing
finding-gift-missing = gift missing
finding-manual-missing = manual missing
finding-appearance-damaged = appearance damaged by hand

## Where a unit is.

goods-with-buyer = with the buyer
goods-on-its-way = on its way
goods-received = received
goods-inspected = inspected
goods-restocked = back in stock
goods-scrapped = scrapped
goods-repaired = mended
goods-to-supplier = passed to the supplier
goods-sent-back = sent back to the buyer

## What is done with a unit.

disposal-restock = restock
disposal-scrap = scrap
disposal-repair = mend
disposal-supplier = pass to the supplier

## How far a replacement has come.

replacement-step-allocated = set aside
replacement-step-shipped = shipped
replacement-step-delivered = delivered
replacement-step-cancelled = cancelled

## Why an arrival is held.

held-reason-unknown-serial = the serial number is none of the order's
held-reason-already-returned = this unit was returned before
held-reason-not-authorised = no return was authorised for it
held-reason-over-delivery = more came than was announced
held-reason-unidentified = nobody could name it

## The way of money.

path-original = the way the payment came
path-bank = bank transfer

## A way of goods.

leg-return = the way back to the merchant
leg-replacement = the way of the replacement
leg-send-back = the way back to the buyer

## What happened.

happened-case-opened = case opened
happened-claim-decided = claim decided by the policy
happened-claim-narrowed = claim narrowed to components
happened-evidence-added = evidence came in
happened-evidence-waived = evidence waived
happened-decision-overruled = a person decided otherwise
happened-claim-declined = claim declined
happened-claim-authorised = return authorised
happened-deduction-told = buyer told of a deduction
happened-claim-cancelled = claim taken back
happened-claim-expired = authorisation expired
happened-case-closed = case closed
happened-claim-reopened = claim taken up again
happened-message-written = message written
happened-case-assigned = case assigned
happened-finding-contested = finding contested
happened-contest-answered = objection answered
happened-cases-merged = cases merged
happened-case-split = case split
happened-parcel-announced = parcel announced
happened-parcel-received = parcel received
happened-unit-received = unit received
happened-arrival-held = arrival held
happened-arrival-matched = held arrival matched
happened-arrival-sent-back = held arrival sent back
happened-unit-inspected = unit inspected
happened-unit-disposed = disposition of a unit
happened-unit-sent-back = unit sent back to the buyer
happened-replacement-allocated = replacement set aside
happened-replacement-shipped = replacement shipped
happened-replacement-delivered = replacement delivered
happened-replacement-cancelled = replacement cancelled
happened-refund-proposed = refund proposed
happened-refund-approved = refund approved
happened-refund-cancelled = refund cancelled
happened-refund-reissued = refund issued again
happened-rest-written-off = rest of a refund written off
happened-instruction-submitted = refund sent to the provider
happened-instruction-resent = refund sent to the provider again
happened-instruction-settled = refund arrived
happened-instruction-failed = refund failed
happened-instruction-unclear = outcome of a refund unclear
happened-instruction-manual = a person must find out about a refund
happened-instruction-contradicted = the provider contradicts itself about a refund
happened-chargeback-opened = chargeback opened
happened-chargeback-closed = chargeback closed
happened-freight-recorded = freight recorded
happened-freight-settled = freight settled
