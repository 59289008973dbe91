//! The reader's own checks: what cannot be left to a survey, because it is about reading.

use domain::finding::Severity;
use domain::finding::Severity::{Held, Refused, Warning};
use domain::language::Text;

/// The sentences of one check, each in Indonesian and English.
#[derive(Debug)]
pub(crate) struct Wording {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) title: (&'static str, &'static str),
    pub(crate) message: (&'static str, &'static str),
    pub(crate) remedy: (&'static str, &'static str),
}

impl Wording {
    pub(crate) fn of(rule: &str) -> &'static Wording {
        BUILTIN.iter().find(|wording| wording.rule == rule).expect("every code used stands in the list")
    }

    pub(crate) fn title(&self) -> Text {
        Text::new(self.title.0, self.title.1)
    }

    pub(crate) fn message(&self) -> Text {
        Text::new(self.message.0, self.message.1)
    }

    pub(crate) fn remedy(&self) -> Text {
        Text::new(self.remedy.0, self.remedy.1)
    }
}

macro_rules! wordings {
    ($($rule:literal $severity:ident
        $title_id:literal / $title_en:literal;
        $message_id:literal / $message_en:literal;
        $remedy_id:literal / $remedy_en:literal.)*) => {
        /// Every check of the reader.
        pub(crate) const BUILTIN: &[Wording] = &[$(Wording {
            rule: $rule,
            severity: $severity,
            title: ($title_id, $title_en),
            message: ($message_id, $message_en),
            remedy: ($remedy_id, $remedy_en),
        }),*];
    };
}

