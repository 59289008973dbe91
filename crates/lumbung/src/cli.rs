//! The command line: a contract that scripts depend on (exit 0 done, 1 failed, 2 wrong usage).

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::actor::{Function, Grant, Role, Scope};
use domain::language::Language;

/// Lumbung: basis data produktivitas nasional dalam satu program dan satu folder.
/// The National Productivity Database in one program and one folder.
#[derive(Parser)]
#[command(name = "lumbung", version, max_term_width = 110)]
pub(crate) struct Cli {
    /// Bahasa pesan: id atau en / language of messages
    #[arg(long, global = true, env = "LUMBUNG_LANG", value_name = "id|en")]
    lang: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    pub(crate) fn language(&self) -> Language {
        self.lang.as_deref().and_then(Language::parse).unwrap_or_default()
    }
}

/// The folder in which everything is kept.
#[derive(Args, Clone)]
pub(crate) struct DataArgs {
    /// Folder data / data folder
    #[arg(long, env = "LUMBUNG_DATA", value_name = "DIR")]
    pub data_dir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Folder contoh yang baru: data resmi, data simulasi, rilis, lalu server / a fresh demonstration
    #[command(after_help = "Contoh / example:\n  lumbung demo --data-dir demo --listen 127.0.0.1:8080")]
    Demo(DemoArgs),
    /// Folder data baru dan tautan masuk pertama / a new data folder and the first sign-in link
    #[command(
        after_help = "Contoh / example:\n  lumbung init --data-dir data --admin ibu.sari@example.go.id"
    )]
    Init {
        #[command(flatten)]
        data: DataArgs,
        /// Surel pengelola pertama / e-mail of the first administrator
        #[arg(long, value_name = "EMAIL")]
        admin: String,
    },
    /// Jalankan server / serve pages, API and jobs
    #[command(after_help = "Contoh / example:\n  lumbung serve --data-dir data --listen 0.0.0.0:8080")]
    Serve {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Akun / accounts
    #[command(
        after_help = "Contoh / example:\n  lumbung user add --email a@example.go.id --role statistician --data-dir data\n  lumbung user add --email b@example.go.id --role productivity-officer --region 33 --data-dir data"
    )]
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Baca berkas data mikro: periksa, lalu simpan baris yang diterima / take in a file of microdata
    #[command(
        after_help = "Contoh / example:\n  lumbung import survei-2024.csv --survey national-enterprise --data-dir data"
    )]
    Import(ImportArgs),
    /// Baris yang ditahan: lihat satu per satu, benarkan atau buang / held rows, one by one
    #[command(
        after_help = "Contoh / example:\n  lumbung held confirm --import ID --row 17 --reason \"sudah ditanyakan\" --data-dir data"
    )]
    Held {
        #[command(subcommand)]
        action: HeldAction,
    },
    /// Cuplikan arsip yang tidak berubah / dated, immutable views of the archive
    #[command(
        after_help = "Contoh / example:\n  lumbung snapshot create --survey national-enterprise --data-dir data"
    )]
    Snapshot {
        #[command(subcommand)]
        action: SnapshotAction,
    },
    /// Hitung kubus statistik, belum dilindungi / compute the cube, unprotected
    #[command(
        after_help = "Contoh / example:\n  lumbung cube --input data.parquet --plan plans/bench.toml --output cube.parquet"
    )]
    Cube(CubeArgs),
    /// Lindungi tabel siapa pun / disclosure control on anybody's table
    #[command(
        after_help = "Contoh / example:\n  lumbung protect --input tabel.csv --plan perlindungan.toml --output aman.csv --audit=exact"
    )]
    Protect(ProtectArgs),
    /// Cuplikan → kubus → lindungi → terbitkan / snapshot, cube, protect, publish
    #[command(after_help = "Contoh / example:\n  lumbung release plans/enterprise.toml --data-dir data")]
    Release {
        /// Nama rencana atau berkas TOML / name of a plan, or a TOML file
        plan: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Kirim pengingat yang jatuh tempo lewat surel / send the reminders that are due by e-mail
    #[command(after_help = "Contoh / example:\n  lumbung remind --data-dir data")]
    Remind {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Hitung ulang sebuah rilis dan bandingkan setiap bita / recompute a release, byte for byte
    #[command(after_help = "Contoh / example:\n  lumbung verify npd_enterprise-1 --data-dir data")]
    Verify {
        release: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Tulis sebuah rilis dalam format lain / write a release in another format
    #[command(
        after_help = "Contoh / example:\n  lumbung export npd_macro-1 --as csv --output macro.csv --data-dir data"
    )]
    Export(ExportArgs),
    /// Data usaha tiruan, berlabel sintetis / synthetic enterprise microdata, labelled so
    #[command(
        after_help = "Contoh / example:\n  lumbung simulate --enterprises 300000 --years 2021..2024 --seed 7 --output tiruan"
    )]
    Simulate(SimulateArgs),
    /// Meja analis: setiap metode pada berkas siapa pun / the analyst's bench on anybody's file
    Stat {
        #[command(subcommand)]
        call: crate::commands::stat::StatCall,
    },
    /// Cadangkan seluruh folder data ke satu berkas / the whole data folder in one file
    #[command(after_help = "Contoh / example:\n  lumbung backup cadangan-2026-11-22.zip --data-dir data")]
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Sertakan kunci data pribadi / put the key for personal data into it, too
        #[arg(long)]
        with_key: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Pulihkan cadangan ke folder kosong / a backup back into an empty folder
    #[command(
        after_help = "Contoh / example:\n  lumbung restore cadangan-2026-11-22.zip --verify --data-dir data-baru\n  lumbung restore cadangan-2026-11-22.zip --verify      (hanya diuji / tried out only)"
    )]
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Folder baru; tanpa ini cadangan hanya diuji / without it the backup is only tried out
        #[arg(long, value_name = "DIR", required_unless_present = "verify")]
        data_dir: Option<PathBuf>,
        /// Kunci data pribadi, bila tidak ikut dalam cadangan / the key for personal data, kept apart from
        /// the backup
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Periksa juga isinya seperti `lumbung doctor` / also check the content, as `doctor` does
        #[arg(long)]
        verify: bool,
    },
    /// Periksa folder data / check the data folder
    #[command(after_help = "Contoh / example:\n  lumbung doctor --data-dir data")]
    Doctor {
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Args)]
pub(crate) struct DemoArgs {
    #[arg(long, default_value = "data-demo", value_name = "DIR")]
    pub data_dir: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Siapkan saja, jangan layani / load, do not serve
    #[arg(long)]
    pub no_serve: bool,
    /// Banyaknya usaha simulasi / simulated enterprises
    #[arg(long, default_value_t = 300_000, value_name = "N")]
    pub enterprises: u32,
}

