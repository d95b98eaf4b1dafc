### What is printed: return slips, packing instructions, receipts.

paper-page = Page { $page } of { $pages }
paper-case = Case number
paper-order = Order
paper-send-by = Send by
paper-send-to = Send to
paper-article = Article
paper-serial = Serial number
paper-pieces = Pieces
paper-contents = In the box
paper-contents-unit = the unit
paper-code = Scan for its status
paper-barcode-shows = Bar code of the case number { $case }
paper-qr-shows = QR code of { $text }

## The return slip.

paper-slip-title = Return slip
paper-slip-about = Return slip { $case }
paper-slip-do = Print this slip and put it into the box with the goods. If you cannot print, write the case number on a sheet of paper and on the outside of the box.
paper-slip-freight = Who pays the freight
paper-slip-units = What comes back
paper-slip-clauses = What this return rests on
paper-freight-merchant = We do: do not pay the carrier
paper-freight-buyer = You pay the way to us
paper-freight-shared = You pay the way to us, we pay the way to you

## How to pack.

paper-pack-title = Packing instructions
paper-pack-about = Packing instructions { $case }
paper-pack-steps = Step by step
paper-pack-step-clean = Take the units out of the equipment with its power off, and note nothing on them: labels and serial numbers must stay as they are.
paper-pack-step-optics = Close every optical port and every fibre end with its dust cap. Dust and fingerprints on optics count as damage.
paper-pack-step-static = Put each unit into its antistatic bag or tray. Without one, wrap it in paper; do not let plastic foil touch contacts.
paper-pack-step-cushion = Use the original packaging where you have it. Otherwise leave 5 cm of padding on each side, so that nothing moves when you shake the box.
paper-pack-step-slip = Put the return slip on top, inside of the box.
paper-pack-step-outside = Remove or cover old labels, and write the case number { $case } on the outside.
paper-pack-step-proof = Keep the carrier's receipt until the return is over, and tell us the tracking number.
paper-pack-check = Do not forget
paper-pack-check-slip = The return slip { $case }
paper-pack-check-unit = { $article }, serial number { $serial }
paper-pack-check-pieces = { $article }, { $pieces ->
    [one] { $pieces } piece
   *[other] { $pieces } pieces
}
paper-pack-check-part = { $article }: { $part }

## The receipt of a withdrawal.

paper-withdrawal-title = Receipt of your withdrawal
paper-withdrawal-about = Receipt of the withdrawal from order { $order }
paper-withdrawal-says = You have told us that you withdraw from the contract below. We have received this declaration; please keep this receipt.
paper-withdrawal-received = Received
paper-withdrawal-buyer = Declared by
paper-withdrawal-email = Receipt sent to
paper-withdrawal-units = What you withdraw from
paper-withdrawal-whole = The whole order.
paper-withdrawal-words = Your words
paper-withdrawal-merchant = Declared to
