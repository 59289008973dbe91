// One enterprise goes from the register to a published case study, played by six people in their own browsers:
// a provider's manager, an administrator, a trainer and the owner on their phones, a programme officer, a stranger.
//   node e2e/walk.mjs BASE_URL ACCOUNTS_FILE SCREENSHOT_FOLDER
import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, accountsFile, screens] = process.argv.slice(2);
mkdirSync(screens, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failures = 0;
const check = (holds, what) => {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failures += 1;
};
const accounts = readFileSync(accountsFile, "utf8").split("\n").map((line) => line.split("\t"));
const PASSWORD = "padi-menguning-di-sawah-7";

// The day so many days from today, in Western Indonesia Time.
const day = (days) => new Date(Date.now() + (days * 24 + 7) * 3600e3).toISOString().slice(0, 10);
const month = (months, last) => {
  const now = new Date(Date.now() + 7 * 3600e3);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months + (last ? 1 : 0), last ? 0 : 1)).toISOString().slice(0, 10);
};

class Someone {
  static async signIn(name, width, link) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, locale: "id-ID" });
    const someone = new Someone();
    someone.name = name;
    someone.width = width;
    someone.page = await context.newPage();
    someone.page.on("pageerror", (error) => check(false, `${name}: ${error}`));
    link ??= accounts.find(([email]) => email === `${name}@demo.example`)[1];
    await someone.page.goto(link.startsWith("http") ? link : base + link);
    const fields = await someone.page.locator("input[type=password]").all();
    for (const field of fields) await field.fill(PASSWORD);
    if (fields.length === 0) {
      // The link was used before; the password was set then.
      await someone.page.goto(`${base}/sign-in`);
      await someone.page.fill("[name=email]", `${name}@demo.example`);
      await someone.page.fill("[name=password]", PASSWORD);
    }
    await someone.page.locator("main button.btn").first().click();
    await someone.page.waitForLoadState();
    await someone.page.goto(`${base}/office`);
    return someone;
  }

  async open(path) {
    const answer = await this.page.goto(path.startsWith("http") ? path : base + path);
    check(answer.status() === 200, `${this.name} opens ${path} (${answer.status()})`);
    const sideways = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(sideways <= 0, `${this.name} ${path} does not scroll sideways (${sideways} px)`);
  }

  // Fills in the fields of the form that has the button, and presses it.
  async fill(values, button = "main form button.btn") {
    for (const [name, value] of Object.entries(values)) {
      const field = this.page.locator(`main [name="${name}"]`).first();
      const kind = await field.evaluate((one) => (one.tagName === "SELECT" ? "select" : one.type)).catch(() => "none");
      if (kind === "select") await field.selectOption(value);
      else if (kind === "radio") await this.page.locator(`main [name="${name}"][value="${value}"]`).first().check();
      else if (kind === "checkbox") await field.check();
      else if (kind === "none") check(false, `${this.name}: no field ${name} on ${this.page.url()}`);
      else await field.fill(value);
    }
    const before = this.page.url();
    await this.page.locator(button).first().click();
    await this.page.waitForLoadState();
    const problem = this.page.locator(".notice.err, .field .error");
    if (await problem.count()) check(false, `${this.name} ${before}: ${(await problem.first().innerText()).slice(0, 200)}`);
  }

  async press(words) {
    await this.page.locator("main a.btn, main button.btn", { hasText: words }).first().click();
    await this.page.waitForLoadState();
  }

  async follow(part) {
    await this.page.locator(`main a[href*="${part}"]`).first().click();
    await this.page.waitForLoadState();
  }

  async says(words) {
    const text = await this.page.locator("main").innerText();
    check(text.includes(words), `${this.name} reads “${words}”`);
  }

  async shot(name) {
    await this.page.screenshot({ path: join(screens, `walk-${name}-${this.width}.png`), fullPage: true });
  }
}

// --- the register and the selection: the manager
const manager = await Someone.signIn("manajer", 1440);
check(manager.page.url().includes("/provider"), "the manager lands on the provider's day");
await manager.shot("01-manager-day");
await manager.open("/register/new");
const name = `UD Contoh Perjalanan ${Date.now() % 100000}`;
await manager.fill({
  name, activity: "14111", region: "3374", ownership: "sole", products: "kemeja",
  workforce_year: day(0).slice(0, 4), permanent_male: "9", permanent_female: "22",
});
if (await manager.page.locator("[name=different]").count()) await manager.fill({ different: "yes" });
await manager.says(name);
await manager.shot("02-manager-register");
const enterprise = manager.page.url().split("/register/")[1].split("?")[0];
await manager.press("Mulai pendampingan");
await manager.fill({ product: "score-id/standard", on: day(-80) });
const engagement = new URL(manager.page.url()).pathname;
check(engagement.startsWith("/delivery/engagements/"), "the enterprise is selected");
await manager.open(`${engagement}/do/trainer`);
const trainers = await manager.page.locator("[name=trainer] option").allInnerTexts();
check(trainers.length > 2, `the manager chooses among ${trainers.length} trainers`);
const owned = accounts.find(([email]) => email === "pelatih@demo.example");
check(Boolean(owned), "a trainer signs in to the demonstration");
const trainer = await Someone.signIn("pelatih", 390);
check(trainer.page.url().endsWith("/delivery"), "the trainer lands on the day");
await trainer.shot("03-trainer-day");
const self = (await trainer.page.locator(".site-tools a").last().innerText()).trim();
await manager.page.locator("[name=trainer]").selectOption({ label: self });
await manager.fill({});

