// Makes what the service serves, in ../static, and the copy of axe that the browser tests inject.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

mkdirSync(here("../static"), { recursive: true });
mkdirSync(here("../../tests/browser/axe"), { recursive: true });

const { version } = JSON.parse(readFileSync(here("node_modules/govuk-frontend/package.json"), "utf8"));
const licence = `/*! Holds GOV.UK Frontend ${version}, MIT licence, (c) Crown copyright (Government Digital Service) */\n`;

const { css } = compile(here("takeup.scss"), {
  loadPaths: [here("node_modules/govuk-frontend/dist")],
  style: "compressed",
  charset: false,
});
// Paper has the screen's font, so GOV.UK Frontend's 140 rules that say so for print can go.
const screenFont = /@media print\{[^{}]+\{font-family:inherit\}\}/g;
writeFileSync(here("../static/takeup.css"), `${licence}${css.replace(screenFont, "").trim()}\n`);

// The source map is not served, so the script must not name it.
const govuk = readFileSync(here("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js"), "utf8");
writeFileSync(here("../static/govuk-frontend.min.js"), licence + govuk.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));

for (const name of ["takeup.js", "favicon.svg"]) {
  copyFileSync(here(name), here(`../static/${name}`));
}

copyFileSync(here("node_modules/axe-core/axe.min.js"), here("../../tests/browser/axe/axe.min.js"));
