### 日期、时刻与金额的写法。

language-name = 简体中文
format-weekday = { $weekday ->
    [1] 星期一
    [2] 星期二
    [3] 星期三
    [4] 星期四
    [5] 星期五
    [6] 星期六
   *[7] 星期日
}
format-month = { $month ->
   *[other] { $month }月
}
format-date = { $year }年{ $month }{ $day }日 { $weekday }
format-moment = { $date } { $time }（{ $zone }）
format-money = { $currency } { $amount }
format-decimal-mark = .
format-group-mark = ,
format-percent = { $number }%
format-list-mark = 、
format-sentence-gap = { "" }
