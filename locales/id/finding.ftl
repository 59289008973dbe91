finding-up = { $what } naik { $percent } sejak { $year }
finding-down = { $what } turun { $percent } sejak { $year }
finding-flat = { $what } hampir tetap sejak { $year }
finding-times = { $what } menjadi { $factor } kali lipat sejak { $year }
finding-extremes = { $top } paling tinggi ({ $high }), { $bottom } paling rendah ({ $low })

share-1-10 = satu dari sepuluh
share-1-5 = satu dari lima
share-1-4 = satu dari empat
share-1-3 = satu dari tiga
share-1-2 = separuh
share-2-3 = dua dari tiga
share-3-4 = tiga dari empat
share-4-5 = empat dari lima
share-9-10 = sembilan dari sepuluh

map-all = semua
map-none = belum ada data atau ditahan
map-areas = { $count } prov.
