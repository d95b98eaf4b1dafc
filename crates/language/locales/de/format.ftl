### Wie Tage, Zeitpunkte und Geld geschrieben werden.

language-name = Deutsch
format-weekday = { $weekday ->
    [1] Mo.
    [2] Di.
    [3] Mi.
    [4] Do.
    [5] Fr.
    [6] Sa.
   *[7] So.
}
format-month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
format-date = { $weekday } { $day }. { $month } { $year }
format-moment = { $date }, { $time } Uhr ({ $zone })
format-money = { $amount } { $currency }
format-decimal-mark = ,
format-group-mark = .
format-percent = { $number } %
format-list-mark = { ", " }
format-sentence-gap = { " " }
