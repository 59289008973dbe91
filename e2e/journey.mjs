// A person at the browser: every public page in both languages and two widths, then a statistician
// who signs in, hands in a faulty file, reads the findings, accepts it and takes a snapshot.
//   node e2e/journey.mjs BASE_URL ACCOUNTS_FILE SCREENSHOT_FOLDER
import { readFileSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, accountsFile, screens] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failures = 0;
const check = (holds, what) => {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failures += 1;
};

const PAGES = [
  ["front", "/"],
  ["datasets", "/datasets"],
  ["dataset", "/datasets/npd_enterprise"],
  ["table", "/datasets/npd_enterprise/table"],
  ["sector", "/sectors/C"],
  ["province", "/provinces/33"],
  ["release", "/releases/npd_enterprise-1"],
  ["rice", "/datasets/rice_farms/table"],
  ["methodology", "/methodology"],
  ["api", "/api"],
];

// The security policy forbids what the checker injects, so the checking context bypasses it; the
// policy itself is looked at by the server's own tests.
async function visitPages(width, prefix) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true, locale: "id-ID" });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  for (const [name, path] of PAGES) {
    const address = `${prefix}${path}`;
    const answer = await page.goto(base + address, { waitUntil: "load" });
    check(answer.status() === 200, `${width} ${address} answers (${answer.status()})`);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(sideways <= 0, `${width} ${address} does not scroll sideways (${sideways} px)`);
    check((await page.locator("h1").count()) === 1, `${width} ${address} has one h1`);
    if (width === 1440) await checkAccess(page, address);
    await page.screenshot({ path: join(screens, `${name}${prefix.replace("/", "-")}-${width}.png`), fullPage: true });
  }
  check(complaints.length === 0, `${width} ${prefix || "/id"} no complaints of the browser ${complaints.slice(0, 3)}`);
  await context.close();
}

async function checkAccess(page, address) {
  await page.addScriptTag({ content: axe });
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const words = grave.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`).join(" | ");
  check(grave.length === 0, `axe ${address} ${words}`);
}

// Rows 3 to 5 are wrong in ways that the survey names; row 6 is KBLI 2025 in a KBLI 2020 survey.
const HEADER = "enterprise_id,year,activity,region,persons_engaged_male,persons_engaged_female,persons_engaged,"
  + "turnover,output,intermediate_inputs,labour_cost,depreciation,interest,taxes_on_production,operating_profit,weight";
const ROWS = [
  "X1,2024,10710,3273,3,2,5,900000,880000,500000,150000,20000,5000,5000,200000,1",
  "X2,2024,10710,3273,-3,2,-1,900000,880000,500000,150000,20000,5000,5000,200000,1",
  "X3,2024,00000,3273,3,2,5,900000,880000,500000,150000,20000,5000,5000,200000,1",
  "X4,2024,10710,9999,3,2,5,900000,880000,500000,150000,20000,5000,5000,900000,1",
];

async function playStatistician() {
  const link = readFileSync(accountsFile, "utf8").split("\n").find((line) => line.startsWith("statistik")).split("\t")[1];
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "id-ID" });
  const page = await context.newPage();
  await page.goto(base + link);
  for (const field of await page.locator("input[type=password]").all()) await field.fill("padi-menguning-di-sawah-7");
  await page.locator("main button").first().click();
  await page.goto(`${base}/office`);
  check(page.url().endsWith("/office"), "the statistician is in the office");
  await page.screenshot({ path: join(screens, "office-1440.png"), fullPage: true });

  const file = join(mkdtempSync(join(tmpdir(), "lumbung-upload-")), "unggahan.csv");
  writeFileSync(file, [HEADER, ...ROWS, ""].join("\n"));
  await page.goto(`${base}/office/imports/new`);
  await page.selectOption("#survey", "national-enterprise");
  await page.setInputFiles("#file", file);
  await page.locator("main form button").first().click();
  const accept = page.locator("form[action$='/accept'] button");
  for (let tries = 0; tries < 60 && (await accept.count()) === 0; tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  check((await accept.count()) === 1, "the file is checked and may be accepted");
  const text = await page.locator("main").innerText();
  check(text.includes("00000") && text.includes("9999"), "the findings name the values at hand");
  await page.screenshot({ path: join(screens, "findings-1440.png"), fullPage: true });
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("a[href$='/findings.csv']").first().click()]);
  check(readFileSync(await download.path(), "utf8").includes("message_id"), "the findings can be taken away");
  await accept.click();
  for (let tries = 0; tries < 60 && (await page.locator(".chip.ok").count()) === 0; tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  check((await page.locator(".chip.ok").count()) > 0, "the rows are in the archive");

  await page.locator("a[href$='/held']").click();
  await page.screenshot({ path: join(screens, "held-1440.png"), fullPage: true });
  await page.locator("main table a").first().click();
  check((await page.locator("mark.warn").count()) > 0, "the doubtful value of the held row is marked");
  await page.fill("#reason", "sudah ditanyakan lewat telepon");
  await page.locator("button[value=withdraw]").click();
  const ruling = page.locator(".notice", { hasText: "sudah ditanyakan lewat telepon" });
  for (let tries = 0; tries < 60 && (await ruling.count()) === 0; tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  check((await ruling.count()) === 1, "the decision about a held row is recorded with its reason");
  await page.screenshot({ path: join(screens, "held-row-1440.png"), fullPage: true });

  await page.goto(`${base}/office/releases/new`);
  await page.screenshot({ path: join(screens, "office-release-1440.png"), fullPage: true });
  const reader = await browser.newContext();
  const stranger = await reader.newPage();
  await stranger.goto(`${base}/office/imports`);
  check(!(await stranger.locator("main").innerText()).includes("unggahan.csv"), "a stranger sees no uploads");
  await reader.close();
  await context.close();
}

await visitPages(1440, "");
await visitPages(390, "");
await visitPages(1440, "/en");
await visitPages(390, "/en");
await playStatistician();
await browser.close();
console.log(failures === 0 ? "the journey is complete" : `${failures} checks failed`);
process.exit(failures === 0 ? 0 : 1);