wordings! {
    // The whole file
    "empty-file" Refused
    "Berkas kosong" / "The file is empty";
    "Berkas ini tidak berisi apa pun ({bytes} bita)" / "There is nothing in this file ({bytes} bytes)";
    "Ekspor ulang berkas dari sumbernya, lalu unggah lagi"
    / "Export the file from its source again and upload it".

    "too-many-rows" Refused
    "Terlalu banyak baris" / "Too many rows";
    "Berkas ini lebih panjang daripada yang diterima sekaligus: paling banyak {most} baris"
    / "This file is longer than is taken at once: {most} rows at most";
    "Bagi berkas menjadi beberapa bagian dengan judul kolom yang sama, lalu unggah satu per satu"
    / "Split the file into parts with the same headings and upload them one by one".

    "unknown-format" Refused
    "Jenis berkas tidak dapat dibaca" / "This kind of file cannot be read";
    "Berkas ini {looks_like}; yang dapat dibaca: CSV, XLSX, dan Parquet"
    / "This file {looks_like}; CSV, XLSX and Parquet can be read";
    "Simpan sebagai CSV UTF-8 atau XLSX, lalu unggah lagi"
    / "Save it as CSV UTF-8 or XLSX and upload it again".

    "unreadable" Refused
    "Berkas rusak" / "The file is damaged";
    "Berkas {format} ini rusak dan tidak dapat dibaca: {reason}"
    / "This {format} file is damaged and cannot be read: {reason}";
    "Buka berkas dengan program asalnya, simpan ulang, lalu unggah lagi"
    / "Open the file in the program it comes from, save it again and upload it".

    "zip-bomb" Refused
    "Isi berkas terlalu besar ketika dibuka" / "The file is too large when unpacked";
    "Berkas XLSX ini {packed} bita, tetapi isinya menjadi {unpacked} bita atau lebih; batasnya {limit}"
    / "This XLSX file has {packed} bytes but unpacks to {unpacked} bytes or more; the limit is {limit}";
    "Jika datanya benar sebesar itu, simpan sebagai CSV; jika tidak, jangan percayai berkas ini"
    / "If the data really are that large, save them as CSV; if not, do not trust this file".

    "no-header" Refused
    "Baris judul kolom tidak ditemukan" / "No row with the names of the columns";
    "Tidak ada baris judul kolom di 30 baris pertama; baris 1 berisi: {first_row}"
    / "None of the first 30 rows names the columns; row 1 holds: {first_row}";
    "Tulis nama kolom di baris 1, misalnya: {expected}"
    / "Write the names of the columns in row 1, such as: {expected}".

    "no-rows" Refused
    "Berkas hanya berisi judul kolom" / "The file holds only the names of the columns";
    "Setelah judul di baris {header_row} tidak ada satu baris pun"
    / "No row follows the header in row {header_row}";
    "Periksa apakah lembar atau saringan yang benar yang diekspor"
    / "Check that the right sheet or selection was exported".

    "missing-column" Refused
    "Kolom wajib tidak ada" / "A required column is missing";
    "Kolom wajib “{label}” ({variable}) tidak ada; yang paling mirip di berkas: {nearest}"
    / "The required column “{label}” ({variable}) is missing; the nearest in the file is {nearest}";
    "Beri kolom itu nama “{variable}”, atau sebutkan kolomnya dalam berkas pemetaan"
    / "Name the column “{variable}”, or point to it in a mapping file".

    "duplicate-header" Refused
    "Nama kolom muncul dua kali" / "A column name stands twice";
    "Nama “{header}” dipakai oleh kolom {first} dan kolom {second}"
    / "The name “{header}” is used by column {first} and column {second}";
    "Hapus kolom yang salah atau ganti namanya" / "Delete the wrong column or rename it".

    "two-columns" Warning
    "Dua kolom untuk satu variabel" / "Two columns for one variable";
    "“{header}” dan “{used}” sama-sama cocok dengan {variable}; yang dipakai “{used}”"
    / "“{header}” and “{used}” both fit {variable}; “{used}” is used";
    "Jika keliru, sebutkan kolom yang benar dalam berkas pemetaan"
    / "If that is wrong, point to the right column in a mapping file".

    "encoding" Warning
    "Berkas tidak dalam UTF-8" / "The file is not UTF-8";
    "Teks berkas ini dibaca sebagai {encoding}, bukan UTF-8"
    / "The text of this file was read as {encoding}, not UTF-8";
    "Periksa huruf beraksen pada nama; lain kali simpan sebagai “CSV UTF-8”"
    / "Check accented letters in names; next time save as “CSV UTF-8”".

    "sheet-chosen" Warning
    "Satu dari beberapa lembar dibaca" / "One of several sheets was read";
    "Buku kerja ini berisi {count} lembar; yang dibaca “{sheet}”, karena paling banyak kolomnya dikenali"
    / "This workbook has {count} sheets; “{sheet}” was read because most of its columns are known";
    "Jika keliru, sebutkan lembarnya dalam berkas pemetaan"
    / "If that is wrong, name the sheet in a mapping file".

    "mixed-decimals" Warning
    "Koma dan titik desimal tercampur dalam satu kolom"
    / "Decimal commas and points are mixed in one column";
    "Di kolom ini {points} nilai memakai titik desimal dan {commas} memakai koma desimal"
    / "In this column {points} values use a decimal point and {commas} a decimal comma";
    "Samakan penulisan angka di seluruh kolom" / "Write all numbers of the column in the same way".

    "undecided-decimals" Warning
    "Tidak jelas apakah titik atau koma itu tanda ribuan"
    / "Thousands or decimals: the column does not show which";
    "{ambiguous} nilai seperti “{value}” dapat berarti ribuan atau desimal, dan tidak ada nilai lain \
     yang memastikannya"
    / "{ambiguous} values such as “{value}” may be thousands or decimals, and no other value settles it";
    "Tulis tanpa tanda ribuan, atau sebutkan `decimals` kolom ini dalam berkas pemetaan"
    / "Write without a sign for thousands, or give `decimals` of this column in a mapping file".

    "kemendagri-suspected" Warning
    "Kode wilayah tampaknya dari Kemendagri" / "Region codes look like Kemendagri's";
    "{count} baris memakai kode yang hanya ada dalam penomoran {system}, dan {own} baris kode yang hanya \
     ada pada BPS"
    / "{count} rows carry codes that exist only in {system}'s numbering, and {own} rows codes that exist \
       only in BPS's";
    "Sebutkan `system = \"{system}\"` untuk kolom ini dalam berkas pemetaan, atau ganti dengan kode BPS"
    / "Give `system = \"{system}\"` for this column in a mapping file, or use BPS codes".

    "edition-suspected" Warning
    "Kode tampaknya dari edisi lain" / "Codes look like another edition's";
    "{count} baris memakai kode yang hanya ada dalam {other}, tidak dalam {classification}; kode yang \
     sama dapat berarti kegiatan lain"
    / "{count} rows carry codes that exist only in {other}, not in {classification}; the same code may \
       mean another activity";
    "Pastikan edisi klasifikasi seluruh berkas sebelum menyimpannya"
    / "Make sure which edition the whole file uses before keeping it".

    "column-type" Warning
    "Kolom angka berisi teks" / "A number column holds text";
    "Kolom ini bertipe {type} di berkas, padahal {variable} berupa angka; isinya dibaca satu per satu"
    / "This column has type {type} in the file, although {variable} is a number; its values are read one \
       by one";
    "Simpan kolom ini sebagai angka" / "Store the column as numbers".

    // Rows
    "repeated-header" Refused
    "Judul kolom terulang di tengah berkas" / "The header is repeated inside";
    "Baris ini mengulang judul kolom dari baris {header_row}"
    / "This row repeats the header of row {header_row}";
    "Hapus baris ini; biasanya berasal dari gabungan beberapa berkas"
    / "Delete the row; it usually comes from joining several files".

    "too-few-fields" Held
    "Baris terpotong" / "The row is cut short";
    "Baris ini hanya memuat {fields} isian, padahal ada {expected} kolom"
    / "This row has only {fields} fields although there are {expected} columns";
    "Lengkapi baris ini dari sumbernya" / "Complete the row from its source".

    "too-many-fields" Refused
    "Isian lebih banyak daripada kolom" / "More fields than columns";
    "Baris ini memuat {fields} isian untuk {expected} kolom, jadi letak nilainya tidak pasti"
    / "This row has {fields} fields for {expected} columns, so it is not sure where its values belong";
    "Periksa koma di dalam angka atau nama: beri tanda kutip, atau pakai titik koma sebagai pemisah"
    / "Look for commas inside numbers or names: put quotation marks around them, or separate by \
       semicolons".

    "open-quote" Refused
    "Tanda kutip tidak ditutup" / "A quotation mark is never closed";
    "Tanda kutip yang dibuka di baris ini tidak pernah ditutup"
    / "The quotation mark opened in this row is never closed";
    "Tutup atau hapus tanda kutip itu" / "Close the quotation mark or delete it".

    "damaged-text" Held
    "Huruf rusak" / "Damaged letters";
    "Baris ini memuat bita yang bukan UTF-8, padahal baris lain UTF-8"
    / "This row holds bytes that are not UTF-8 although other rows are";
    "Simpan ulang berkas dengan satu jenis pengodean: UTF-8" / "Save the whole file in one encoding: UTF-8".

    "required" Held
    "Isian wajib kosong" / "A required field is empty";
    "{label} kosong" / "{label} is empty";
    "Isi dari kuesioner atau tanyakan kepada responden; jangan tulis 0 jika tidak tahu"
    / "Fill it in from the questionnaire or ask the respondent; do not write 0 for unknown".

    "no-key" Refused
    "Pengenal baris kosong atau tidak terbaca" / "The key of the row is empty or unreadable";
    "{label} kosong atau tidak terbaca, jadi tidak jelas baris ini milik siapa"
    / "{label} is empty or unreadable, so nobody knows whose row this is";
    "Isi {label} lalu unggah lagi" / "Fill in {label} and upload again".

    "lost-digits" Refused
    "Pengenal rusak oleh Excel" / "An identifier damaged by Excel";
    "“{value}” adalah pengenal yang dibulatkan Excel; digit aslinya hilang"
    / "“{value}” is an identifier that Excel rounded; its own digits are lost";
    "Ambil lagi pengenal dari sumbernya dan simpan kolom ini sebagai teks"
    / "Take the identifier from its source again and keep the column as text".

    "not-a-year" Refused
    "Tahun tidak terbaca" / "The year cannot be read";
    "“{value}” bukan tahun antara 1900 dan 2100" / "“{value}” is no year from 1900 to 2100";
    "Tulis tahun dengan empat angka, misalnya 2024" / "Write the year with four digits, such as 2024".

    "other-period" Held
    "Tahun di luar periode unggahan" / "The year is outside the period of the upload";
    "Baris ini untuk {value}, padahal berkas diunggah untuk {period}"
    / "This row is for {value} although the file was uploaded for {period}";
    "Perbaiki tahunnya, atau unggah tanpa menyebut periode"
    / "Correct the year, or upload without naming a period".

    "not-a-number" Held
    "Bukan angka" / "Not a number";
    "“{value}” di {label} bukan angka" / "“{value}” in {label} is not a number";
    "Tulis angka saja, dalam {unit}" / "Write only the number, in {unit}".

    "date-in-number" Held
    "Tanggal di kolom angka" / "A date in a number column";
    "“{value}” di {label} adalah tanggal; sering kali Excel mengubah angka menjadi tanggal"
    / "“{value}” in {label} is a date; Excel often turns numbers into dates";
    "Ketik ulang angkanya dan atur format sel menjadi Angka"
    / "Type the number again and set the cell's format to Number".

    "ambiguous-number" Held
    "Ribuan atau desimal" / "Thousands or decimals";
    "“{value}” di {label} dapat berarti ribuan atau desimal"
    / "“{value}” in {label} may be thousands or decimals";
    "Tulis tanpa tanda ribuan, atau sebutkan `decimals` kolom ini dalam berkas pemetaan"
    / "Write without a sign for thousands, or give `decimals` of this column in a mapping file".

    "other-decimals" Held
    "Penulisan desimal berbeda dari kolomnya" / "Decimals written unlike the rest of the column";
    "“{value}” di {label} tidak memakai {expected} seperti nilai lain di kolom ini"
    / "“{value}” in {label} does not use {expected} as the other values of the column do";
    "Samakan penulisan angkanya" / "Write the number like the others".

    "percent" Held
    "Tanda persen di kolom yang bukan persen" / "A per cent sign in a column that is not in per cent";
    "“{value}” memakai tanda persen, padahal {label} dalam {unit}"
    / "“{value}” carries a per cent sign although {label} is in {unit}";
    "Tulis nilainya dalam {unit}" / "Write the value in {unit}".

    "excel-error" Held
    "Galat Excel di dalam sel" / "An Excel error in a cell";
    "Sel {label} berisi galat Excel {value}" / "The cell of {label} holds the Excel error {value}";
    "Perbaiki rumusnya atau tulis nilainya" / "Correct the formula or write the value".

    "number-with-word" Held
    "Angka dengan kata" / "A number with a word";
    "“{value}” di {label} memuat kata satuan" / "“{value}” in {label} holds a word for its unit";
    "Tulis angka lengkap dalam {unit}" / "Write the full number in {unit}".

    "too-large" Held
    "Angka terlalu besar" / "The number is too large";
    "“{value}” di {label} terlalu besar untuk nilai apa pun"
    / "“{value}” in {label} is too large for anything";
    "Periksa angka dan satuannya ({unit})" / "Check the number and its unit ({unit})".

    "not-whole" Held
    "Bukan bilangan bulat" / "Not a whole number";
    "“{value}” bukan bilangan bulat, padahal {label} harus bulat"
    / "“{value}” is not whole, but {label} must be";
    "Tulis jumlah utuh" / "Write a whole count".

    "unknown-code" Held
    "Kode tidak dikenal" / "Unknown code";
    "“{value}” bukan kode {classification}" / "“{value}” is not a code of {classification}";
    "{hint}" / "{hint}".

    "code-level" Held
    "Kode terlalu umum atau terlalu rinci" / "The code is too coarse or too fine";
    "“{value}” ({name}) adalah tingkat {level}; survei ini meminta {levels}"
    / "“{value}” ({name}) is a {level}; this survey asks for {levels}";
    "{hint}" / "{hint}".

    "other-edition" Held
    "Kode dari edisi klasifikasi lain" / "A code of another edition";
    "“{value}” adalah kode {other} ({name}), bukan {classification}"
    / "“{value}” is a code of {other} ({name}), not of {classification}";
    "Cari padanannya dalam {classification}; jangan dipetakan tanpa memeriksa kegiatannya"
    / "Look up its counterpart in {classification}; do not translate it without checking the activity".

    "kemendagri-code" Held
    "Kode wilayah dari sistem lain" / "A region code of another system";
    "“{value}” adalah kode {system} untuk {name}; kode BPS-nya {own}"
    / "“{value}” is {system}'s code for {name}; its BPS code is {own}";
    "Ganti dengan {own}, atau sebutkan `system = \"{system}\"` untuk kolom ini dalam berkas pemetaan"
    / "Use {own}, or give `system = \"{system}\"` for this column in a mapping file".

    "kemendagri-ambiguous" Held
    "Kode wilayah bermakna ganda" / "A region code with two meanings";
    "“{value}” adalah {name} menurut BPS tetapi {other} menurut {system}, dan berkas ini tampaknya \
     memakai {system}"
    / "“{value}” is {name} to BPS but {other} to {system}, and this file seems to use {system}";
    "Sebutkan penomoran kolom ini dalam berkas pemetaan (`system`)"
    / "Give the numbering of this column in a mapping file (`system`)".

    "code-not-in-force" Warning
    "Kode belum atau tidak lagi berlaku pada tahun itu" / "The code was not in force in that year";
    "“{value}” ({name}) tidak berlaku pada {year}" / "“{value}” ({name}) was not in force in {year}";
    "Pastikan tahun dan kodenya; pakai kode yang berlaku pada tahun itu"
    / "Check the year and the code; use the code in force in that year".

    "code-respelled" Warning
    "Kode dikenali dari ejaan lain" / "A code recognised by another spelling";
    "“{value}” dibaca sebagai {own} ({name})" / "“{value}” was read as {own} ({name})";
    "Tidak perlu tindakan jika benar; lain kali tulis {own} sebagai teks"
    / "Nothing to do if that is right; next time write {own} as text".

    "duplicate" Held
    "Baris muncul dua kali" / "The row stands twice";
    "{key} sudah ada di baris {other_row}" / "{key} already stands in row {other_row}";
    "Hapus baris yang salah, lalu unggah lagi" / "Delete the wrong row and upload again".

    "formula" Warning
    "Rumus di dalam sel" / "A formula in a cell";
    "Sel {label} berisi rumus; yang dipakai nilai terakhirnya, {value}"
    / "The cell of {label} holds a formula; its last value, {value}, is used";
    "Simpan nilainya saja (Salin, lalu Tempel Nilai) agar tidak berubah"
    / "Keep values only (Copy, then Paste Values), so that they cannot change".

    "formula-without-value" Held
    "Rumus tanpa nilai" / "A formula without a value";
    "Sel {label} berisi rumus yang belum pernah dihitung"
    / "The cell of {label} holds a formula that was never calculated";
    "Buka berkas di Excel, tunggu sampai dihitung, simpan, lalu unggah lagi"
    / "Open the file in Excel, let it calculate, save it and upload it again".
}
