//! Every document there is, filled with good, with no, and with hostile words.

use std::collections::BTreeMap;

use domain::document::{
    Amount, BoardLine, Body, CasePair, CaseStory, Comment, CommitmentLetter, CourseCertificate,
    CourseCertificates, Document, Fact, FeeQuote, FiveSScore, FiveSSheet, ImprovementBoard, IndicatorLine,
    Invitation, Invitations, Masthead, ModuleReport, Picture, PracticeLine, ProjectLine, Receipt,
    TrainerCertificate, VisitLine,
};
use domain::language::Language;

/// What stands where people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filling {
    Full,
    /// No words and no lines.
    Empty,
    /// Markup, one endless word, other scripts, controls, and many lines.
    Hostile,
    Words(&'static str),
}

const HOSTILE: &str = "#panic(\"x\") #import \"/data.json\" $\\sum$ *a* _b_ @c <d> ``` \\ // /* ~ \
    \u{202e}kebalik\u{202c} \u{200d}\u{fe0f}👩‍🏭🇮🇩 العربية ꦗꦮ 日本語 e\u{301}\u{489}\u{35f} \u{0}\u{1b}[31m \u{feff}\u{fffe}\u{e000} ﷽";

impl Filling {
    fn t(self, text: &str) -> String {
        match self {
            Filling::Full => text.to_owned(),
            Filling::Empty => String::new(),
            Filling::Hostile => format!("{HOSTILE} {}", "panjang".repeat(43)),
            Filling::Words(words) => words.to_owned(),
        }
    }

    fn many<T>(self, full: usize, hostile: usize, make: impl Fn(usize) -> T) -> Vec<T> {
        let count = match self {
            Filling::Full | Filling::Words(_) => full,
            Filling::Empty => 0,
            Filling::Hostile => hostile,
        };
        (0..count).map(make).collect()
    }

    fn facts(self) -> Vec<Fact> {
        self.many(3, 12, |_| Fact::new(self.t("Wilayah"), self.t("Kabupaten Rembang")))
    }

    fn picture(self, number: usize) -> Vec<Picture> {
        let file = if number.is_multiple_of(2) { "wide" } else { "tall" };
        self.many(1, 2, |_| Picture { file: file.to_owned(), words: self.words("Lorong penuh kain") })
    }

    /// Words that are never empty.
    fn words(self, text: &str) -> String {
        Some(self.t(text)).filter(|words| !words.is_empty()).unwrap_or_else(|| text.to_owned())
    }

    fn amount(self) -> Amount {
        Amount {
            figures: "Rp\u{a0}1.850.000".into(),
            words: "satu juta delapan ratus lima puluh ribu rupiah".into(),
        }
    }
}

/// One of each.
pub(super) fn every(language: Language, filling: Filling) -> Vec<Document> {
    let bodies = [
        Body::ModuleReport(report(filling)),
        Body::CommitmentLetter(letter(filling)),
        Body::Invitations(invitations(filling)),
        Body::CourseCertificates(certificates(filling)),
        Body::TrainerCertificate(trainer(filling)),
        Body::FeeQuote(quote(filling)),
        Body::Receipt(receipt(filling)),
        Body::ImprovementBoard(board(filling)),
        Body::FiveSSheet(five_s(filling)),
        Body::CaseStory(case(filling)),
    ];
    let masthead = Masthead {
        language,
        title: filling.words("Laporan Modul 1: Kerja sama di tempat kerja"),
        organisation: filling.t("BLK Semarang"),
        programme: filling.t("Program Peragaan"),
        printed: "22 November 2026".into(),
        address: filling.t("https://npd.example.go.id/delivery/engagements/0193"),
        definition: filling.t("Definisi: modul edisi 2017."),
        synthetic: true,
    };
    let document = |body| Document { masthead: masthead.clone(), body, pictures: pictures() };
    bodies.into_iter().map(document).collect()
}

