### How dates, moments and money are written.

language-name = English
format-weekday = { $weekday ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
format-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
format-date = { $weekday }, { $day } { $month } { $year }
format-moment = { $date }, { $time } ({ $zone })
format-money = { $currency } { $amount }
format-decimal-mark = .
format-group-mark = ,
format-percent = { $number }%
format-list-mark = { ", " }
format-sentence-gap = { " " }
