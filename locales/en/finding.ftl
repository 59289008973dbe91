finding-up = { $what } rose by { $percent } since { $year }
finding-down = { $what } fell by { $percent } since { $year }
finding-flat = { $what } is almost unchanged since { $year }
finding-times = { $what } is { $factor } times that of { $year }
finding-extremes = { $top } is highest ({ $high }), { $bottom } lowest ({ $low })

share-1-10 = one in ten
share-1-5 = one in five
share-1-4 = one in four
share-1-3 = one in three
share-1-2 = half
share-2-3 = two in three
share-3-4 = three in four
share-4-5 = four in five
share-9-10 = nine in ten

map-all = all
map-none = no data, or held back
map-areas = { $count } prov.
