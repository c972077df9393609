// Opens each page in headless Chromium at phone and desktop width, light and dark; takes a picture of it and
// lets axe-core look for barriers. Ends with 1 where axe-core finds one or a page is wider than its window.
//
//     node look.mjs FOLDER [CHROMIUM]
//
// FOLDER holds the pages (see pages.py) and receives the pictures.

import { readFileSync, readdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const folder = resolve(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const widths = { phone: [390, 844], desktop: [1280, 900] };
const profile = mkdtempSync(join(tmpdir(), "twitchkb-screens-"));
const browser = await puppeteer.launch({
  executablePath: process.argv[3] ?? "/usr/bin/chromium",
  userDataDir: profile,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

let faults = 0;
let looks = 0;
for (const name of readdirSync(folder).filter((file) => /\.(html|svg)$/.test(file)).sort()) {
  for (const [size, [width, height]] of Object.entries(widths)) {
    for (const scheme of ["light", "dark"]) {
      const page = await browser.newPage();
      await page.setViewport({ width, height, deviceScaleFactor: size === "phone" ? 2 : 1 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(pathToFileURL(join(folder, name)).href);
      const look = `${name} ${size} ${scheme}`;
      if (name.endsWith(".html")) {
        await page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`), fullPage: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        // What is folded away counts as well: each part is opened before the check.
        await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
        await page.screenshot({ path: join(folder, `${name}-${size}-${scheme}-open.png`), fullPage: true });
        await page.evaluate(axe);
        const { violations, incomplete } = await page.evaluate(() => window.axe.run(document));
        for (const each of violations) {
          console.error(`${look}: ${each.id}: ${each.help}`);
          each.nodes.slice(0, 3).forEach((node) => console.error(`    ${node.html.slice(0, 160)}`));
        }
        for (const each of incomplete) console.error(`${look}: not decided: ${each.id}: ${each.nodes[0].html.slice(0, 160)}`);
        if (wide > 0) console.error(`${look}: ${wide} px wider than the window`);
        faults += violations.length + (wide > 0);
      } else {
        await page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`), fullPage: true });
      }
      looks += 1;
      await page.close();
    }
  }
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
console.log(`${looks} looks, ${faults} faults`);
process.exit(faults ? 1 : 0);
