## Tempat setiap peran memulai harinya
home-doors = Yang dapat Anda buka
home-lead-doors = Pilih tempat Anda bekerja.
home-today = hari ini
home-more = Selanjutnya
home-of = { $part } dari { $all }
home-rupiah = rupiah
home-name = Nama
home-where = Tempat
# Usaha
home-own-title = Usaha saya
home-own-none = Usaha Anda belum ikut program ini. Lembaga pelatihan di daerah Anda dapat mendaftarkannya; di sini nanti tampak rencana dan angka usaha Anda sendiri.
home-own-lead = { $product }. { $better } dari { $known } angka yang diukur dua kali membaik sejak data awal.
home-own-lead-unmeasured = { $product }. Perubahan terlihat di sini setelah angka yang sama diukur dua kali.
home-engagement = Buka perjalanan kami
home-fill-in = Isi angka
home-register = Data usaha kami
home-next-visit = Kunjungan berikut: { $day } { $at }.
home-left-to-do = Yang perlu selesai sebelum itu: { $words }
home-better = Angka yang membaik
home-better-note = dari yang diukur dua kali
home-saving = Penghematan setahun
home-saving-note = yang sudah diperiksa pendamping
home-projects = Usulan selesai
home-projects-open = { $count ->
    [0] tidak ada yang masih berjalan
   *[other] { $number } masih berjalan
}
home-numbers = Angka kami
home-numbers-lead = { $better } dari { $known } angka membaik.
home-numbers-none = Belum ada data awal. Isi bersama pendamping; "tidak dicatat" juga jawaban.
home-numbers-caption = Data awal dan yang terbaru
home-numbers-note = Hanya Anda, pendamping, dan petugas program yang melihat angka ini.
home-numbers-source = Sumber: catatan usaha Anda sendiri. Yang ditahan untuk diperiksa tidak dihitung.
home-figure = Seberapa jauh setiap angka bergerak
home-figure-unit = Persen sejak data awal; ke kanan berarti lebih baik. Rupiah menurut harga masing-masing tahun.
home-is-better = membaik
home-is-worse = memburuk
home-is-same = tetap
home-not-yet = belum diukur lagi
home-plan = Rencana kami
home-plan-caption = Usulan perbaikan dari semua modul
home-plan-lead = Yang masih harus dikerjakan ada di atas.
home-plan-none = Belum ada usulan perbaikan. Tim perbaikan menulisnya setelah lokakarya.
home-late = lewat tenggat
# Lembaga pelatihan
home-tab-provider = Lembaga
home-provider-title = Lembaga pelatihan
home-provider-lead = { $running } usaha sedang dalam modul, { $waiting } menunggu modul pertamanya.
home-running = Sedang dalam modul
home-running-note = usaha
home-waiting = Menunggu modul pertama
home-waiting-note = dipilih, berkomitmen, atau data awal sudah ada
home-active-trainers = Pelatih aktif
home-renew = { $count ->
    [0] tidak ada sertifikat yang segera berakhir
   *[other] { $number } pelatih dengan sertifikat yang segera berakhir
}
home-renew-soon = segera berakhir
home-renewal = Perpanjangan
home-certificates = Sertifikat berlaku
home-last-training = Terakhir melatih
home-never-taught = belum pernah
home-due = Tenggat terdekat
home-due-caption = Langkah berikut, yang paling lama menunggu di atas
home-due-none = Tidak ada yang menunggu. Pilih usaha baru dari daftar usaha.
home-no-day = belum ada tanggal
home-all-engagements = Semua usaha dampingan
home-pipeline = Usaha menurut keadaan
home-pipeline-caption = Jumlah usaha pada setiap keadaan
home-coming = Pelatihan yang akan datang
home-coming-caption = Tiga bulan ke depan
home-coming-none = Belum ada pelatihan yang direncanakan untuk tiga bulan ke depan.
home-plan-training = Rencanakan pelatihan
home-recovery = Pemulihan biaya
home-recovery-caption = Lima tahun terakhir yang ada catatannya
home-recovery-more = Pemulihan biaya selengkapnya
home-trainers-more = Semua pelatih
home-trainers = Pelatih kami
home-trainers-caption = Tingkat dan sertifikat hari ini
# Dari daftar usaha ke program
home-programmes = Program
home-programmes-none = Usaha ini belum ikut program.
home-start = Mulai pendampingan
home-numbers-of = Angka
home-back-to-engagement = Kembali ke perjalanan usaha
home-reports = Laporan modul menunggu Anda
home-reports-words = { $number } laporan sudah dikirim pendamping dan belum dibaca.