// --- the owner is invited: the administrator
const admin = await Someone.signIn("pengelola", 1440);
await admin.open("/office/accounts");
await admin.fill({
  name: "Ibu Tiruan", email: `pemilik${Date.now()}@contoh.example`, role: "enterprise-member", enterprise, function: "owner",
}, "main form[action$='/office/accounts'] button.btn");
const invitation = await admin.page.locator("#link").inputValue();
const owner = await Someone.signIn("pemilik baru", 390, new URL(invitation).pathname);
check(owner.page.url().includes("/own"), "the owner lands on the own enterprise");
await owner.shot("04-owner-begins");

// --- letter, baseline, first numbers: the trainer
await trainer.open(engagement);
await trainer.press("surat komitmen");
await trainer.fill({ on: day(-72), signed_by: "pemilik", shares_data: true });
await trainer.open(`${engagement}/do/baseline`);
await trainer.shot("05-trainer-baseline");
await trainer.fill({ on: day(-64), "practice.C1": "no", "practice.C2": "no", "practice.C4": "no", "problem.untidy": true, "problem.defects": true });
const numbers = engagement.replace("/delivery", "/results/score-id");
const record = async (who, indicator, stage, values, months) => {
  await who.open(`${numbers}/${indicator}/${stage}`);
  await who.fill({ from: month(months[0]), to: month(months[1], true), verification: "company-records", evidence: "buku produksi", ...values });
};
await record(trainer, "defect-rate", "baseline", { input_rejected_units: "310", input_produced_units: "5.200" }, [-5, -3]);
await record(trainer, "absenteeism", "baseline", { input_days_lost: "96", input_days_possible: "2.015" }, [-5, -3]);
await trainer.open(`${engagement}/diagnosis`);
await trainer.says("Modul 1");
await trainer.shot("06-trainer-diagnosis");

// --- the training: the manager plans it, the trainer holds it
await manager.open("/delivery/trainings/new");
const module = await manager.page.locator("[name=taught] option").evaluateAll((all) => all.map((one) => one.value).find((value) => value.endsWith("/standard/cooperation")));
const plan = { taught: module, region: "33", venue: "BLK Semarang 2", starts_on: day(-55), ends_on: day(-54) };
await manager.fill(plan);
const training = new URL(manager.page.url()).pathname;
await trainer.open(`${engagement}/do/module`);
const seat = training.split("/").pop();
await trainer.fill({ module: "cooperation", training: seat, on: day(-58) });
// The trainer in charge of the engagement leads the workshop too.
await trainer.open(training);
await trainer.fill({ p0_name: "Ibu Tiruan", p0_position: "owner", p0_sex: "woman", p1_name: "Yati Tiruan", p1_position: "worker", p1_sex: "woman", p2_name: "Joko Tiruan", p2_position: "worker", p2_sex: "man" });
await trainer.shot("07-trainer-attendance");

// --- team, plan, projects: trainer and owner
await trainer.open(`${engagement}/do/team`);
await trainer.fill({ on: day(-52), leader: "kepala jahit", managers_women: "1", workers_women: "3", workers_men: "1" });
await owner.open(engagement);
await owner.shot("08-owner-way");
await owner.open(`${engagement}/do/project`);
await owner.fill({
  problem: "Gunting dan benang dicari setiap pagi", problem_kind: "untidy", action: "papan alat dengan bayangan", owner: "kepala jahit",
  due: day(-20), cost: "1.250.000", saving: "9.600.000", saving_kind: "yearly", measure: "waktu mencari alat", before: "14", unit: "menit",
});
await owner.says("papan alat dengan bayangan");
await trainer.open(`${engagement}/do/plan`);
await trainer.fill({ on: day(-50) });

