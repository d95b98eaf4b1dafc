### What mails to buyers say.

mail-hello = Hello { $name },
mail-hello-nobody = Hello,
mail-look = See at any time where it stands, and what happens next:
mail-answer = To answer, reply to this mail and leave [{ $number }] in the subject.
mail-answer-page = Please do not reply to this mail: nobody reads what arrives there. Write to us on the page instead.
mail-case = Case number
mail-order = Order
mail-unit = { $article }, serial number { $serial }
mail-pieces = { $article }, { $pieces ->
    [one] { $pieces } piece
   *[other] { $pieces } pieces
}
mail-fact = { $name }: { $value }
mail-units = What it is about
mail-clauses = What this rests on
mail-tracking = Tracking number
mail-amount = Amount
mail-attached = Attached
mail-more = and { $count } more

## The code to sign in.

mail-code-subject = Your code
mail-code-says = Type this code where you asked for it:
mail-code-until = It is good for { $minutes } minutes, and once.
mail-code-unasked = If you did not ask for it, you need do nothing: without the code nobody sees your order.

## A case came in.

mail-received-subject = We have your return request
mail-received-says = We have your request to return what is listed below. Please send nothing yet: we first tell you whether and where to.
mail-received-next = Next, we look at it and write to you.

## Evidence is missing.

mail-evidence-subject = Something is missing for your return
mail-evidence-says = To decide on your return we still need the following:
mail-evidence-how = Add it on the page, or send it as an attachment to your answer.
mail-need-evidence = A picture: { $name }
mail-need-platform = The equipment in which you use it
mail-need-other = { $name }

## The goods may come.

mail-authorised-subject = Your return is authorised: send it by { $day }
mail-authorised-says = You may send back what is listed below. It must be on its way by { $day }.
mail-authorised-slip = Put the attached return slip into the box, and pack as the attached instructions say.
mail-authorised-number = Write the case number on a sheet of paper and put it into the box.
mail-authorised-send-by = Send by
mail-authorised-address = Send to
mail-authorised-freight = Who pays the freight
mail-authorised-instructions = From our staff:
mail-agreed-subject = Your return is accepted
mail-agreed-says = We accept your claim. Nothing has to come back to us.
mail-freight-merchant = We do: do not pay the carrier
mail-freight-buyer = You pay the way to us
mail-freight-shared = You pay the way to us, we pay the way to you
mail-refund-between = Your refund leaves between { $from } and { $by }.

## A claim is declined.

mail-declined-subject = We cannot accept your return
mail-declined-says = We have looked at your request, and cannot accept it for what is listed below.
mail-declined-otherwise = What would have made it different
mail-declined-contest = If you see it differently, tell us why: a person looks at it again.

## The goods arrived.

mail-arrived-subject = Your parcel has arrived
mail-arrived-says = What is listed below has arrived at our dock. Next, we inspect it.

## The inspection says something else.

mail-differs-subject = What we found on inspection
mail-differs-found = We inspected what you sent, and found: { $findings }.
mail-differs-no-fault = We inspected what you sent, and found no fault.
mail-differs-other = We inspected what you sent, and it is not as it was described.
mail-differs-declined = For that reason we cannot accept the return.
mail-differs-cause = We therefore handle it as “{ $cause }”.
mail-differs-review = A person looks at it and writes to you.
mail-differs-contest = If you see it differently, tell us: a person looks at it again.

## Money.

mail-refund-sent-subject = Your refund is on its way
mail-refund-sent-says = We have sent your refund back the way your payment came. Until you see it may take your bank some days.
mail-refund-sent-bank = We have sent your refund by bank transfer. Until you see it may take your bank some days.
mail-refund-settled-subject = Your refund is done
mail-refund-settled-says = Your refund was paid. Depending on your bank, it may take some days until you see it.
mail-deduction-subject = What we would deduct from your refund
mail-deduction-says = From your refund we would deduct at most the amount below.

## Goods to the buyer.

mail-replacement-subject = Your replacement is on its way
mail-replacement-says = We have shipped the replacement for what you returned.
mail-replacement-units = What is on its way
mail-sent-back-subject = Your goods are on their way back to you
mail-sent-back-says = We have sent back to you what is listed below.

## Words of the desk.

mail-message-subject = A message about your return
mail-message-says = Our staff writes:
mail-contest-subject = Our answer to your objection
mail-contest-upheld = We have looked at it again: you are right, and what was found no longer counts.
mail-contest-stays = We have looked at it again, and stay with what we found.

## The end.

mail-cancelled-subject = Your return is cancelled
mail-cancelled-says = The return of what is listed below was cancelled. Please do not send it.
mail-expired-subject = Your return has expired
mail-expired-says = Nothing arrived in time of what is listed below, so its return has ended. If you still have a reason to return it, ask anew.
mail-withdrawal-subject = Receipt of your withdrawal
mail-withdrawal-says = We have received your declaration that you withdraw from the contract. The receipt is attached; please keep it.
mail-withdrawal-received = Received
mail-withdrawal-whole = The whole order
