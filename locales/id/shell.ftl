### Kerangka setiap halaman

language-name = Bahasa Indonesia
site-description = Lumbung: Pangkalan Data Produktivitas Nasional. Seberapa produktif Indonesia, di mana, dan dalam bidang apa.
skip-to-content = Langsung ke isi
sign-in = Masuk

nav-label = Utama
nav-front = Beranda
nav-datasets = Data
nav-sectors = Bidang
nav-provinces = Provinsi
nav-releases = Rilis
nav-programmes = Program
nav-methodology = Metode
crumbs-label = Anda di sini

strip-label = Keterangan data
strip-synthetic-bold = Data sintetis.
strip-synthetic = Angka di halaman ini dibuat oleh program, bukan dikumpulkan dari usaha. Bukan statistik resmi.

foot-methodology = Cara kami menghitung
foot-confidentiality = Kerahasiaan data
foot-releases = Daftar rilis
foot-classifications = Klasifikasi
foot-api = API dan SDMX
foot-about = Lumbung: Pangkalan Data Produktivitas Nasional dan program SCORE. Data boleh dipakai ulang dengan menyebut sumber.

error-to-front = Kembali ke beranda
error-to-datasets = Lihat semua data
error-reference = Nomor rujukan:
error-not-found-title = Halaman ini tidak ada
error-not-found = Tidak ada halaman, data, atau kode dengan nama itu.
error-not-found-advice = Periksa ejaan alamatnya, atau mulai dari daftar data. Rilis lama tetap tersimpan; nama rilis tidak pernah dipakai ulang.
error-bad-request-title = Permintaan ini belum dapat dijawab
error-bad-request = Ada bagian alamat atau isian yang tidak kami kenal.
error-bad-request-advice = Kembali ke halaman sebelumnya, lalu pilih lagi dari daftar yang tersedia.
error-unauthorised-title = Anda perlu masuk
error-unauthorised = Halaman ini hanya untuk yang sudah masuk.
error-unauthorised-advice = Masuk dengan akun Anda, lalu buka lagi alamat ini.
error-forbidden-title = Peran Anda tidak mengizinkan ini
error-forbidden = Akun Anda sudah masuk, tetapi tindakan ini di luar perannya.
error-forbidden-advice = Mintalah kepada administrator jika Anda memerlukannya.
error-too-large-title = Berkas terlalu besar
error-too-large = Isi yang dikirim melebihi batas.
error-too-large-advice = Bagi berkas per tahun atau per provinsi, lalu unggah satu per satu.
error-too-many-title = Terlalu banyak percobaan
error-too-many = Terlalu banyak permintaan dalam waktu singkat.
error-too-many-advice = Tunggu beberapa menit, lalu coba lagi.
error-method-title = Cara membuka halaman ini keliru
error-method = Alamat ini ada, tetapi tidak dapat dipakai dengan cara itu.
error-method-advice = Buka lewat tautan di halaman sebelumnya.
error-internal-title = Ada yang gagal di pihak kami
error-internal = Ini bukan kesalahan Anda. Data yang sudah tersimpan tidak hilang.
error-internal-advice = Coba lagi sebentar lagi. Jika tetap gagal, sebutkan nomor rujukan di bawah kepada administrator.