/// A picture that is wide and one that is tall.
fn pictures() -> BTreeMap<String, Vec<u8>> {
    // One white dot.
    const DOT: &[u8] = &[
        0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1,
        8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8,
        0x0f, 0, 1, 1, 1, 0, 0xb1, 0x38, 0xf6, 0x14, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60,
        0x82,
    ];
    let tall = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"90\"><rect width=\"30\" height=\"90\"/></svg>";
    BTreeMap::from([("wide".to_owned(), DOT.to_vec()), ("tall".to_owned(), tall.as_bytes().to_vec())])
}

fn report(f: Filling) -> ModuleReport {
    ModuleReport {
        enterprise: f.t("UD Batik Lasem Indah"),
        module: f.t("Modul 1"),
        status: f.words("disetujui"),
        facts: f.facts(),
        summary: f.t("Tim bekerja.\nPertemuan pagi bertahan."),
        lessons: f.t("Mulai dari yang kecil."),
        practices_lead: f.t("3 dari 5 praktik kini ada."),
        practices: f.many(5, 40, |number| PracticeLine {
            question: f.t("Apakah ada pertemuan harian?"),
            before: "Tidak".into(),
            after: f.t("Ya"),
            better: number % 2 == 0,
        }),
        indicators_lead: f.t("3 dari 5 indikator inti dapat dibandingkan."),
        indicators: f.many(5, 12, |number| IndicatorLine {
            label: f.t("Tingkat cacat"),
            unit: f.t("persen"),
            before: "6,4".into(),
            after: "3,9".into(),
            change: f.t("Tidak dicatat: perusahaan belum mencatatnya."),
            known: number % 2 == 0,
            version: "1".into(),
        }),
        projects: f.many(4, 30, |number| ProjectLine {
            action: f.t("Rak berlabel"),
            problem: f.t("Bahan menumpuk"),
            owner: f.t("Kepala gudang"),
            due: "31 Mar 2026".into(),
            pair: f.t("12 → 3 menit"),
            cost: "Rp 4.200.000".into(),
            saving: "Rp 9.700.000 setahun, diperiksa".into(),
            status: f.t("diperiksa"),
            before: f.picture(number),
            after: if number == 1 { Vec::new() } else { f.picture(number + 1) },
        }),
        savings: f.t("Rp 9.700.000"),
        visits: f.many(3, 20, |_| VisitLine {
            day: "9 Mar 2026".into(),
            present: "2 perempuan, 1 laki-laki".into(),
            five_s: "11".into(),
            progress: f.t("Rak selesai"),
            next_steps: f.t("Label"),
        }),
        comments: f.many(1, 10, |_| Comment {
            who: f.t("Rina"),
            when: "22 November 2026, 10.00 WIB".into(),
            words: f.t("Bagus."),
        }),
    }
}

fn letter(f: Filling) -> CommitmentLetter {
    CommitmentLetter {
        number: "A1B2-C3D4-E5F6".into(),
        enterprise: f.t("UD Batik Lasem Indah"),
        provider: f.t("BLK Semarang"),
        programme: f.t("Program Peragaan"),
        product: f.t("Paket standar"),
        facts: f.facts(),
        modules: f.many(5, 12, |_| f.t("Modul 1: Kerja sama di tempat kerja")),
        signed: (f == Filling::Full).then(|| "Ditandatangani 3 Februari 2026".to_owned()),
        shares_data: (f == Filling::Full).then_some(true),
    }
}

fn invitations(f: Filling) -> Invitations {
    Invitations {
        number: "A1B2-C3D4-E5F6".into(),
        provider: f.t("BLK Semarang"),
        module: f.words("Modul 1: Kerja sama di tempat kerja"),
        purpose: f.t("Manajer dan pekerja belajar bekerja sama."),
        content: f.many(3, 12, |_| f.t("Pertemuan harian")),
        facts: f.facts(),
        participants: "4".into(),
        letters: f.many(2, 5, |number| Invitation {
            enterprise: f.t("UD Batik Lasem Indah"),
            region: f.t("Kabupaten Rembang"),
            baseline: number % 2 == 0,
        }),
    }
}