// --- three visits
for (const [number, on] of [-45, -30, -14].entries()) {
  await trainer.open(`${engagement}/do/visit-plan`);
  await trainer.fill({ on: day(on), starts_at: "09:00" });
  await trainer.follow("/do/visit?");
  if (number === 0) await trainer.shot("09-trainer-visit");
  const scores = Object.fromEntries([1, 2, 3, 4, 5].map((part) => [`five_s_${part}`, String(Math.min(5, number + 2))]));
  await trainer.fill({ on: day(on), women: "4", men: "1", progress: "Papan alat terpasang, rapat pagi berjalan.", ...scores, next_steps: "Beri label rak bahan." });
}
await owner.open(engagement);
await owner.follow("/do/finish");
await owner.fill({ on: day(-16), cost: "1.150.000", after: "3" });
await trainer.open(engagement);
await trainer.follow("/do/verify");
await trainer.fill({ on: day(-14), saving: "8.400.000", evidence: "buku kas dan jam tangan" });
await trainer.open(`${engagement}/do/review`);
await trainer.fill({ on: day(-13), review: "Rencana selesai; rapat pagi menjadi kebiasaan." });
await trainer.open(`${engagement}/do/after`);
await trainer.fill({ on: day(-12), "practice.C1": "yes", "practice.C4": "yes" });
await trainer.open(`${engagement}/do/words`);
await trainer.fill({ summary: "Tim perbaikan bekerja, alat punya tempat, dan cacat dibahas setiap pagi.", lessons: "Pemilik hadir pada rapat pertama." });
await trainer.open(`${engagement}/report`);
await trainer.shot("10-trainer-report");

// --- the officer reads and approves
const officer = await Someone.signIn("petugas", 1440);
check(officer.page.url().includes("/day"), "the officer lands on the officer's day");
await officer.shot("11-officer-day");
await officer.open("/delivery/reports");
// The oldest come first; what was handed in today is on the last page.
while (!(await officer.page.locator("main").innerText()).includes(name) && (await officer.page.locator("main a[href*='after=']").count())) {
  await officer.follow("after=");
}
await officer.says(name);
await officer.shot("12-officer-queue");
await officer.open(`${engagement}/report`);
await officer.says("Pemeriksaan otomatis");
await officer.shot("13-officer-report");
await officer.fill({}, "main form[action$='/approve'] button");
await officer.says("disetujui");

// --- the end: closing, final values, exit, the case study
await trainer.open(`${engagement}/do/deliver`);
await trainer.fill({ on: day(-8) });
await trainer.open(`${engagement}/do/final`);
await trainer.fill({ on: day(-6), "practice.C1": "yes", "practice.C4": "yes", "practice.C2": "yes" });
await record(trainer, "defect-rate", "final", { input_rejected_units: "148", input_produced_units: "5.350" }, [-1, -1]);
await record(trainer, "absenteeism", "final", { input_days_lost: "25", input_days_possible: "660" }, [-1, -1]);
await trainer.open(`${engagement}/do/exit`);
await trainer.fill({ on: day(-5), because: "modul pertama selesai, usaha melanjutkan sendiri" });
await trainer.open(`${engagement}/do/case`);
await trainer.fill({
  title: "Papan alat menghemat pagi", problem_kind: "untidy", shown_as: "Sebuah usaha jahit di Semarang",
  problem: "Gunting dan benang dicari setiap pagi.", action: "Papan alat dengan bayangan, rapat pagi sepuluh menit.", result: "Waktu mencari alat turun dari 14 menjadi 3 menit.",
});
// Whoever agrees reads first what everybody will read.
await owner.open(engagement);
await owner.follow("/cases/");
await owner.says("Papan alat menghemat pagi");
await owner.shot("14-owner-draft");
await owner.follow("/do/consent");
await owner.fill({ by: "pemilik", on: day(-2) });
await owner.open("/office");
await owner.shot("15-owner-plan-and-numbers");
await owner.says("papan alat dengan bayangan");
await officer.open(engagement);
await officer.follow("/cases/");
await officer.follow("/do/publish");
await officer.fill({ on: day(0) });
await officer.shot("16-officer-engagement");
const published = await officer.page.locator("main a[href*='/cases/']").first().getAttribute("href");

// --- a stranger reads it
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "id-ID" });
const stranger = await context.newPage();
const answer = await stranger.goto(base + published);
check(answer.status() === 200, "a stranger reads the case study");
const text = await stranger.locator("main").innerText();
check(text.includes("dari 14 menjadi 3 menit") && !text.includes(name), "it says what changed and not who it is");
await stranger.screenshot({ path: join(screens, "walk-17-case-390.png"), fullPage: true });
const inside = await stranger.goto(base + engagement);
check(inside.url().includes("/sign-in"), "a stranger sees nothing of the way there");

await browser.close();
console.log(failures === 0 ? "the walk is complete" : `${failures} checks failed`);
process.exit(failures === 0 ? 0 : 1);
