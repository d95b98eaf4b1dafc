### What mails to buyers say.

mail-hello = { $name }，您好：
mail-hello-nobody = 您好：
mail-look = 您可以随时在此查看进度和下一步安排：
mail-answer = 如需回复，请直接回复本邮件，并在主题中保留 [{ $number }]。
mail-answer-page = 请勿回复本邮件，该邮箱无人查看。如需联系我们，请在页面上留言。
mail-case = 退货编号
mail-order = 订单号
mail-unit = { $article }，序列号 { $serial }
mail-pieces = { $article }，{ $pieces } 件
mail-fact = { $name }：{ $value }
mail-units = 涉及的商品
mail-clauses = 依据的条款
mail-tracking = 运单号
mail-amount = 金额
mail-attached = 附件
mail-more = 另有 { $count } 项

## The code to sign in.

mail-code-subject = 您的验证码
mail-code-says = 请在获取验证码的页面输入：
mail-code-until = 验证码 { $minutes } 分钟内有效，仅可使用一次。
mail-code-unasked = 如非您本人操作，无需理会：没有验证码，任何人都无法查看您的订单。

## A case came in.

mail-received-subject = 我们已收到您的退货申请
mail-received-says = 我们已收到您对下列商品的退货申请。请先不要寄出，我们会先告知您能否退回以及寄往何处。
mail-received-next = 接下来我们会审核并通过邮件答复您。

## Evidence is missing.

mail-evidence-subject = 您的退货申请还缺少材料
mail-evidence-says = 为了处理您的退货申请，我们还需要：
mail-evidence-how = 请在页面上补充，或在回复邮件时作为附件发送。
mail-need-evidence = 照片：{ $name }
mail-need-platform = 您所使用的设备型号
mail-need-other = { $name }

## The goods may come.

mail-authorised-subject = 您的退货已获授权，请在 { $day } 前寄出
mail-authorised-says = 您可以寄回下列商品，请在 { $day } 前寄出。
mail-authorised-slip = 请将附件中的退货单放入箱内，并按附件中的说明包装。
mail-authorised-number = 请将退货编号写在一张纸上，放入箱内。
mail-authorised-send-by = 请在此日期前寄出
mail-authorised-address = 寄往
mail-authorised-freight = 运费由谁承担
mail-authorised-instructions = 客服说明：
mail-agreed-subject = 您的申请已通过
mail-agreed-says = 我们同意您的申请，您无需寄回任何商品。
mail-freight-merchant = 由我们承担，您无需向承运商付款
mail-freight-buyer = 寄给我们的运费由您承担
mail-freight-shared = 寄给我们的运费由您承担，寄给您的运费由我们承担
mail-refund-between = 退款将在 { $from } 至 { $by } 之间发出。

## A claim is declined.

mail-declined-subject = 我们无法接受您的退货申请
mail-declined-says = 我们审核了您的申请，无法接受下列商品的退货。
mail-declined-otherwise = 在哪些情况下结果会不同
mail-declined-contest = 如果您有不同意见，请告诉我们理由，我们会由专人重新审核。

## The goods arrived.

mail-arrived-subject = 您的包裹已送达
mail-arrived-says = 我们已收到下列商品，接下来会进行检验。

## The inspection says something else.

mail-differs-subject = 检验结果说明
mail-differs-found = 我们检验了您寄回的商品，发现：{ $findings }。
mail-differs-no-fault = 我们检验了您寄回的商品，未发现故障。
mail-differs-other = 我们检验了您寄回的商品，与描述不符。
mail-differs-declined = 因此我们无法接受此次退货。
mail-differs-cause = 因此我们按“{ $cause }”处理。
mail-differs-review = 我们会由专人审核并通过邮件答复您。
mail-differs-contest = 如果您有不同意见，请告诉我们，我们会由专人重新审核。

## Money.

mail-refund-sent-subject = 您的退款已发出
mail-refund-sent-says = 退款已按原支付路径发出，到账可能需要几天时间，以银行为准。
mail-refund-sent-bank = 退款已通过银行转账发出，到账可能需要几天时间，以银行为准。
mail-refund-settled-subject = 您的退款已完成
mail-refund-settled-says = 退款已支付。到账可能需要几天时间，以银行为准。
mail-deduction-subject = 关于退款中拟扣除的金额
mail-deduction-says = 我们最多会从您的退款中扣除以下金额。

## Goods to the buyer.

mail-replacement-subject = 您的换货商品已寄出
mail-replacement-says = 我们已寄出您的换货商品。
mail-replacement-units = 寄出的商品
mail-sent-back-subject = 您的商品正在寄回给您
mail-sent-back-says = 我们已将下列商品寄回给您。

## Words of the desk.

mail-message-subject = 关于您退货的消息
mail-message-says = 客服留言：
mail-contest-subject = 对您异议的答复
mail-contest-upheld = 我们已重新审核：您的意见成立，原检验结果不再适用。
mail-contest-stays = 我们已重新审核，维持原检验结果。

## The end.

mail-cancelled-subject = 您的退货已取消
mail-cancelled-says = 下列商品的退货已取消，请不要寄出。
mail-expired-subject = 您的退货已过期
mail-expired-says = 我们未在期限内收到下列商品，此次退货已结束。如仍需退货，请重新申请。
mail-withdrawal-subject = 撤回合同确认书
mail-withdrawal-says = 我们已收到您撤回合同的声明。确认书见附件，请妥善保留。
mail-withdrawal-received = 收到时间
mail-withdrawal-whole = 整个订单
