### 买家页面。

portal-policy = 退货政策
portal-signed-in = 订单 { $order }
start-title = 申请退货
start-text = 您需要订单号以及下单时填写的邮箱地址。
