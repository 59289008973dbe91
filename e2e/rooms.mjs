// Every work room with the full cohort, as the role whose room it is: it answers, it fits, it can be read by everybody.
//   node e2e/rooms.mjs BASE_URL ACCOUNTS_FILE SCREENSHOT_FOLDER [DARK]
import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, accountsFile, screens, dark] = process.argv.slice(2);
mkdirSync(screens, { recursive: true });
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failures = 0;
const check = (holds, what) => {
  if (!holds) console.log(`FAIL ${what}`);
  if (!holds) failures += 1;
};
const accounts = readFileSync(accountsFile, "utf8").split("\n").map((line) => line.split("\t"));
const PASSWORD = "padi-menguning-di-sawah-7";
const P = "/results/score-id";

// Where a page is known by a link on another one: [page, part of the link].
const ROOMS = {
  petugas: [
    ["day", "/office"], ["results", P], ["indicator", `${P}/indicators/defect-rate`], ["indicator-provider", `${P}/indicators/defect-rate?by=provider`],
    ["records", `${P}/indicators/defect-rate/records`], ["observation", [`${P}/review`, "/observations/"]], ["review", `${P}/review`],
    ["targets", `${P}/targets`], ["target", `${P}/targets/enterprises-direct`], ["report", `${P}/reports/2019`], ["assertions", `${P}/assertions`],
    ["trainers", `${P}/trainers`], ["trainer", [`${P}/trainers`, `${P}/trainers/`]], ["money", `${P}/money`], ["money-provider", `${P}/money?by=provider`],
    ["entries", `${P}/money/entries`], ["what-if", `${P}/money/what-if`], ["funder", `${P}/funder`],
    ["reports", "/delivery/reports"], ["report-read", ["/delivery/reports", "/report"]], ["register", "/register"],
    ["enterprise", ["/register", "/register/0"]], ["pipeline", "/delivery/engagements"], ["exited", ["/delivery/engagements?state=exited", "/delivery/engagements/0"]],
    ["programmes", "/programme"], ["programme", "/programme/score-id"], ["case", ["/programme/score-id", "/cases/"]],
  ],
  manajer: [["provider", "/office"], ["select", "/delivery/engagements/new"], ["training-new", "/delivery/trainings/new"], ["calendar", "/delivery/calendar"], ["training", [`${P}/provider`, "/delivery/trainings/0"]]],
  pelatih: [["trainer-day", "/office"], ["visit", ["/delivery", "/do/visit"]], ["engagement", ["/delivery", "/delivery/engagements/0"]], ["calendar", "/delivery/calendar"]],
  pemilik: [["own", "/office"], ["own-engagement", ["/office", "/delivery/engagements/"]], ["own-numbers", ["/office", `${P}/engagements/`]], ["own-register", ["/office", "/register/0"]]],
  pendana: [["funder", "/office"], ["money", `${P}/money`]],
  daerah: [["desk", "/office"], ["results", P], ["pipeline", "/delivery/engagements"]],
};

async function visit(role, context, width) {
  const page = await context.newPage();
  page.on("pageerror", (error) => check(false, `${role}: ${error}`));
  for (const [name, address] of ROOMS[role]) {
    let path = address;
    if (Array.isArray(address)) {
      await page.goto(base + address[0]);
      path = await page.locator(`main a[href*="${address[1]}"]`).first().getAttribute("href", { timeout: 2000 }).catch(() => null);
      check(path, `${role} ${address[0]} leads to ${address[1]}`);
      if (!path) continue;
    }
    const began = Date.now();
    const answer = await page.goto(path.startsWith("http") ? path : base + path, { waitUntil: "load" });
    check(answer.status() === 200, `${role} ${path} answers ${answer.status()}`);
    check(!answer.url().includes("/sign-in"), `${role} is signed in on ${path}`);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(sideways <= 0, `${role} ${width} ${path} scrolls sideways by ${sideways} px`);
    check((await page.locator("h1").count()) === 1, `${role} ${path} has one h1`);
    const plain = ["assertions", "what-if", "select", "training-new", "programmes", "desk"].includes(name);
    check(plain || (await page.locator("aside.strip").count()) === 1, `${role} ${path} says that the cohort is invented`);
    if (width === 1440) {
      await page.addScriptTag({ content: axe });
      const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
      const words = grave.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`).join(" | ");
      check(grave.length === 0, `axe ${role} ${path} ${words}`);
    }
    await page.screenshot({ path: join(screens, `room-${role}-${name}-${width}${dark ? "-dark" : ""}.png`), fullPage: true });
    if (Date.now() - began > 4000) console.log(`slow ${role} ${path} ${Date.now() - began} ms`);
  }
  await page.close();
}

for (const role of Object.keys(ROOMS)) {
  const settings = { locale: "id-ID", bypassCSP: true, colorScheme: dark ? "dark" : "light" };
  const context = await browser.newContext({ ...settings, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(base + accounts.find(([email]) => email === `${role}@demo.example`)[1]);
  const fields = await page.locator("input[type=password]").all();
  for (const field of fields) await field.fill(PASSWORD);
  if (fields.length) await page.locator("main button.btn").first().click();
  else {
    // The link was used before: sign in with the password that was set then.
    await page.goto(`${base}/sign-in`);
    await page.fill("[name=email]", `${role}@demo.example`);
    await page.fill("[name=password]", PASSWORD);
    await page.locator("main button.btn").first().click();
  }
  await page.waitForLoadState();
  await page.close();
  const state = await context.storageState();
  await visit(role, context, 1440);
  await context.close();
  const narrow = await browser.newContext({ ...settings, viewport: { width: 390, height: 844 }, storageState: state });
  await visit(role, narrow, 390);
  await narrow.close();
}
await browser.close();
console.log(failures === 0 ? "every room is in order" : `${failures} checks failed`);
process.exit(failures === 0 ? 0 : 1);
