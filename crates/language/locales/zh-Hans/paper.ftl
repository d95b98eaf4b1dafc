### What is printed: return slips, packing instructions, receipts.

paper-page = 第 { $page } 页，共 { $pages } 页
paper-case = 退货编号
paper-order = 订单号
paper-send-by = 请在此日期前寄出
paper-send-to = 寄往
paper-article = 商品
paper-serial = 序列号
paper-pieces = 数量
paper-contents = 箱内应有
paper-contents-unit = 商品本体
paper-code = 扫码查看进度
paper-barcode-shows = 退货编号 { $case } 的条形码
paper-qr-shows = 二维码：{ $text }

## The return slip.

paper-slip-title = 退货单
paper-slip-about = 退货单 { $case }
paper-slip-do = 请打印本单，与商品一同放入箱内。如无法打印，请将退货编号写在一张纸上放入箱内，并写在箱外。
paper-slip-freight = 运费由谁承担
paper-slip-units = 退回的商品
paper-slip-clauses = 本次退货所依据的条款
paper-freight-merchant = 由我们承担，您无需向承运商付款
paper-freight-buyer = 寄给我们的运费由您承担
paper-freight-shared = 寄给我们的运费由您承担，寄给您的运费由我们承担

## How to pack.

paper-pack-title = 包装说明
paper-pack-about = 包装说明 { $case }
paper-pack-steps = 包装步骤
paper-pack-step-clean = 请先断电，再从设备上取下商品。请勿在商品上书写，标签和序列号须保持原样。
paper-pack-step-optics = 请为每个光口和光纤端面盖好防尘帽。光学端面上的灰尘和指纹会被视为损坏。
paper-pack-step-static = 请将每件商品放入防静电袋或防静电托盘。如果没有，请用纸包好，不要让塑料薄膜接触金手指。
paper-pack-step-cushion = 请尽量使用原包装。如果没有，请在四周各留 5 厘米缓冲材料，摇动箱子时物品不应移动。
paper-pack-step-slip = 请将退货单放在箱内最上面。
paper-pack-step-outside = 请撕掉或盖住旧的面单，并在箱外写上退货编号 { $case }。
paper-pack-step-proof = 退货完成之前，请保留承运商的凭证，并将运单号告知我们。
paper-pack-check = 请勿遗漏
paper-pack-check-slip = 退货单 { $case }
paper-pack-check-unit = { $article }，序列号 { $serial }
paper-pack-check-pieces = { $article }，{ $pieces } 件
paper-pack-check-part = { $article }：{ $part }

## The receipt of a withdrawal.

paper-withdrawal-title = 撤回合同确认书
paper-withdrawal-about = 撤回订单 { $order } 的确认书
paper-withdrawal-says = 您已告知我们撤回下述合同。我们已收到您的声明，请保留本确认书。
paper-withdrawal-received = 收到时间
paper-withdrawal-buyer = 声明人
paper-withdrawal-email = 确认书发送至
paper-withdrawal-units = 撤回的内容
paper-withdrawal-whole = 整个订单。
paper-withdrawal-words = 您的说明
paper-withdrawal-merchant = 声明对象