#[derive(Subcommand)]
pub(crate) enum UserAction {
    /// Akun baru; mencetak tautan masuk / a new account; prints a sign-in link
    Add {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        email: String,
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        grant: GrantArgs,
    },
    /// Tambah peran pada akun / give an account one more role
    Grant {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        email: String,
        #[command(flatten)]
        grant: GrantArgs,
    },
    List {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Tutup akun dan semua sesinya / close an account and all its sessions
    Disable {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        email: String,
    },
    /// Tautan baru untuk mengganti kata sandi / a new link to set the password
    Reset {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        email: String,
    },
}

/// A role, and where it counts.
#[derive(Args)]
pub(crate) struct GrantArgs {
    /// Peran / role: administrator, programme-officer, provider-manager, trainer, enterprise-member,
    /// productivity-officer, statistician, funder, reader
    #[arg(long, default_value = "reader", value_parser = role)]
    role: Role,
    /// Bagi anggota usaha / of a member of an enterprise: owner, manager, worker
    #[arg(long, value_parser = function, value_name = "FUNCTION")]
    function: Option<Function>,
    /// Hanya program ini / this programme only
    #[arg(long, value_name = "ID")]
    programme: Option<String>,
    /// Hanya wilayah ini, kode BPS / this region only, BPS code
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Hanya lembaga ini / this organisation only
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
    /// Hanya usaha ini / this enterprise only
    #[arg(long, value_name = "ID")]
    enterprise: Option<String>,
}

impl From<GrantArgs> for Grant {
    fn from(given: GrantArgs) -> Self {
        let scope = Scope {
            programme: given.programme,
            region: given.region,
            organisation: given.organisation,
            enterprise: given.enterprise,
        };
        Grant { role: given.role, function: given.function, scope }
    }
}

fn role(code: &str) -> Result<Role, String> {
    Role::parse(code).ok_or_else(|| format!("peran / roles: {}", Role::ALL.map(Role::code).join(", ")))
}

fn function(code: &str) -> Result<Function, String> {
    Function::parse(code).ok_or_else(|| Function::ALL.map(Function::code).join(", "))
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// CSV, XLSX atau Parquet
    pub file: PathBuf,
    #[arg(long, value_name = "ID")]
    pub survey: String,
    /// Tahun, bila berkas tidak memuatnya / the year, where the file does not say it
    #[arg(long, value_name = "YYYY")]
    pub period: Option<u16>,
    #[arg(long, value_name = "MAP.toml")]
    pub mapping: Option<PathBuf>,
    /// Periksa saja / check only
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long, default_value = "table")]
    pub format: Format,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Args)]
