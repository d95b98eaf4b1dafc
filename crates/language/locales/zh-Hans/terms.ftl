### 行业用语：处处同名。

## CaseState

state-awaiting-evidence = 等待凭证
state-under-review = 审核中
state-requested = 已申请
state-authorised = 已授权
state-in-transit = 运输中
state-received = 已收货
state-inspected = 已检验
state-resolved = 已解决
state-declined = 已拒绝
state-expired = 已过期
state-cancelled = 已取消
state-closed = 已关闭
state-merged = 已合并

## Attention

attention-staff = 客服
attention-finance = 财务
attention-dock = 收货
attention-buyer = 买家
attention-nobody = 无需处理

## NextStep

next-step-answer-contest = 答复异议
next-step-answer-message = 回复消息
next-step-answer-question = 处理待定问题
next-step-authorise = 授权退货
next-step-give-credit = 发放额度
next-step-allocate-replacement = 准备换货
next-step-approve-refund = 批准退款
next-step-resolve-refund = 跟进退款
next-step-inspect-unit = 检验商品
next-step-ship-replacement = 发出换货
next-step-repair-unit = 维修商品
next-step-send-back-unit = 寄回商品
next-step-receive-parcel = 接收包裹
next-step-add-evidence = 等待买家提供凭证
next-step-send-goods = 等待买家寄回商品
next-step-await-refund = 退款处理中
next-step-await-replacement = 换货运输中
next-step-nothing = 无需处理

## Cause

cause-quality = 质量问题
cause-compatibility = 不兼容
cause-damaged = 到货损坏
cause-mismatch = 与订单不符
cause-missing = 未收到
cause-own-reasons = 自身原因

## Remedy

remedy-refund = 退款
remedy-replacement = 换货
remedy-repair = 维修
remedy-credit = 记入余额

## Condition

condition-unused = 未使用
condition-tried = 试用过
condition-used = 已使用

## Verdict

verdict-accepted = 同意
verdict-declined = 拒绝
verdict-needs = 缺少材料
verdict-review = 人工审核

## Payer

payer-merchant = 商家
payer-buyer = 买家
payer-shared = 各付一程

## Voucher

voucher-on-file = 存档订单
voucher-presented = 买家出示
voucher-absent = 无
voucher-forged = 伪造或涂改

## Finding

finding-unauthorised-repair = 未经授权维修
finding-alteration = 改装
finding-collision = 碰撞
finding-misuse = 使用不当
finding-abuse = 滥用
finding-liquid = 进液
finding-improper-installation = 安装不当
finding-instructions-not-followed = 未按说明使用
finding-label-torn = 标签撕毁
finding-label-altered = 标签涂改
finding-serial-altered = 序列号涂改
finding-serial-mismatch = 序列号与发货不符
finding-waterproof-mark = 防水标记异常
finding-orientation-mark = 方向标记异常
finding-packaging-missing = 缺原包装
finding-accessory-missing = 缺配件
finding-gift-missing = 缺赠品
finding-manual-missing = 缺说明书
finding-appearance-damaged = 外观人为损坏

## Goods

goods-with-buyer = 在买家处
goods-on-its-way = 运输途中
goods-received = 已收货
goods-inspected = 已检验
goods-restocked = 已入库
goods-scrapped = 已报废
goods-repaired = 已修复
goods-to-supplier = 已退供应商
goods-sent-back = 已寄回买家

## Disposal

disposal-restock = 入库
disposal-scrap = 报废
disposal-repair = 维修
disposal-supplier = 退供应商

## ReplacementStep

replacement-step-allocated = 已备货
replacement-step-shipped = 已发货
replacement-step-delivered = 已送达
replacement-step-cancelled = 已取消

## HeldReason

held-reason-unknown-serial = 序列号不属于该订单
held-reason-already-returned = 该件已退回过
held-reason-not-authorised = 未获退货授权
held-reason-over-delivery = 到货多于预报
held-reason-unidentified = 无法识别

## Path

path-original = 原支付路径
path-bank = 银行转账

## Leg

leg-return = 退回商家
leg-replacement = 换货寄出
leg-send-back = 寄回买家

## EventKind

happened-case-opened = 退货已创建
happened-claim-decided = 申请已按政策判定
happened-claim-narrowed = 申请已缩小到部件
happened-evidence-added = 已收到凭证
happened-evidence-waived = 已免除凭证
happened-decision-overruled = 人工另行决定
happened-claim-declined = 申请已拒绝
happened-claim-authorised = 已授权退货
happened-deduction-told = 已告知买家扣款
happened-claim-cancelled = 申请已撤回
happened-claim-expired = 授权已过期
happened-case-closed = 退货已关闭
happened-claim-reopened = 申请已重新受理
happened-message-written = 已写消息
happened-case-assigned = 退货已分配
happened-finding-contested = 买家对检验提出异议
happened-contest-answered = 异议已答复
happened-cases-merged = 退货已合并
happened-case-split = 退货已拆分
happened-parcel-announced = 包裹已预告
happened-parcel-received = 包裹已接收
happened-unit-received = 商品已收到
happened-arrival-held = 到货已暂存
happened-arrival-matched = 暂存到货已匹配
happened-arrival-sent-back = 暂存到货已寄回
happened-unit-inspected = 商品已检验
happened-unit-disposed = 商品已处置
happened-unit-sent-back = 商品已寄回买家
happened-replacement-allocated = 换货已备好
happened-replacement-shipped = 换货已发出
happened-replacement-delivered = 换货已送达
happened-replacement-cancelled = 换货已取消
happened-refund-proposed = 退款已提议
happened-refund-approved = 退款已批准
happened-refund-cancelled = 退款已取消
happened-refund-reissued = 退款已重新发出
happened-rest-written-off = 退款余额已核销
happened-instruction-submitted = 退款已提交支付机构
happened-instruction-resent = 退款已重新提交支付机构
happened-instruction-settled = 退款已到账
happened-instruction-failed = 退款失败
happened-instruction-unclear = 退款结果不明
happened-instruction-manual = 退款需人工核实
happened-instruction-contradicted = 支付机构对退款的说法矛盾
happened-chargeback-opened = 拒付已发起
happened-chargeback-closed = 拒付已结束
happened-freight-recorded = 运费已登记
happened-freight-settled = 运费已结清
