// Signs in through a real identity provider (npm oidc-provider), in a browser, against a fresh installation.
//   node e2e/oidc.mjs target/release/lumbung [SCREENSHOT FOLDER]
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { chromium } from 'playwright-core';
import Provider from 'oidc-provider';

const [lumbung, screens] = process.argv.slice(2);
const people = {
  siti: { email: 'Siti@Kemnaker.go.id', email_verified: true },
  stranger: { email: 'orang@lain.id', email_verified: true },
  // Somebody who claims the administrator's address without proof.
  eve: { email: 'admin@kemnaker.go.id', email_verified: false },
};

const listen = (server) =>
  new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server.address().port)));

const free = http.createServer();
const port = await listen(free);
await new Promise((closed) => free.close(closed));
const base = `http://127.0.0.1:${port}`;

const server = http.createServer();
const issuer = `http://127.0.0.1:${await listen(server)}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'lumbung',
      client_secret: 'rahasia sekali',
      redirect_uris: [`${base}/sign-in/oidc/return`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  pkce: { required: () => true },
  cookies: { keys: ['for this test alone'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
server.on('request', provider.callback());

const folder = mkdtempSync(path.join(os.tmpdir(), 'lumbung-oidc-'));
const data = path.join(folder, 'data');
const run = (...args) => execFileSync(lumbung, args, { encoding: 'utf8' });
run('init', '--data-dir', data, '--admin', 'admin@kemnaker.go.id');
run('user', 'add', '--email', 'siti@kemnaker.go.id', '--name', 'Siti', '--role', 'statistician', '--data-dir', data);
writeFileSync(path.join(data, 'oidc.secret'), 'rahasia sekali\n', { mode: 0o600 });
appendFileSync(
  path.join(data, 'lumbung.toml'),
  `\n[oidc]\nissuer = "${issuer}"\nclient_id = "lumbung"\nclient_secret_file = "oidc.secret"\n` +
    'label = { id = "SIAPkerja", en = "SIAPkerja" }\n',
);
const serve = spawn(lumbung, ['serve', '--data-dir', data, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

const through = async (login) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${base}/sign-in?next=/office/imports`);
  await page.getByRole('link', { name: 'Masuk dengan SIAPkerja' }).click();
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('x');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
  await page.waitForURL(`${base}/**`);
  return page;
};

// The code of an authenticator app (RFC 6238), for the half minute `ahead` of this one.
const code = (secret, ahead = 0) => {
  const bits = [...secret.replaceAll(' ', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(moment).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
};

// Cookies know no ports: those of the provider lie beside ours.
const own = async (page) => {
  const all = await page.context().cookies(base);
  return all.map((cookie) => cookie.name).filter((name) => name.startsWith('lumbung'));
};

try {
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`${base}/healthz`).catch(() => null);
    if (up) break;
    assert.ok(tries < 100, 'the server does not come up');
    await new Promise((wait) => setTimeout(wait, 100));
  }
  let page = await through('siti');
  assert.equal(page.url(), `${base}/office/imports`, 'back where one wanted to go');
  assert.deepEqual(await own(page), ['lumbung_session'], 'the journey is over');
  page = await through('siti');
  assert.equal(page.url(), `${base}/office/imports`, 'the second time by the subject');
  for (const login of ['stranger', 'eve']) {
    page = await through(login);
    assert.match(await page.textContent('main'), /belum diundang di sini/, login);
    assert.deepEqual(await own(page), [], `${login} has no session`);
  }
  if (screens) await page.screenshot({ path: path.join(screens, 'oidc-not-invited.png'), fullPage: true });
  // Who has set up codes here is asked for one, whatever the provider asked for: the provider's door is not wider.
  page = await through('siti');
  await page.goto(`${base}/office/account`);
  await page.getByRole('button', { name: 'Pasang kode' }).click();
  const secret = await page.locator('#secret').inputValue();
  await page.locator('#code').fill('000000');
  await page.locator('main button').click();
  assert.match(await page.textContent('main'), /Kode itu tidak cocok/);
  assert.equal(await page.locator('#secret').inputValue(), secret, 'a slip does not cost the secret');
  await page.locator('#code').fill(code(secret, -1));
  await page.locator('main button').click();
  await page.waitForURL(/done=factor-on/);
  page = await through('siti');
  assert.match(new URL(page.url()).pathname, /\/sign-in\/oidc\/return$/, 'the code is still owed');
  assert.ok(!(await own(page)).includes('lumbung_session'), 'no session before the code');
  if (screens) await page.screenshot({ path: path.join(screens, 'oidc-code.png'), fullPage: true });
  const used = code(secret, 0);
  for (const [typed, words] of [['000000', /Kode itu tidak cocok/], [code(secret, 40), /Kode itu tidak cocok/]]) {
    await page.locator('#code').fill(typed);
    await page.locator('main button').click();
    assert.match(await page.textContent('main'), words, typed);
    assert.ok(!(await own(page)).includes('lumbung_session'), typed);
  }
  await page.locator('#code').fill(used);
  await page.locator('main button').click();
  await page.waitForURL(`${base}/office/imports`);
  assert.deepEqual(await own(page), ['lumbung_session'], 'in, and the journey is over');
  page = await through('siti');
  await page.locator('#code').fill(used);
  await page.locator('main button').click();
  assert.match(await page.textContent('main'), /Kode itu tidak cocok/, 'a code works once');
  // An answer cannot be used twice, nor from another browser.
  const other = await fetch(`${base}/sign-in/oidc/return?code=x&state=y`, { redirect: 'manual' });
  assert.equal(other.status, 400);
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  page = await (await browser.newContext()).newPage();
  await page.goto(`${base}/sign-in/oidc`);
  assert.match(await page.textContent('main'), /SIAPkerja sedang tidak menjawab/);
  assert.ok(await page.locator('input[name=password]').isVisible(), 'the other door is open');
  if (screens) await page.screenshot({ path: path.join(screens, 'oidc-away.png'), fullPage: true });
  const log = run('doctor', '--data-dir', data);
  assert.match(log, /utuh/);
  console.log('sign-in through the identity provider: 4 people, codes, and a provider that is away, as they should be');
} finally {
  await browser.close();
  server.close();
  serve.kill('SIGTERM');
  await new Promise((gone) => (serve.exitCode === null ? serve.once('exit', gone) : gone()));
  rmSync(folder, { recursive: true, force: true });
}
