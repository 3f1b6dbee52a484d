// Copyright (c) 2026, The btp_ops.task_center authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Opens a page in Chromium as people have it: light and dark, wide and narrow, on paper, and by keyboard alone.
// Reads {"browser", "url", "paper", "pictures"} from its standard input, writes what it has seen to its standard output.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };
const TABS = 400; // more than any page here has

const { browser: executablePath, url, paper, pictures } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function opened(colorScheme, viewport) {
  // The page forbids scripts; those that look at it are no part of it.
  const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  const requested = [];
  page.on("request", (request) => requested.push(request.url()));
  await page.goto(url);
  return { page, requested };
}

async function violations(page) {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(() =>
    axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
}

async function seen(colorScheme, viewport) {
  const { page, requested } = await opened(colorScheme, viewport);
  const result = {
    requested: [...requested],
    background: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    overflow: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    violations: await violations(page),
  };
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  result.violations.push(...(await violations(page)));
  await page.context().close();
  return result;
}

async function byKeyboard() {
  const { page } = await opened("light", WIDE);
  const stops = [];
  for (let number = 0; number < TABS; number += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      if (one === document.body) return null;
      const box = one.getBoundingClientRect();
      const words = one.getAttribute("aria-label") || one.innerText;
      const outlined = getComputedStyle(one).outlineStyle !== "none";
      return { name: one.localName, words, top: Math.round(box.top + window.scrollY), outlined };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  await page.context().close();
  return stops;
}

async function folding() {
  const { page } = await opened("light", WIDE);
  const summary = await page.$(".environments > details:not([open]) > summary");
  await summary.focus();
  await page.keyboard.press("Enter");
  const open = await summary.evaluate((one) => one.parentElement.open);
  await page.context().close();
  return open;
}

async function onPaper() {
  const { page } = await opened("dark", WIDE);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll("details > :not(summary)")].filter((one) => !one.checkVisibility()).length,
  );
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.pdf({ format: "A4", printBackground: true, path: paper });
  await page.context().close();
  return { hidden, background };
}

async function takePictures(folder) {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await opened(colorScheme, { width: 1180, height: 1000 });
    await page.screenshot({ path: join(folder, `report-${colorScheme}.png`) });
    await page.context().close();
  }
}

const result = {
  light: await seen("light", WIDE),
  dark: await seen("dark", WIDE),
  narrow: await seen("dark", NARROW),
  keyboard: await byKeyboard(),
  unfolds: await folding(),
  paper: await onPaper(),
};
if (pictures) await takePictures(pictures);
await browser.close();
process.stdout.write(JSON.stringify(result));
