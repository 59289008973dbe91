### Surel, pengingat, kalender

mail-title = Surel dan pengingat
mail-lead = { $sent } pengingat terkirim, { $waiting } menunggu.
mail-not-set = Surel belum diatur.
mail-how = Tambahkan [mail] dengan smtp dan from ke lumbung.toml di folder data, lalu jalankan ulang. Sampai itu, tautan masuk ditampilkan di halaman dan pengingat tidak dikirim.
mail-none = Belum ada pengingat. Pengingat muncul di sini bila kunjungan, data awal, laporan, data lanjutan, atau sertifikat jatuh tempo.
mail-failure = Server surel tidak menerima ({ $when }): { $reason }
mail-failure-do = Tidak ada yang hilang: surat menunggu dan dicoba lagi setiap sepuluh menit. Periksa [mail] di lumbung.toml dan servernya.
mail-tried = dicoba { $tries } kali: { $reason }
mail-state-due = menunggu
mail-state-sent = terkirim
mail-state-lapsed = tidak perlu lagi
mail-kind-visit = Kunjungan
mail-kind-baseline = Data awal
mail-kind-report = Laporan menunggu
mail-kind-follow-up = Data lanjutan
mail-kind-certificate = Sertifikat
mail-kind-question = Pertanyaan di jejaring
mail-kind-answer = Jawaban di jejaring
mail-choice = Surel untuk Anda
mail-choice-reminders = Ingatkan saya bila kunjungan, data awal, laporan, data lanjutan, atau sertifikat saya jatuh tempo
mail-choice-questions = Beri tahu saya bila usaha lain bertanya atau menjawab di jejaring (isi pertanyaan tidak ikut dikirim)
mail-choice-do = Simpan pilihan
mail-choice-done = Pilihan Anda tersimpan.
mail-link-subject = Tautan masuk Lumbung
mail-link-body =
    Salam { $name },

    buka tautan ini untuk membuat kata sandi Anda:
    { $link }

    Tautan berlaku sampai { $until } dan hanya sekali. Bila Anda tidak memintanya, abaikan surel ini.
mail-link-sent = Tautan terkirim ke { $email }.
mail-link-failed = Tautan tidak terkirim ({ $reason }). Berikan sendiri tautan di bawah ini.
reminder-synthetic = [CONTOH SINTETIS]
reminder-hello = Salam { $name },
reminder-off = Anda mendapat surel ini karena memilihnya di halaman akun Anda. Ubah di { $link }
reminder-visit-subject = Kunjungan { $day }: { $about }
reminder-visit = kunjungan Anda ke { $about } direncanakan { $day }. Rencana dan yang terakhir disepakati:
reminder-baseline-subject = Belum ada data awal: { $about }
reminder-baseline = lokakarya { $about } mulai { $day }, dan data awalnya belum diisi. Tanpa data awal hasilnya tidak dapat ditunjukkan kelak. Isi di sini:
reminder-report-subject = Laporan menunggu sejak { $day }: { $about }
reminder-report = laporan modul { $about } menunggu pemeriksa sejak { $day }. Periksa di sini:
reminder-follow-up-subject = Data lanjutan { $day }: { $about }
reminder-follow-up = data lanjutan { $about } jatuh tempo { $day }. Tanyakan apakah perubahannya bertahan, lalu isi di sini:
reminder-certificate-subject = Sertifikat Anda berakhir { $day }: { $about }
reminder-certificate = sertifikat pelatih Anda untuk { $about } berakhir { $day }. Lihat syarat perpanjangannya di sini:
reminder-question-subject = Ada pertanyaan untuk { $about }
reminder-question = pada { $day } sebuah usaha bertanya kepada { $about } lewat jejaring. Isi pertanyaannya tidak dikirim lewat surel. Baca dan jawab, atau tolak, di sini:
reminder-answer-subject = Pertanyaan { $about } sudah ditanggapi
reminder-answer = pertanyaan { $about } di jejaring ditanggapi pada { $day }. Baca di sini:
calendar-name = Lumbung: pelatihan dan kunjungan
calendar-link-open = Kalender di ponsel
calendar-link-title = Kalender di ponsel
calendar-link-lead = Dengan alamat pribadi, pelatihan dan kunjungan Anda muncul di kalender ponsel atau komputer dan ikut berubah.
calendar-link-address = Alamat kalender Anda
calendar-link-once = Alamat ini hanya tampil sekali.
calendar-link-secret = Salin ke aplikasi kalender (langganan lewat URL). Siapa pun yang memilikinya dapat melihat jadwal Anda; bila bocor, buat yang baru.
calendar-link-since = Alamat Anda dibuat { $when }. Bila hilang atau bocor, buat yang baru: yang lama langsung mati.
calendar-link-make = Buat alamat kalender
calendar-link-renew = Buat alamat baru
calendar-link-download = Unduh sekali (ics)
audit-reminder-send = mengirim pengingat
audit-account-reminders = memilih pengingat lewat surel
audit-account-calendar = membuat alamat kalender
