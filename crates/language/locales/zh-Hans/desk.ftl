### 客服页面。

cases-title = 退货
cases-empty = 暂无退货
cases-empty-text = 买家申请退货或您代为创建后，将显示在此。
cases-case = 退货编号
cases-state = 状态
cases-opened = 创建时间
cases-due = 截止