pub(crate) struct HeldArgs {
    /// Nomor impor / id of the import
    #[arg(long, value_name = "ID")]
    pub import: String,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Subcommand)]
pub(crate) enum HeldAction {
    /// Baris yang ditahan dan keputusannya / held rows and what was decided
    List {
        #[command(flatten)]
        of: HeldArgs,
        /// Mulai dari baris ini / from this row on
        #[arg(long, default_value_t = 0, value_name = "ROW")]
        from: u64,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Satu baris, dengan isian tahun sebelumnya / one row beside the year before
    Show {
        #[command(flatten)]
        of: HeldArgs,
        #[arg(long, value_name = "ROW")]
        row: u64,
    },
    /// Benar: ikut dihitung / it is right and counts
    Confirm {
        #[command(flatten)]
        of: HeldArgs,
        #[arg(long, value_name = "ROW")]
        row: u64,
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Salah: tidak dihitung / it is wrong and does not count
    Discard {
        #[command(flatten)]
        of: HeldArgs,
        #[arg(long, value_name = "ROW")]
        row: u64,
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum SnapshotAction {
    List {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    Create {
        #[arg(long, value_name = "ID")]
        survey: String,
        #[command(flatten)]
        data: DataArgs,
    },
    Show {
        id: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Args)]
pub(crate) struct CubeArgs {
    /// Berkas Parquet / a Parquet file
    #[arg(long, value_name = "FILE", required_unless_present = "snapshot")]
    pub input: Option<PathBuf>,
    /// Cuplikan di folder data / a snapshot in the data folder
    #[arg(long, value_name = "ID", conflicts_with = "input", requires = "data_dir")]
    pub snapshot: Option<String>,
    #[arg(long, env = "LUMBUNG_DATA", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    #[arg(long, value_name = "PLAN.toml")]
    pub plan: PathBuf,
    /// .parquet atau .csv
    #[arg(long, value_name = "OUT")]
    pub output: PathBuf,
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
}

#[derive(Args)]
pub(crate) struct ProtectArgs {
    /// Tabel CSV dengan semua jumlahnya, atau kubus Parquet / a table with its margins, or a cube
    #[arg(long, value_name = "TABLE")]
    pub input: PathBuf,
    #[arg(long, value_name = "PLAN.toml")]
    pub plan: PathBuf,
    #[arg(long, value_name = "OUT.csv")]
    pub output: PathBuf,
    /// Periksa bukti; `exact` juga mencetak selang yang dapat dihitung penyerang /
    /// check the proof; `exact` also prints the interval an attacker can derive
    #[arg(long, value_name = "check|exact", num_args = 0..=1, default_missing_value = "check", require_equals = true)]
    pub audit: Option<AuditArg>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditArg {
    Check,
    Exact,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    pub release: String,
    /// csv, xlsx, sdmx-csv, sdmx-json, sdmx-ml, json-stat, px …
    #[arg(long = "as", value_name = "FORMAT", default_value = "csv")]
    pub format: String,
    /// Tanpa ini: ke keluaran baku / default: standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Args)]
pub(crate) struct SimulateArgs {
    #[arg(long, default_value_t = 300_000, value_name = "N")]
    pub enterprises: u32,
    /// Tahun pertama dan terakhir / first and last year
    #[arg(long, default_value = "2021..2024", value_name = "Y..Z")]
    pub years: String,
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
}