fn certificates(f: Filling) -> CourseCertificates {
    CourseCertificates {
        module: f.words("Modul 1: Kerja sama di tempat kerja"),
        edition: f.t("2017"),
        content: f.many(3, 12, |_| f.t("Pertemuan harian")),
        provider: f.t("BLK Semarang"),
        days: "24 Februari 2026 – 25 Februari 2026".into(),
        venue: f.t("BLK Semarang"),
        trainer: f.t("Siti"),
        certificates: f.many(2, 40, |_| CourseCertificate {
            name: f.t("Wulan Kusumaningtyas"),
            enterprise: f.t("UD Batik Lasem Indah"),
            days: "2 hari".into(),
            number: "A1B2-C3D4-E5F6".into(),
            address: "https://npd.example.go.id/certificates/0193".into(),
        }),
    }
}

fn trainer(f: Filling) -> TrainerCertificate {
    TrainerCertificate {
        name: f.words("Siti Rahmawati"),
        module: f.words("Modul 1: Kerja sama di tempat kerja"),
        organisation: f.t("BLK Semarang"),
        programme: f.t("Program Peragaan"),
        number: "A1B2-C3D4-E5F6".into(),
        from: "1 Januari 2026".into(),
        to: "31 Desember 2028".into(),
        vouched_by: f.t("Rina"),
        address: "https://npd.example.go.id/certificates/0193".into(),
    }
}

fn quote(f: Filling) -> FeeQuote {
    FeeQuote {
        provider: f.t("BLK Semarang"),
        to: f.t("UD Batik Lasem Indah"),
        product: f.t("Paket standar"),
        facts: f.facts(),
        lines: f.many(6, 40, |_| Fact::new(f.t("Honor pelatih"), "Rp 30.000.000")),
        direct_cost: "Rp 45.000.000".into(),
        sponsors: "Rp 0".into(),
        fee: f.amount(),
        recovery: f.t("100%"),
        assumption: f.t("Angka andaian, bukan daftar harga."),
        valid_until: "22 Desember 2026".into(),
    }
}

fn receipt(f: Filling) -> Receipt {
    Receipt {
        number: "BLK/2026/0007".into(),
        provider: f.t("BLK Semarang"),
        payer: f.t("Perusahaan peserta"),
        amount: f.amount(),
        purpose: f.t("Pelatihan Modul 1, 24 Februari 2026"),
        day: "20 Februari 2026".into(),
        in_kind: f == Filling::Hostile,
        facts: f.facts(),
    }
}

fn board(f: Filling) -> ImprovementBoard {
    ImprovementBoard {
        enterprise: f.t("UD Batik Lasem Indah"),
        module: f.t("Modul 1: Kerja sama di tempat kerja"),
        team: f.t("6 orang, dipimpin kepala produksi"),
        as_of: "22 November 2026".into(),
        lines: f.many(3, 30, |number| BoardLine {
            problem: f.t("Bahan menumpuk"),
            action: f.t("Rak berlabel"),
            owner: f.t("Kepala gudang"),
            due: "31 Mar 2026".into(),
            late: number == 1,
            quarters: u8::try_from(number % 5).unwrap_or_default(),
            status: f.t("berjalan"),
            before: f.picture(number).pop(),
            after: None,
            pair: f.t("12 → 3 menit"),
        }),
        blanks: 2,
    }
}

fn five_s(f: Filling) -> FiveSSheet {
    FiveSSheet {
        enterprise: f.t("UD Batik Lasem Indah"),
        rounds: 8,
        scores: f.many(3, 8, |_| FiveSScore { day: f.t("9 Mar 2026"), parts: [2, 5, 0, 3, 1], total: 11 }),
    }
}

fn case(f: Filling) -> CaseStory {
    CaseStory {
        place: f.t("UD Batik Lasem Indah, Jawa Tengah"),
        problem: f.t("Bahan menumpuk."),
        action: f.t("Rak berlabel."),
        result: f.t("Waktu cari turun."),
        pairs: f.many(1, 10, |_| CasePair {
            what: f.t("Waktu cari"),
            before: "12".into(),
            after: "3".into(),
            unit: f.t("menit"),
            source: f.t("Dari catatan: proyek “rak berlabel”."),
        }),
        facts: f.facts(),
        before: f.picture(0),
        after: f.picture(1),
        source: f.t("Terbit dengan persetujuan usaha."),
    }
}
